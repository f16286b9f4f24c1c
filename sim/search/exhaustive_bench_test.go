package search

import (
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/sim"
)

// BenchmarkLeaseLuaExhaustively searches everything that one worker that dies
// and comes back, and one lost reply, can do to the default strategy.
func BenchmarkLeaseLuaExhaustively(b *testing.B) {
	for _, size := range []struct {
		name            string
		workers, chunks int
	}{{"2x2", 2, 2}, {"2x3", 2, 3}, {"3x2", 3, 2}} {
		b.Run(size.name, func(b *testing.B) {
			for b.Loop() {
				scene, err := sim.Prepare(sim.Setup{
					Name: "lease-lua", Program: sim.Loader(lock.LeaseLua), Workers: size.workers, Chunks: size.chunks,
					Budget: faults.Budget{faults.Kill: 1, faults.LoseReply: 1},
				})
				if err != nil {
					b.Fatal(err)
				}
				r, err := Explore(scene, Options{Random: -1, POS: -1, PCT: -1, CheckEvery: -1})
				if err != nil {
					b.Fatal(err)
				}
				if !r.Complete || len(r.Found) > 0 {
					b.Fatalf("%s; found %v", r.Summary(), r.Found)
				}
				st := r.Stages[len(r.Stages)-1]
				b.ReportMetric(float64(st.Positions), "positions")
				b.ReportMetric(float64(st.Events), "events")
				b.ReportMetric(float64(r.Live), "live")
			}
		})
	}
}
