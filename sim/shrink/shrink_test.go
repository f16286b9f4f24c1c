package shrink

import (
	"testing"
	"time"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/search"
)

func TestLook(t *testing.T) {
	for _, s := range lock.All() {
		for _, v := range []reports.Verdict{reports.Duplicated, reports.Lost} {
			began := time.Now()
			scene, err := sim.Prepare(sim.Setup{
				Name: s.Name, Program: sim.Bare(s), Workers: 3, Chunks: 3, Budget: sim.Budget{Crashes: 1, LostReplies: 1, Advances: 1},
			})
			if err != nil {
				t.Fatal(err)
			}
			r, err := search.Explore(scene, search.Options{Want: []reports.Verdict{v}, Positions: -1})
			if err != nil {
				t.Fatal(err)
			}
			c, ok := r.Of(v)
			if !ok {
				continue
			}
			found := time.Since(began)
			small, err := Shrink(scene, c.Run)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s %s: found by %s after %d in %v; %d events -> %d, %d switches, %d tried, %v; %v", s.Name, v, c.Stage, r.Schedules(), found,
				len(c.Log), len(small.Log.Events), small.Switches, small.Tried, time.Since(began), small.Scene.Setup.Bounds())
			for i, e := range small.Run.Trace {
				if !e.Quiet {
					t.Logf("   %d %v", i, e)
				}
			}
			t.Logf("   %s; passing: %+v", small.Run.Why, small.Passing)
		}
	}
}
