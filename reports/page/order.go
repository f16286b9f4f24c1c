package page

import (
	"cmp"
	"slices"

	"onceover/reports"
)

// sortExamples splits the counterexamples into those that are shown first and the
// rest. First are those of cells that are not as expected, and one for each
// strategy and verdict. In all of it the strategies take turns, so that those
// that fail everywhere leave room for the others where there is not enough.
func (s *source) sortExamples() (first, rest []example) {
	type kind struct {
		strategy string
		verdict  reports.Verdict
	}
	kindOf := func(x example) kind { return kind{s.Cells[x.cell].Strategy, x.of.Verdict} }
	var urgent, kinds, others [][]example
	shown := map[kind]bool{}
	all := make([][]example, len(s.strategies))
	for i, row := range s.strategies {
		all[i] = s.examplesOf(row)
		mine := slices.DeleteFunc(slices.Clone(all[i]), func(x example) bool { return s.urgency(x) == quiet })
		for _, x := range mine {
			shown[kindOf(x)] = true
		}
		urgent = append(urgent, mine)
	}
	for _, own := range all {
		var one, more []example
		for _, x := range own {
			switch {
			case s.urgency(x) < quiet:
			case shown[kindOf(x)]:
				more = append(more, x)
			default:
				shown[kindOf(x)] = true
				one = append(one, x)
			}
		}
		kinds, others = append(kinds, one), append(others, s.byScenario(more))
	}
	first = takeTurns(urgent)
	slices.SortStableFunc(first, func(a, b example) int { return cmp.Compare(s.urgency(a), s.urgency(b)) })
	return append(first, takeTurns(kinds)...), takeTurns(others)
}

// examplesOf are those of a strategy, the worst first. Of equals that which was
// made small comes before that of real servers, and those of scenarios in which
// less goes wrong, which are the earlier ones, before the others.
func (s *source) examplesOf(row strategyRow) []example {
	var own []example
	for _, at := range row.cells {
		for _, c := range s.Cells[at].Counterexamples {
			own = append(own, example{at, c})
		}
	}
	slices.SortStableFunc(own, func(a, b example) int {
		return cmp.Or(cmp.Compare(b.of.Verdict.Rank(), a.of.Verdict.Rank()),
			cmp.Compare(worldOrder(s.world(s.Cells[b.cell])), worldOrder(s.world(s.Cells[a.cell]))),
			cmp.Compare(slices.Index(s.scenarios, s.Cells[a.cell].Scenario), slices.Index(s.scenarios, s.Cells[b.cell].Scenario)))
	})
	return own
}

// byScenario puts one of each scenario before a second of any.
func (s *source) byScenario(own []example) []example {
	scenario := func(x example) int { return slices.Index(s.scenarios, s.Cells[x.cell].Scenario) }
	type numbered struct {
		example
		nth int // of its scenario
	}
	seen := map[int]int{}
	var all []numbered
	for _, x := range own {
		all = append(all, numbered{x, seen[scenario(x)]})
		seen[scenario(x)]++
	}
	slices.SortStableFunc(all, func(a, b numbered) int {
		return cmp.Or(cmp.Compare(a.nth, b.nth), cmp.Compare(scenario(a.example), scenario(b.example)))
	})
	sorted := make([]example, len(all))
	for i, x := range all {
		sorted[i] = x.example
	}
	return sorted
}

// takeTurns takes one of each queue, and again, until all are empty.
func takeTurns(queues [][]example) (all []example) {
	for turn := 0; ; turn++ {
		before := len(all)
		for _, q := range queues {
			if turn < len(q) {
				all = append(all, q[turn])
			}
		}
		if len(all) == before {
			return all
		}
	}
}

// urgency is lowest for what is new since the baseline, and least for what is as expected.
func (s *source) urgency(x example) int {
	switch cell := s.Cells[x.cell]; {
	case s.fresh(cell):
		return 0
	case cell.State.Mark() != "":
		return 1
	}
	return quiet
}

// quiet is the urgency of what does not concern the gate.
const quiet = 2
