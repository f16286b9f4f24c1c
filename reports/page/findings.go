package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

type findingsView struct {
	Answer string
	Urgent []*cellView // not as expected
	Known  []*cellView // violations that do not fail the gate
}

// findings sorts the cells by how much they matter: those that are worse than in the
// baseline, those that fail the gate, then violations that do not.
func (s *source) findings() findingsView {
	urgency := []reports.State{reports.Worse, reports.Gone, reports.ControlMissed, reports.NotProven}
	rank := func(c *cellView) int {
		at := slices.Index(urgency, c.State)
		if at < 0 {
			at = len(urgency)
		}
		if c.Fresh {
			at -= len(urgency) + 1
		}
		return at
	}
	sorted := s.inOrder()
	slices.SortStableFunc(sorted, func(a, b *cellView) int { return rank(a) - rank(b) })
	v := findingsView{
		Urgent: reports.Those(sorted, (*cellView).Problem),
		Known:  reports.Those(sorted, func(c *cellView) bool { return c.bad() && !c.Problem() }),
	}
	v.Answer = s.findingsAnswer(v)
	return v
}

func (s *source) findingsAnswer(v findingsView) string {
	known := ""
	if n := len(v.Known); n > 0 {
		known = fmt.Sprintf(" The promise was broken in %s where that is known, or where nothing was expected.", format.Plural(n, "cell", "cells"))
	}
	switch {
	case len(s.Cells) == 0:
		return "None, because nothing was run."
	case len(v.Urgent) == 0:
		return "Every cell that was run is as expected, or nothing was expected of it." + known
	case len(v.Urgent) == 1:
		return "One cell is not as expected." + known
	}
	return fmt.Sprintf("%d cells are not as expected, the most serious first.", len(v.Urgent)) + known
}
