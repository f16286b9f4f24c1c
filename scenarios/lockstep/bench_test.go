package lockstep_test

import (
	"testing"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/lockstep"
	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/worker"
)

// The benchmarks say how many schedules a second there are of a small worker in Go, with a
// model in the place of Redis, and of the example in Python on real servers.
func BenchmarkSchedulesOfGo(b *testing.B) {
	benchmark(b, openWith(b, lockstep.Options{Command: command("conditional")}, lockstep.Servers{RedisAddr: fakeRedis(b)}))
}

func BenchmarkSchedulesOfPython(b *testing.B) {
	benchmark(b, openLive(b, worker.Command{serverstest.Python(b), "../worker/examples/connection_name.py"}))
}

func benchmark(b *testing.B, w *lockstep.World) {
	b.ResetTimer()
	out, err := w.Explore(b.Context(), lockstep.Search{Seed: 1, Budget: faults.Budget{faults.Kill: 1}, Runs: b.N, Want: []reports.Verdict{reports.Inconclusive}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(out.PerSecond(), "schedules/s")
}
