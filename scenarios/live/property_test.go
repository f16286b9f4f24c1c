package live_test

import (
	"testing"

	"pgregory.net/rapid"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
)

// For any table, chunk size, number of workers and kills: with the default
// strategy no row is lost and none is duplicated.
func TestLeaseLuaLosesAndDuplicatesNothing(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	rapid.Check(t, func(rt *rapid.T) {
		e := execution(t, "lease-lua", "calm", "")
		e.Workload.Rows = rapid.OneOf(rapid.Just(0), rapid.Just(1), rapid.IntRange(2, 3000)).Draw(rt, "rows")
		e.Workload.KeyLayout = rapid.SampledFrom(scenarios.KeyLayouts()).Draw(rt, "shape")
		e.Workload.ChunkSize = rapid.IntRange(max(1, e.Workload.Rows/100), 400).Draw(rt, "chunk size")
		e.Workload.Workers = rapid.IntRange(1, 8).Draw(rt, "workers")
		e.Seed = rapid.Uint64().Draw(rt, "seed")
		limits := w.Limits(e.Workload)
		if limits.Chunks > 0 && e.Workload.KeyLayout != scenarios.Gaps { // whose number of chunks is the plan's affair
			e.Plan = faults.RandomKills(e.Seed, limits, rapid.IntRange(0, 8).Draw(rt, "kills"))
		}
		run, err := w.Run(rt.Context(), e)
		if err != nil {
			rt.Fatal(err)
		}
		if run.Verdict != reports.Safe {
			rt.Fatalf("%s: %s\n%s", run.Verdict, run.Why, e.Plan)
		}
	})
}
