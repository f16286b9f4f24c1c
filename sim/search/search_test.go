package search

import (
	"testing"
	"time"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

func bare(t testing.TB, strategy lock.Strategy, workers, chunks int, budget sim.Budget) *sim.Scene {
	t.Helper()
	scene, err := sim.Prepare(sim.Setup{
		Name: strategy.Name, Program: sim.Bare(strategy), Workers: workers, Chunks: chunks, Budget: budget,
	})
	if err != nil {
		t.Fatal(err)
	}
	return scene
}

func clock() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}

func TestLook(t *testing.T) {
	for _, s := range lock.All() {
		for _, o := range []Options{{}, {Everything: true, Positions: -1, Random: 20000, POS: 20000, PCT: 20000}, {Want: []reports.Verdict{reports.Lost, reports.Duplicated}, Limit: 5 * time.Second}} {
			o.Clock = clock()
			r, err := Explore(bare(t, s, 2, 2, sim.Budget{Crashes: 1, LostReplies: 1}), o)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %s; checked %d", s.Name, r.Summary(), r.Checked)
			for _, st := range r.Stages {
				t.Logf("   %-10s %6d schedules %6d traces %6d positions %6d events %v %v %.0f/s", st.Name, st.Schedules, st.Traces, st.Positions, st.Events, st.Verdicts, st.Elapsed, float64(st.Schedules)/st.Elapsed.Seconds())
			}
			for _, c := range r.Found {
				t.Logf("   %s found by %s, schedule %d: %s %v", c.Verdict, c.Stage, c.Schedule, c.Why, c.Log)
			}
		}
	}
}
