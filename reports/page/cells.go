package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// cellView is a cell as the page shows it, in the matrix and with its runs.
type cellView struct {
	reports.Cell
	Anchor string
	Proof  string // the anchor of its counterexample, if there is one
	Where  string // its world, if there are several
	Count  string
	Brief  string // for the matrix
	Rate   string
	Gate   string // how it stands to what was expected
	Fresh  bool   // it has become worse since the baseline
	Full   bool   // an example and its runs are shown
	Worst  *runView
	Listed []runView
	Filed  bool   // of a run that is listed, there is something beside the page
	Shown  string // which runs are listed
}

// Problem tells whether the gate does not pass because of the cell.
func (v *cellView) Problem() bool { return !v.State.Holds() }

// Loud tells whether the gate is worth being said in the matrix: the cell is not as expected.
func (v *cellView) Loud() bool { return v.Problem() || v.State == reports.Better }

func (v *cellView) bad() bool { return v.Found()[0].Bad() }

// Link is where a cell's verdict is shown best: its counterexample, or its runs.
func (v *cellView) Link() string { return cmp.Or(v.Proof, v.Anchor) }

func (s *source) newCell(i int, c reports.Cell) *cellView {
	v := &cellView{
		Cell: c, Anchor: fmt.Sprintf("cell-%d", i+1),
		Count: format.Tried(c), Rate: unbroken(format.Proven(c)), Gate: format.State(c.State), Fresh: s.fresh(c),
	}
	v.Brief = brief(c, v.bad())
	if run, ok := c.Example(); ok {
		worst := s.runView(run, c.Search != nil)
		v.Worst = &worst
	}
	return v
}

// ownCells are the cells of a strategy.
type ownCells struct {
	Name  string
	Cells []*cellView
	Bad   int
}

func (s *source) byStrategy() []ownCells {
	return reports.Each(s.strategies, func(x *record) ownCells { return ownCells{x.Name, x.cells, len(x.bad)} })
}

// listRuns lists the runs of as many cells as there is room for, the most urgent first.
func (s *source) listRuns() {
	rank := func(c *cellView) int {
		switch {
		case c.Problem():
			return 0
		case c.bad():
			return 1
		}
		return 2
	}
	urgent := s.inOrder()
	slices.SortStableFunc(urgent, func(a, b *cellView) int { return rank(a) - rank(b) })
	listed := 0
	for i, c := range urgent {
		c.Listed = nil
		if c.Full = i < s.detail.full; !c.Full {
			c.Shown = "Its runs are not listed here, to keep this page small; they are in results.json."
		} else if s.list(c, s.detail.runs) {
			listed++
		}
	}
	if listed < len(urgent) {
		s.leave("All runs of %d of %s are listed; the others are in results.json.", listed, format.Plural(len(urgent), "cell", "cells"))
	}
}

// list lists the runs of a cell, the worst first, and tells whether these are all that
// the results hold.
func (s *source) list(v *cellView, most int) bool {
	if v.Shown = ""; len(v.Runs) == 0 {
		return true
	}
	all := max(len(v.Runs), v.Tally.N)
	runs := slices.Clone(v.Runs)
	slices.SortStableFunc(runs, func(a, b reports.Run) int { return b.Verdict.Rank() - a.Verdict.Rank() })
	v.Listed = reports.Each(runs[:min(len(runs), most)], func(r reports.Run) runView { return s.runView(r, v.Search != nil) })
	v.Filed = slices.ContainsFunc(v.Listed, func(r runView) bool { return len(r.Files) > 0 })
	v.Shown = format.Plural(all, "run", "runs")
	if len(v.Listed) < all {
		v.Shown = fmt.Sprintf("%d of %d runs, the worst first", len(v.Listed), all)
	}
	return len(v.Listed) == len(v.Runs)
}

// brief says in as little as there is room for in a matrix how much was tried. It is
// broken into lines after a comma alone.
func brief(c reports.Cell, found bool) string {
	text := "not complete"
	switch {
	case c.Search == nil:
		text = format.Tried(c)
	case found:
		text = "schedule " + thousands(c.Search.Schedules)
	case c.Search.Complete:
		text = "COMPLETE"
	}
	return strings.NewReplacer(", ", ", ", " ", "\u00a0").Replace(text)
}
