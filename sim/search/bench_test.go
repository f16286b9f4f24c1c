package search

import (
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/sim"
)

func benchmarkStage(b *testing.B, strategy lock.Strategy, o Options) {
	scene := scene(b, strategy, sim.Bare(strategy), 2, 2, faults.Budget{faults.Crash: 1, faults.LoseReply: 1})
	o.Everything, o.CheckEvery = true, -1
	schedules := 0
	b.ReportAllocs()
	for b.Loop() {
		r, err := Explore(scene, o)
		if err != nil {
			b.Fatal(err)
		}
		schedules += r.Schedules()
	}
	b.ReportMetric(float64(schedules)/b.Elapsed().Seconds(), "schedules/s")
}

func BenchmarkRandom(b *testing.B) {
	for _, s := range []lock.Strategy{lock.ConnectionName, lock.LeaseLua} {
		b.Run(s.Name, func(b *testing.B) {
			benchmarkStage(b, s, Options{Random: 5000, POS: -1, PCT: -1, Positions: -1})
		})
	}
}
