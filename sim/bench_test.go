package sim

import (
	"math/rand/v2"
	"testing"

	"onceover/loader/lock"
	"onceover/reports"
)

// randomly chooses evenly.
func randomly(seed uint64) Chooser {
	r := rand.New(rand.NewPCG(seed, 0))
	return ChooserFunc(func(enabled []Choice) int { return r.IntN(len(enabled)) })
}

func benchmarkSchedules(b *testing.B, setup Setup) {
	scene := prepared(b, setup)
	verdicts := map[reports.Verdict]int{}
	steps := 0
	b.ReportAllocs()
	var seed uint64
	for b.Loop() {
		seed++
		run, err := scene.Run(randomly(seed), false)
		if err != nil {
			b.Fatal(err)
		}
		verdicts[run.Verdict]++
		steps += len(run.Log)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "schedules/s")
	b.ReportMetric(float64(steps)/float64(b.N), "steps")
	b.Log(verdicts)
}

func BenchmarkBare2x2(b *testing.B) {
	for _, strategy := range lock.All() {
		b.Run(strategy.Name, func(b *testing.B) { benchmarkSchedules(b, bare(strategy, 2, 2)) })
	}
}
