package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

type strategiesView struct {
	Answer string
	All    []strategyView
}

type strategyView struct {
	*record
	Broke []brokeView
}

// brokeView is a verdict and the cells of one world in which it was found.
type brokeView struct {
	Verdict reports.Verdict
	World   string // if there are several
	Cells   []linkView
}

type linkView struct{ Anchor, Text, Count string }

func (s *source) explained() strategiesView {
	if len(s.strategies) == 0 {
		return strategiesView{}
	}
	_, _, broken := s.sortOut()
	return strategiesView{
		All: reports.Each(s.strategies, func(x *record) strategyView { return strategyView{x, s.broke(x)} }),
		Answer: fmt.Sprintf("%d of %s broke somewhere. Each entry says how it works, what its safety rests on, and how it did here.",
			len(broken), format.Plural(len(s.strategies), "strategy", "strategies")),
	}
}

// Verdict sums up the results of a strategy that did not break.
func (x *record) Verdict() string {
	switch {
	case len(x.bad) > 0:
		return ""
	case x.Held():
		return "Nothing broke it here, in anything that was run."
	}
	return "Nothing broke it here, but not everything was proven."
}

func (s *source) broke(x *record) []brokeView {
	var all []brokeView
	for _, v := range slices.Backward(reports.Verdicts()) {
		for _, world := range s.worlds {
			b := brokeView{Verdict: v}
			for _, c := range x.bad {
				if c.World == world && slices.Contains(c.Found(), v) {
					b.World = c.Where
					b.Cells = append(b.Cells, linkView{c.Link(), c.Scenario, someOf(c.Cell, v)})
				}
			}
			if len(b.Cells) > 0 {
				all = append(all, b)
			}
		}
	}
	return all
}

// someOf says in how many runs of a cell a verdict was found, if not in all.
func someOf(c reports.Cell, v reports.Verdict) string {
	n, of := c.Showing(v), c.Tally.Conclusive()
	if c.Search != nil || n == of {
		return ""
	}
	return fmt.Sprintf(" (%d of %d)", n, of)
}
