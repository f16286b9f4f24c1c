package search

import (
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/sim"
)

// BenchmarkSpeedUp searches in turns with one job and with one for each
// processor, and reports how many times as fast the latter is, and how much
// more of the processors' time it needs. Both are of the best turns, since
// others may share the machine: there should be many (-benchtime 20x).
func BenchmarkSpeedUp(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the command line does
	exhaustive := Options{Random: -1, POS: -1, PCT: -1, CheckEvery: -1}
	random := Options{Random: 2000, POS: 2000, PCT: 2000, Positions: -1, Everything: true, CheckEvery: -1}
	for _, c := range []struct {
		name            string
		workers, chunks int
		options         Options
	}{{"exhaustive/2x2", 2, 2, exhaustive}, {"exhaustive/2x3", 2, 3, exhaustive}, {"random/2x3", 2, 3, random}, {"random/3x3", 3, 3, random}} {
		b.Run(c.name, func(b *testing.B) {
			s, err := sim.Prepare(sim.Setup{
				Name: "lease-lua", Program: sim.Loader(lock.LeaseLua), Workers: c.workers, Chunks: c.chunks,
				Budget: faults.Budget{faults.Kill: 1, faults.LoseReply: 1},
			})
			if err != nil {
				b.Fatal(err)
			}
			one, all := c.options, c.options
			one.Jobs, all.Jobs = 1, runtime.GOMAXPROCS(0)
			var alone, together least
			for b.Loop() {
				alone.of(func() { explore(b, s, one) })
				together.of(func() { explore(b, s, all) })
			}
			b.ReportMetric(alone.wall.Seconds(), "one-s")
			b.ReportMetric(alone.wall.Seconds()/together.wall.Seconds(), "speed-up")
			b.ReportMetric(together.processor.Seconds()/alone.processor.Seconds(), "processor-time")
		})
	}
}

// least is the least time that something took, on the wall and of processors.
type least struct{ wall, processor time.Duration }

func (l *least) of(f func()) {
	wall, processor := time.Now(), processorTime()
	f()
	now := least{time.Since(wall), processorTime() - processor}
	if l.wall == 0 {
		*l = now
	}
	l.wall, l.processor = min(l.wall, now.wall), min(l.processor, now.processor)
}

func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
