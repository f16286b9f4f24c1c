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
	const later = quiet + 1
	var classes [later + 1][][]example // by urgency, then by strategy
	for _, row := range s.strategies {
		own := s.examplesOf(row)
		shown := map[reports.Verdict]bool{}
		for _, x := range own {
			shown[x.Verdict] = shown[x.Verdict] || urgency(x) < quiet
		}
		var queues [later + 1][]example
		for _, x := range own {
			class := urgency(x)
			if class == quiet && shown[x.Verdict] {
				class = later
			}
			shown[x.Verdict] = true
			queues[class] = append(queues[class], x)
		}
		queues[later] = s.byScenario(queues[later])
		for class, queue := range queues {
			classes[class] = append(classes[class], queue)
		}
	}
	for _, queues := range classes[:later] {
		first = append(first, takeTurns(queues)...)
	}
	slices.SortStableFunc(first, func(a, b example) int { return before(s.isPublished(a), s.isPublished(b)) })
	return first, takeTurns(classes[later])
}

// before puts what is true of something first.
func before(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// isPublished: what the published scheme does is shown first, since most readers come for it.
func (s *source) isPublished(x example) bool { return s.answered.Published == x.Cell.Strategy }

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
