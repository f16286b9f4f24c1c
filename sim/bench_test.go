package sim

import (
	"syscall"
	"testing"

	"onceover/loader/lock"
	"onceover/reports"
)

// processorTime is what this process has used, in seconds. Where others share
// the machine, it says more than the time on the wall.
func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func benchmarkSchedules(b *testing.B, setup Setup) {
	scene := prepared(b, setup)
	verdicts := map[reports.Verdict]int{}
	steps := 0
	b.ReportAllocs()
	var seed uint64
	began := processorTime()
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
	b.ReportMetric(float64(b.N)/(processorTime()-began), "schedules/cpu-s")
	b.ReportMetric(float64(steps)/float64(b.N), "steps")
	b.Log(verdicts)
}

func BenchmarkBare2x2(b *testing.B) {
	for _, strategy := range lock.Usual() {
		b.Run(strategy.Name, func(b *testing.B) { benchmarkSchedules(b, bare(strategy, 2, 2)) })
	}
}

func BenchmarkLoader2x2(b *testing.B) {
	for _, strategy := range lock.Usual() {
		b.Run(strategy.Name, func(b *testing.B) {
			benchmarkSchedules(b, full(strategy, 2, 2))
		})
	}
}

// BenchmarkRemembered2x2 is what the random stages of a search do.
func BenchmarkRemembered2x2(b *testing.B) {
	for _, strategy := range lock.Usual() {
		b.Run(strategy.Name, func(b *testing.B) {
			m := prepared(b, full(strategy, 2, 2)).Cache()
			b.ReportAllocs()
			began := processorTime()
			for seed := uint64(0); b.Loop(); seed++ {
				if _, err := m.Run(randomly(seed), false); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "schedules/s")
			b.ReportMetric(float64(b.N)/(processorTime()-began), "schedules/cpu-s")
		})
	}
}
