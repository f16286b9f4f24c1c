package simulated

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

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

// programs explores each program alone, in its own cell of one exploration.
func programs(t *testing.T, all map[string]sim.Program) map[string]reports.Cell {
	t.Helper()
	x := Exploration{
		Scenarios: []scenarios.Scenario{{Name: "calm", Persistence: faults.Nothing}},
		Setup:     sim.Setup{Workers: 1, Chunks: 1, Rows: 1},
		Out:       t.TempDir(),
		Clock:     func() time.Duration { return 0 },
		Replay:    func(string) string { return "" },
		Observer:  silent{},
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		x.Programs = append(x.Programs, Program{
			Name: name, Program: all[name],
			Expected: func(string) reports.Expectation { return reports.Expectation{Demand: reports.DemandSafe} },
		})
	}
	var results reports.Results
	if err := x.Run(t.Context(), &results); err != nil {
		t.Fatal(err)
	}
	cells := map[string]reports.Cell{}
	for _, c := range results.Cells {
		cells[c.Strategy] = c
	}
	return cells
}

func TestWhatCannotBeSimulatedIsInconclusiveAndDoesNotEndTheRest(t *testing.T) {
	calls := 0
	cells := programs(t, map[string]sim.Program{
		"asks what no model knows": func(ctx context.Context, env sim.Env) error {
			client := redis.NewClient(env.Redis)
			defer client.Close()
			return client.GeoAdd(ctx, "places", &redis.GeoLocation{Name: "here"}).Err()
		},
		"does otherwise each time": func(ctx context.Context, env sim.Env) error {
			client := redis.NewClient(env.Redis)
			defer client.Close()
			calls++
			return client.Get(ctx, strconv.Itoa(calls)).Err()
		},
		"works": sim.Bare(lock.LeaseLua),
	})
	for name, want := range map[string]struct {
		verdict reports.Verdict
		state   reports.State
		why     string
	}{
		"asks what no model knows": {reports.Inconclusive, reports.NotProven, `it cannot be simulated: sim: a model does not know what was asked of it: Redis ["geoadd"]`},
		"does otherwise each time": {reports.Inconclusive, reports.NotProven, "it cannot be simulated: sim: the program is not deterministic"},
		"works":                    {reports.Safe, reports.AsExpected, "nothing was found: "},
	} {
		c := cells[name]
		if c.Verdict != want.verdict || c.State != want.state || !strings.HasPrefix(c.Runs[0].Why, want.why) {
			t.Errorf("%s: %s, %s: %s", name, c.Verdict, c.State, c.Runs[0].Why)
		}
	}
}

func TestAProgramThatFailsByItselfIsACounterexample(t *testing.T) {
	cells := programs(t, map[string]sim.Program{
		"does nothing": func(context.Context, sim.Env) error { return nil },
		"gives up":     func(context.Context, sim.Env) error { return errors.New("no such table") },
	})
	for name, want := range map[string]reports.Verdict{"does nothing": reports.Lost, "gives up": reports.Stuck} {
		if c := cells[name]; c.Verdict != want || c.State != reports.Worse || len(c.Counterexamples) != 1 {
			t.Errorf("%s: %s, %s, %d counterexamples", name, c.Verdict, c.State, len(c.Counterexamples))
		}
	}
}
