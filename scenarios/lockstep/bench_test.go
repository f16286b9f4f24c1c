package lockstep_test

import (
	"testing"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/lockstep"
	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/worker"
)

// The benchmarks say how many schedules a second there are of the examples, on real servers.
func BenchmarkSchedulesOfGo(b *testing.B) { benchmark(b, openLive(b, exampleInGo(b, "conditional"))) }

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
