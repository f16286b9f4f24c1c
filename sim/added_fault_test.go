package sim_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/draw"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

// A fault is its description and its injector: with them it is parsed, offered,
// strikes, is searched for, shrunk, stored, repeated and reported.
func TestAFaultIsAddedInTwoPlaces(t *testing.T) {
	defer sim.AddLatency()()
	budget, err := faults.ParseBudget("latency")
	if err != nil {
		t.Fatal(err)
	}
	scene, err := sim.Prepare(sim.Setup{
		Name: "lease-lua", Program: sim.Bare(lock.LeaseLua), Workers: 2, Chunks: 1, Rows: 1, Budget: budget,
	})
	if err != nil {
		t.Fatal(err)
	}
	if bounds := sim.Bounds(scene.Setup); !strings.Contains(bounds, "latency x1") {
		t.Errorf("the bounds are %s", bounds)
	}
	result, err := search.Explore(scene, search.Options{Random: 50, POS: 50, PCT: 50})
	if err != nil || result.Faulty() == 0 || !result.Complete {
		t.Errorf("%s, %v", result.Summary(), err)
	}
	latency, _ := sim.FindEvent("latency")
	struck := false
	run, err := scene.Run(func(enabled []sim.Choice) int {
		at := slices.IndexFunc(enabled, func(c sim.Choice) bool { return c.ID.Kind == latency && c.Op.Writes() })
		if at < 0 || struck {
			return sim.First(enabled)
		}
		struck = true
		return at
	}, true)
	if err != nil || !struck || run.Used.String() != "latency x1" || run.Verdict != reports.Safe || run.Time < scene.Setup.TTL {
		t.Fatalf("struck %t, used %s, %s after %v, %v", struck, run.Used, run.Verdict, run.Time, err)
	}
	repeats(t, scene, run)
	reported(t, scene, run)
}

func repeats(t *testing.T, scene *sim.Scene, run sim.Run) {
	t.Helper()
	var file bytes.Buffer
	if err := scene.Log(run).Write(&file); err != nil {
		t.Fatal(err)
	}
	log, err := sim.ReadLog(&file)
	if err != nil || log.Setup.Budget.String() != "latency x1" {
		t.Fatalf("%s, %v", log.Setup.Budget, err)
	}
	if _, err := scene.Replay(log, false); err != nil {
		t.Error(err)
	}
	if plan, left := sim.PlanOf(run); len(plan) != 0 || len(left) != 1 {
		t.Errorf("the plan is %s, and %q is left", plan, left)
	}
}

func reported(t *testing.T, scene *sim.Scene, run sim.Run) {
	t.Helper()
	c := draw.Of(shrink.Smallest{Scene: scene, Run: run, Log: scene.Log(run)})
	said := slices.ContainsFunc(draw.Report(c).Steps, func(s reports.Step) bool {
		return s.Text == "the reply is late" && s.Outcome == reports.StepAnswered
	})
	var text bytes.Buffer
	if err := draw.JSON(&text, c); err != nil || !said || !strings.Contains(text.String(), ":latency\"") {
		t.Errorf("said %t, %v\n%s", said, err, &text)
	}
}
