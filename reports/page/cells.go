package page

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/say"
)

// cellsView is every cell with its runs.
type cellsView struct {
	All []*cellView
}

type verdictView struct {
	Icon template.HTML
	Word string
}

type cellView struct {
	Anchor   string
	Proof    string // the anchor of its counterexample, if there is one
	Name     string
	World    string // if there are several
	Found    []verdictView
	Count    string
	Brief    string // for the matrix
	Rate     string
	Gate     string // how it stands to what was expected
	Expected string
	Problem  bool // the gate does not pass because of it
	Loud     bool // Gate is worth being said in the matrix: it is not as expected
	Fresh    bool // it has become worse since the baseline
	Sentence string
	Search   *searchView
	Example  *runView

	FirstSeed string // of the first run that is worth a look, if there is one

	Runs  []runView
	Shown string

	cell  reports.Cell
	world string
	state reports.State
	bad   bool
}

type searchView struct {
	Bounds, Left string
	Stages       []stageView
}

type stageView struct{ Name, Schedules, Traces, Took string }

// cells makes the views of all cells, in the order of the results. proofs are the
// anchors of their counterexamples.
func (s *source) cells(proofs map[int]string) []*cellView {
	all := make([]*cellView, len(s.Cells))
	for i, c := range s.Cells {
		all[i] = s.cell(i, c)
		all[i].Proof = proofs[i]
	}
	listed := 0
	for rank, c := range s.mostUrgent(all) {
		if rank >= s.detail.full {
			c.Shown = "Its runs are not listed here, to keep this page small; they are in results.json."
			continue
		}
		if c.addRuns(s.detail.runs) {
			listed++
		}
	}
	if listed < len(all) {
		s.leave("All runs are listed of %d of %s; the others are in results.json.", listed, say.Plural(len(all), "cell", "cells"))
	}
	return all
}

// mostUrgent sorts cells by how much a reader wants to see of them.
func (s *source) mostUrgent(cells []*cellView) []*cellView {
	rank := func(c *cellView) int {
		switch {
		case c.Problem:
			return 0
		case c.bad:
			return 1
		}
		return 2
	}
	sorted := s.inOrder(cells)
	slices.SortStableFunc(sorted, func(a, b *cellView) int { return rank(a) - rank(b) })
	return sorted
}

func (s *source) cell(i int, c reports.Cell) *cellView {
	v := &cellView{
		Anchor: cellAnchor(i), Name: c.ID, World: s.worldWord(c), cell: c, world: s.world(c), state: c.State,
		Found: verdictViews(c.Found()), bad: c.Found()[0].Bad(),
		Count: c.LongCount(), Rate: unbroken(c.LongRate()), Gate: c.State.LongMark(), Expected: c.Expected,
		Fresh: s.fresh(c), Problem: c.State.Mark() != "", Sentence: c.Story(), Search: newSearchView(c.Search),
	}
	v.Loud = v.Problem || c.State == reports.Better
	v.Brief = brief(c, v.bad)
	if c.Search != nil {
		v.Count = scheduled(*c.Search, v.bad)
	}
	if run, ok := c.Example(); ok {
		v.FirstSeed = strconv.FormatUint(run.Seed, 10)
	}
	return v
}

// addRuns shows an example, and lists the runs of a cell, the worst first; it tells
// whether these are all that the results hold.
func (v *cellView) addRuns(most int) bool {
	c := v.cell
	if run, ok := c.Example(); ok {
		view := newRunView(run)
		v.Example = &view
	}
	runs := slices.Clone(c.Runs)
	slices.SortStableFunc(runs, func(a, b reports.Run) int { return b.Verdict.Rank() - a.Verdict.Rank() })
	all := max(len(runs), c.Tally.N)
	if len(runs) == 0 {
		return true
	}
	runs = runs[:min(len(runs), most)]
	v.Shown = say.Plural(all, "run", "runs")
	if len(runs) < all {
		v.Shown = fmt.Sprintf("%d of %d runs, the worst first", len(runs), all)
	}
	for _, run := range runs {
		v.Runs = append(v.Runs, newRunView(run))
	}
	return len(runs) == len(c.Runs)
}

func newSearchView(search *reports.Search) *searchView {
	if search == nil {
		return nil
	}
	v := &searchView{Bounds: search.Bounds, Left: search.Left}
	for _, stage := range search.Stages {
		v.Stages = append(v.Stages, stageView{
			Name: stage.Name, Schedules: say.Thousands(int64(stage.Schedules)), Traces: say.Thousands(int64(stage.Traces)),
			Took: say.Duration(say.Milliseconds(stage.ElapsedMS)),
		})
	}
	return v
}

func verdictViews(found []reports.Verdict) []verdictView {
	views := make([]verdictView, len(found))
	for i, v := range found {
		views[i] = verdictView{Icon: svg.Icon(v), Word: svg.Word(v)}
	}
	return views
}

// Link is where a cell's verdict is shown best: its counterexample, or its runs.
func (v *cellView) Link() string { return cmp.Or(v.Proof, v.Anchor) }

// unbroken keeps a number with its sign.
func unbroken(text string) string { return strings.ReplaceAll(text, " %", "\u00a0%") }

// scheduled says how much of the simulated world a search went through.
func scheduled(search reports.Search, found bool) string {
	n := say.Thousands(int64(search.Schedules)) + " schedules"
	if search.Schedules == 1 {
		n = "1 schedule"
	}
	switch {
	case found: // then the rest was not looked for
		return "found after " + n
	case search.Complete:
		return "COMPLETE, " + n
	}
	return n + ", not complete"
}
