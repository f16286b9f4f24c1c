package live_test

import (
	"context"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios/defects"
	"onceover/scenarios/live"
	"onceover/sim"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

// What the simulated world finds comes about on real servers too, under the
// faults of the counterexample.
func TestCounterexamplesComeAboutOnRealServers(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	for _, c := range []struct {
		name  string
		setup sim.Setup
		want  reports.Verdict
	}{
		{"lost reply with client retries", defect(t, "client-retries-on"), reports.Duplicated},
		{"kill between skip and take-up", strategySetup(lock.ConnectionName, faults.Budget{faults.Crash: 1}), reports.Lost},
		{"pause past the lease", defect(t, "ttl-shorter-than-work"), reports.Duplicated},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := counterexample(t, c.setup, c.want)
			plan, left := sim.PlanOf(run)
			if len(left) > 0 || len(plan) == 0 {
				t.Fatalf("plan %q, left out %v", plan, left)
			}
			t.Logf("%s: %s\n%s", c.want, run.Why, plan)
			e := execution(t, c.setup.Name, "calm", plan.String())
			wantVerdict(t, carryOut(t, w, e), c.want)
		})
	}
}

func strategySetup(s lock.Strategy, budget faults.Budget) sim.Setup {
	return sim.Setup{Name: s.Name, Program: sim.Loader(s), Workers: 2, Chunks: 2, Budget: budget}
}

func defect(t *testing.T, name string) sim.Setup {
	t.Helper()
	d, ok := defects.Find(name)
	if !ok {
		t.Fatalf("no defect %s", name)
	}
	return d.Scene()
}

// counterexample finds one, which needs a fault, and makes it small.
func counterexample(t *testing.T, setup sim.Setup, want reports.Verdict) sim.Run {
	t.Helper()
	scene, err := sim.Prepare(setup)
	if err != nil {
		t.Fatal(err)
	}
	result, err := search.Explore(scene, search.Options{Seed: 1, Want: []reports.Verdict{want}})
	if err != nil {
		t.Fatal(err)
	}
	found, ok := result.Of(want)
	if !ok {
		t.Fatalf("not found: %s", result.Summary())
	}
	small, err := shrink.Shrink(context.Background(), scene, found.Run)
	if err != nil {
		t.Fatal(err)
	}
	if small.Run.Used.Total() == 0 {
		t.Fatalf("it needs no fault: %v", small.Run.Log)
	}
	return small.Run
}
