package draw

import (
	"os"
	"testing"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

func TestLook(t *testing.T) {
	for _, s := range []lock.Strategy{lock.ConnectionName, lock.SetNX} {
		for _, v := range []reports.Verdict{reports.Duplicated, reports.Lost} {
			for _, budget := range []sim.Budget{{Crashes: 1}, {Advances: 2, LostReplies: 1}, {GiveUps: 1}} {
				scene, err := sim.Prepare(sim.Setup{Name: s.Name, Program: sim.Loader(s), Workers: 2, Chunks: 2, Budget: budget})
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
				small, err := shrink.Shrink(scene, c.Run)
				if err != nil {
					t.Fatal(err)
				}
				Terminal(os.Stdout, Of(small), Options{Width: 150})
			}
		}
	}
}
