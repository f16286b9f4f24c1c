package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/lanes"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/timeline"
)

type timelinesView struct {
	Answer string
	Cells  []cellTimelines
	Left   string // how many are not shown
}

type cellTimelines struct {
	*cellView
	Runs []timelineView
}

// timelineView is one run, drawn; or why it cannot be.
type timelineView struct {
	Which  string // worst, longest, kept or median
	Seed   uint64
	Found  []reports.Verdict
	Shared bool // other runs went on beside it
	Figure *svg.Figure
	Failed string
	Flaws  []string
	Files  []fileView
}

type chosenRun struct {
	cell  *cellView
	run   int
	which string
}

// timelines draws the worst and the median run of every cell that is not as expected,
// and of those that have to be safe.
func (s *source) timelines() timelinesView {
	chosen := s.chosenRuns()
	if len(chosen) == 0 {
		return timelinesView{}
	}
	if s.options.History == nil {
		return timelinesView{Answer: "None is drawn: the histories of the runs were not at hand when this page was made."}
	}
	kept := chosen[:min(len(chosen), s.detail.timelines)]
	v := timelinesView{Answer: "The worst and the median run of each cell that is not as expected, and of each that has to be safe."}
	if len(kept) < len(chosen) {
		v.Left = s.leave("%d of %d runs are drawn; the histories of the others lie in their folders.", len(kept), len(chosen))
	}
	for _, x := range kept {
		n := len(v.Cells)
		if n == 0 || v.Cells[n-1].cellView != x.cell {
			v.Cells = append(v.Cells, cellTimelines{cellView: x.cell})
			n++
		}
		v.Cells[n-1].Runs = append(v.Cells[n-1].Runs, s.timeline(x))
	}
	return v
}

// chosenRuns are those of cells that are not as expected, then those of cells that have
// to be safe.
func (s *source) chosenRuns() []chosenRun {
	var urgent, others []chosenRun
	for _, c := range s.inOrder() {
		switch {
		case c.Search != nil || len(c.Runs) == 0:
		case c.Problem():
			urgent = append(urgent, worstAndMedian(c)...)
		case c.Expectation().Demand == reports.DemandSafe:
			others = append(others, worstAndMedian(c)...)
		}
	}
	return append(urgent, others...)
}

// worstAndMedian are, of the runs whose history was kept, the run with the worst verdict, of equals the longest, and the
// one of median length.
func worstAndMedian(cell *cellView) []chosenRun {
	runs := cell.Runs
	var order []int
	for i, run := range runs {
		if run.Folder != "" || !slices.ContainsFunc(runs, func(r reports.Run) bool { return r.Folder != "" }) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(runs[a].DurationMS, runs[b].DurationMS) })
	worst := slices.MaxFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(runs[a].Verdict.Rank(), runs[b].Verdict.Rank()), cmp.Compare(runs[a].DurationMS, runs[b].DurationMS))
	})
	word := "worst"
	switch {
	case runs[worst].Verdict != reports.Safe:
	case len(order) < len(runs): // of the others only a line is left
		word = "kept"
	default:
		word = "longest"
	}
	median := order[(len(order)-1)/2]
	if median == worst {
		return []chosenRun{{cell, worst, word}}
	}
	return []chosenRun{{cell, worst, word}, {cell, median, "median"}}
}

func (s *source) timeline(x chosenRun) timelineView {
	key := fmt.Sprintf("timeline-%s-%d", strings.TrimPrefix(x.cell.Anchor, "cell-"), x.run+1)
	return once(s, key, func() timelineView {
		run := x.cell.Runs[x.run]
		v := timelineView{Which: x.which, Seed: run.Seed, Found: run.Found(), Shared: run.Shared, Files: s.runView(run, false).Files}
		events, err := s.options.History(run.Folder)
		switch {
		case err != nil:
			v.Failed = format.OneLine(err)
		case len(events) == 0:
			v.Failed = "its history is empty"
		default:
			c := lanes.Chart{ID: key, Title: fmt.Sprintf("%s, seed %d", x.cell.ID, run.Seed), Finding: run.Why, Timeline: timeline.Of(events), Rows: run.Rows}
			v.Figure, v.Flaws = c.Figure(), c.Timeline.Flaws
			v.Figure.Untitled = true
		}
		return v
	})
}
