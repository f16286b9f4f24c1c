package answer_test

import (
	"testing"

	"onceover/reports"
	"onceover/reports/answer"
	"onceover/reports/reporttest"
)

// told is a cell with a counterexample that says in one line how it goes wrong, in so many steps.
func told(c reports.Cell, v reports.Verdict, how string, steps int) reports.Cell {
	c.Counterexamples = append(c.Counterexamples, reports.Counterexample{Verdict: v, How: how, Steps: make([]reports.Step, steps)})
	return c
}

func inSim(c reports.Cell) reports.Cell {
	c.World, c.Search = reports.WorldSim, &reports.Search{Schedules: 9}
	return c
}

func TestTheStoryOfTheBrokenLockIsToldInOneLine(t *testing.T) {
	lost := told(reporttest.WithFaults("p", "kill", 3, reporttest.LostRun(1)), reports.Lost, "w0 dies; nobody comes back", 5)
	twice := told(reporttest.WithFaults("p", "pause", 4, reporttest.DuplicatedRun(7)), reports.Duplicated, "w0 commits a chunk and commits it again", 3)
	safe := reporttest.WithFaults("a", "kill", 60)
	silent := reporttest.WithFaults("p", "kill", 2, reporttest.LostRun(1))
	published := func(cells ...reports.Cell) *reports.Results {
		r := reporttest.OfCells(cells...)
		r.Strategies = []reports.StrategyText{{Name: "p", Published: true}}
		return r
	}
	other := told(reporttest.WithFaults("b", "kill", 2, reporttest.LostRun(1)), reports.Lost, "not this", 1)
	for name, c := range map[string]struct {
		r    *reports.Results
		want string
	}{
		"nothing broke":         {published(safe), ""},
		"no story":              {published(safe, silent), ""},
		"alone":                 {published(lost), "How it loses a row: w0 dies; nobody comes back. Seen in 1 of 3 runs on real servers."},
		"the worst first":       {published(twice, lost, safe, other), "How it loses a row: w0 dies; nobody comes back. Seen in 1 of 7 runs on real servers."},
		"beside a lock to use":  {published(twice, safe), "How p, the published scheme, duplicates a row: w0 commits a chunk and commits it again. Seen in 1 of 4 runs on real servers."},
		"the shortest":          {published(told(twice, reports.Duplicated, "shorter", 2)), "How it duplicates a row: shorter. Seen in 1 of 4 runs on real servers."},
		"both worlds":           {published(lost, inSim(twice), inSim(lost)), "How it loses a row: w0 dies; nobody comes back. Seen in 1 of 3 runs on real servers and in 1 of 2 simulated scenarios."},
		"the search first":      {published(told(lost, reports.Lost, "of a run", 1), told(inSim(silent), reports.Lost, "of a search", 9)), "How it loses a row: of a search. Seen in 1 of 3 runs on real servers and in 1 of 1 simulated scenario."},
		"another lock":          {reporttest.OfCells(other, safe), "How b loses a row: not this. Seen in 1 of 2 runs on real servers."},
		"several, none of them": {reporttest.OfCells(other, lost), ""},
		"a missed control":      {missed(published(safe, lost)), ""},
	} {
		if got := answer.Of(c.r).How(c.r).String(); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
