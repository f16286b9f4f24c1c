package live_test

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/live"
)

// While one worker stands at the position, the others write what is lost. The job lasts longer
// than Redis takes to sync and to come back, so that the second loss finds it at work, too.
func TestEachLossOfPowerTakesSomething(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.EverySec)
	run := carryOut(t, w, manyChunks(execution(t, "lease-lua", "redis-power", "redis-power at=committed nth=4 for=50ms; redis-power at=committed nth=400 for=50ms")))
	wantVerdict(t, run, reports.Safe)
	for _, f := range run.Faults {
		if !f.Confirmed || !strings.Contains(f.Evidence, "were not synced and are gone") {
			t.Errorf("%+v", f)
		}
	}
}

// Redis syncs while the only worker stands still, so there is nothing to lose. That is
// followed in each of its lives, and no longer than the run.
func TestALossOfPowerThatTakesNothingProvesNothing(t *testing.T) {
	w := openWorld(t, live.Options{}, faults.EverySec, faults.Always)
	for _, c := range []struct{ scenario, plan string }{
		{"redis-power", "redis-power at=read nth=6 hold=3s for=50ms"},
		{"redis-power", "redis-kill at=read nth=2 for=50ms; redis-power at=read nth=6 hold=3s for=50ms"},
		{"redis-always", "redis-power at=read nth=6 for=50ms"},
	} {
		e := execution(t, "lease-lua", c.scenario, c.plan)
		e.Workload.Workers, e.Workload.TTL = 1, time.Minute // no lease runs out, which would be written
		run := carryOut(t, w, e)
		wantVerdict(t, run, reports.Inconclusive)
		if f := run.Faults[len(run.Faults)-1]; !f.Reached || f.Confirmed || !strings.Contains(f.Evidence, "had synced all that the job wrote") {
			t.Errorf("%+v", f)
		}
	}
	all := make([]byte, 1<<20)
	if all = all[:runtime.Stack(all, true)]; bytes.Contains(all, []byte("live.followSyncs")) {
		t.Error("after the runs it is still followed")
	}
}
