package page

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

func runs(verdicts string) []reports.Run {
	var all []reports.Run
	for i, v := range strings.Fields(verdicts) {
		all = append(all, reports.Run{Verdict: reports.Verdict(v), DurationMS: int64(i)})
	}
	return all
}

func TestWorstAndMedianRun(t *testing.T) {
	for verdicts, want := range map[string][]chosenRun{
		"safe":                      {{nil, 0, "longest"}},
		"safe safe safe":            {{nil, 2, "longest"}, {nil, 1, "median"}},
		"lost duplicated safe safe": {{nil, 0, "worst"}, {nil, 1, "median"}},
		"safe duplicated safe":      {{nil, 1, "worst"}},
	} {
		cell := &cellView{Cell: reports.Cell{Runs: runs(verdicts)}}
		for i := range want {
			want[i].cell = cell
		}
		if got := worstAndMedian(cell); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", verdicts, got, want)
		}
	}
}

func TestOnlyRunsThatWereKeptAreDrawn(t *testing.T) {
	cell := &cellView{Cell: reports.Cell{Runs: runs("safe safe safe")}}
	cell.Runs[0].Folder = "kept"
	if got, want := worstAndMedian(cell), []chosenRun{{cell, 0, "kept"}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAHistoryThatCannotBeReadIsSaid(t *testing.T) {
	r := reporttest.OfCells(reporttest.WithFaults("a", "kill", 1))
	r.Cells[0].Expected = "safe"
	for want, o := range map[string]Options{
		"None is drawn: the histories of the runs were not at hand":    {},
		"<strong>Cannot be drawn:</strong> <bdi>torn &amp; lost</bdi>": {History: func(string) ([]reports.Event, error) { return nil, errors.New("torn & lost") }},
		"<strong>Cannot be drawn:</strong> <bdi>its history is empty":  {History: func(string) ([]reports.Event, error) { return nil, nil }},
		"<strong>The history is not whole:</strong>": {History: func(string) ([]reports.Event, error) {
			return reporttest.History()[:3], nil
		}},
	} {
		if page := pageWith(t, r, o); !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestFailingCellsAreDrawnFirst(t *testing.T) {
	calm, worse, unjudged := reporttest.WithFaults("a", "calm", 2), reporttest.WithFaults("b", "kill", 2, reporttest.DuplicatedRun(1)), reporttest.WithFaults("c", "kill", 2)
	calm.Expected, worse.State = "safe", reports.Worse
	s := newSource(reporttest.OfCells(calm, worse, unjudged), Options{History: func(string) ([]reports.Event, error) { return reporttest.History(), nil }})
	s.detail = details[0]
	v := s.timelines()
	var names []string
	for _, c := range v.Cells {
		names = append(names, c.ID)
	}
	if !slices.Equal(names, []string{"b/kill", "a/calm"}) {
		t.Errorf("%q", names)
	}
}
