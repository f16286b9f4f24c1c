package live_test

import (
	"testing"
	"time"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/defects"
	"onceover/scenarios/live"
	"onceover/sim"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

// What the simulated world finds comes about on real servers too, under the
// faults of the counterexample.
func TestCounterexamplesComeAboutOnRealServers(t *testing.T) {
	w := openWorld(t, live.Options{}, scenarios.Nothing)
	retries, ok := defects.Find("client-retries-on")
	if !ok {
		t.Fatal("no such defect")
	}
	for _, c := range []struct {
		name  string
		setup sim.Setup
		want  reports.Verdict
	}{
		{"lost reply with client retries", retries.Scene(), reports.Duplicated},
		{"kill between skip and take-up", strategySetup(lock.ConnectionName, sim.Budget{Crashes: 1}), reports.Lost},
		{"pause past the lease", strategySetup(lock.SetNX, sim.Budget{Advances: 1}), reports.Duplicated},
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

func strategySetup(s lock.Strategy, budget sim.Budget) sim.Setup {
	return sim.Setup{Name: s.Name, Program: sim.Loader(s), Workers: 2, Chunks: 2, Budget: budget}
}

// counterexample finds one that needs a fault, and makes it small.
func counterexample(t *testing.T, setup sim.Setup, want reports.Verdict) sim.Run {
	t.Helper()
	scene, err := sim.Prepare(setup)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for seed := uint64(1); time.Since(began) < 20*time.Second; seed++ {
		result, err := search.Explore(scene, search.Options{Seed: seed, Want: []reports.Verdict{want}})
		if err != nil {
			t.Fatal(err)
		}
		found, ok := result.Of(want)
		if !ok || !needsFault(found.Run) {
			continue
		}
		small, err := shrink.Shrink(scene, found.Run)
		if err != nil {
			t.Fatal(err)
		}
		if needsFault(small.Run) {
			return small.Run
		}
	}
	t.Fatalf("no counterexample with a fault was found for %s", setup.Name)
	return sim.Run{}
}

func needsFault(r sim.Run) bool { return r.Used != sim.Budget{} }
