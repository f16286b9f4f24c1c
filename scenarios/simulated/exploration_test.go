package simulated

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/sim"
	"onceover/sim/search"
)

type silent struct{}

func (silent) Start(string, string, int)   {}
func (silent) RunDone(string, reports.Run) {}
func (silent) Finish(reports.Cell)         {}

// explored searches the default strategy for as long as limit, on a clock that
// moves by a millisecond whenever it is looked at.
func explored(t *testing.T, budget faults.Budget, limit time.Duration) reports.Results {
	t.Helper()
	now := time.Duration(0)
	x := Exploration{
		Programs: []Program{{
			Name: "lease-lua", Program: sim.Bare(lock.LeaseLua),
			Expected: func(string) reports.Expectation { return reports.Expectation{Demand: reports.DemandSafe} },
		}},
		Scenarios: []scenarios.Scenario{{Name: "test", Persistence: faults.Nothing, Budget: budget}},
		Setup:     sim.Setup{Workers: 1, Chunks: 1, Rows: 1},
		Search:    search.Options{Limit: limit},
		Out:       t.TempDir(),
		Clock:     func() time.Duration { now += time.Millisecond; return now },
		Observer:  silent{},
	}
	var results reports.Results
	if err := x.Run(t.Context(), &results); err != nil {
		t.Fatal(err)
	}
	return results
}

func TestWhatASearchFoundIsShownStepByStep(t *testing.T) {
	x := Exploration{
		Programs: []Program{{
			Name: "none", Program: sim.Bare(lock.None),
			Expected: func(string) reports.Expectation { return reports.Expectation{Demand: reports.DemandUnsafe} },
		}},
		Scenarios: []scenarios.Scenario{{Name: "calm", Persistence: faults.Nothing}},
		Setup:     sim.Setup{Workers: 2, Chunks: 2, Rows: 1},
		Out:       t.TempDir(),
		Clock:     func() time.Duration { return 0 },
		Replay:    func(file string) string { return "replay " + filepath.Base(file) },
		Observer:  silent{},
	}
	var results reports.Results
	if err := x.Run(t.Context(), &results); err != nil {
		t.Fatal(err)
	}
	found := results.Cells[0].Counterexamples
	if len(found) != 1 {
		t.Fatalf("%d counterexamples, want one", len(found))
	}
	c := found[0]
	bad := c.Steps[slices.IndexFunc(c.Steps, func(s reports.Step) bool { return s.Bad })]
	if c.Verdict != reports.Duplicated || bad.First == 0 || len(c.Workers) != 2 {
		t.Errorf("%+v", c)
	}
	if c.ShrunkFrom < bad.Number || c.Repeated != 2 || c.File != "none-calm-duplicated.jsonl" || c.Replay != "replay "+c.File {
		t.Errorf("shrunk from %d, repeated %d times, %s, %s", c.ShrunkFrom, c.Repeated, c.File, c.Replay)
	}
}

func TestASearchThatShowedNothingDoesNotPass(t *testing.T) {
	crash := faults.Budget{faults.Kill: 1}
	for name, c := range map[string]struct {
		budget faults.Budget
		limit  time.Duration
		want   reports.Verdict
		gate   reports.GateStatus
	}{
		"no time for any schedule":         {crash, time.Nanosecond, reports.Inconclusive, reports.Unknown},
		"no time for anything to go wrong": {crash, 3 * time.Millisecond, reports.Inconclusive, reports.Unknown},
		"nothing may go wrong":             {faults.Budget{}, 3 * time.Millisecond, reports.Safe, reports.Pass},
		"complete":                         {crash, time.Hour, reports.Safe, reports.Pass},
	} {
		r := explored(t, c.budget, c.limit)
		if cell := r.Cells[0]; cell.Verdict != c.want || r.Gate.Status != c.gate {
			t.Errorf("%s: %s (%s), gate %s, want %s and %s", name, cell.Verdict, cell.Runs[0].Why, r.Gate.Status, c.want, c.gate)
		}
	}
}
