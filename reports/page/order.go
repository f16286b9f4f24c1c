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
	var urgent, kinds, others [][]example
	for _, row := range s.strategies {
		own := s.examplesOf(row)
		shown := map[reports.Verdict]bool{}
		for _, x := range own {
			if urgency(x) < quiet {
				shown[x.Verdict] = true
			}
		}
		var mine, one, more []example
		for _, x := range own {
			switch {
			case urgency(x) < quiet:
				mine = append(mine, x)
			case shown[x.Verdict]:
				more = append(more, x)
			default:
				shown[x.Verdict] = true
				one = append(one, x)
			}
		}
		urgent, kinds, others = append(urgent, mine), append(kinds, one), append(others, s.byScenario(more))
	}
	first = takeTurns(urgent)
	slices.SortStableFunc(first, func(a, b example) int { return cmp.Compare(urgency(a), urgency(b)) })
	return append(first, takeTurns(kinds)...), takeTurns(others)
}

// examplesOf are those of a strategy, the worst first. Among equals, one that was
// made small comes before that of real servers, and those of scenarios in which
// less goes wrong, which are the earlier ones, before the others.
func (s *source) examplesOf(row *record) (own []example) {
	for _, cell := range row.cells {
		for _, c := range cell.Counterexamples {
			own = append(own, example{c, cell})
		}
	}
	slices.SortStableFunc(own, func(a, b example) int {
		return cmp.Or(cmp.Compare(b.Verdict.Rank(), a.Verdict.Rank()),
			cmp.Compare(worldOrder(b.Cell.World), worldOrder(a.Cell.World)),
			cmp.Compare(slices.Index(s.scenarios, a.Cell.Scenario), slices.Index(s.scenarios, b.Cell.Scenario)))
	})
	return own
}

// byScenario puts one of each scenario before a second of any.
func (s *source) byScenario(own []example) []example {
	queues := make([][]example, len(s.scenarios))
	for _, x := range own {
		i := slices.Index(s.scenarios, x.Cell.Scenario)
		queues[i] = append(queues[i], x)
	}
	return takeTurns(queues)
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

// urgency is lowest for a cell that is new since the baseline, and quiet for one that does not
// concern the gate.
func urgency(x example) int {
	switch {
	case x.Cell.Fresh:
		return 0
	case x.Cell.Problem():
		return 1
	}
	return quiet
}

const quiet = 2
