package live_test

import (
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/live"
)

// A clock that jumps takes the chunk from a worker that goes by it, wherever the lease is.
func TestAClockThatJumpsEndsLeasesOfEveryKind(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	for _, c := range []struct {
		strategy, plan string
		want           reports.Verdict
		evidence       string
	}{
		{"set-nx", "redis-clock worker=* chunk=3 at=read for=3s", reports.Duplicated, "as if the clock of Redis had jumped ahead, "},
		{"streams", "redis-clock worker=* chunk=3 at=read for=3s", reports.Duplicated, " had waited longer"},
		{"redlock", "redis-clock worker=* chunk=3 at=read", "", "as if the clock of lock server 1 had jumped ahead, "},
		{"static", "redis-clock worker=* chunk=3 at=read", reports.Safe, "Redis held nothing that goes by its clock"},
	} {
		t.Run(c.strategy, func(t *testing.T) {
			e := execution(t, c.strategy, "calm", c.plan)
			e.Workload.TTL = 20 * time.Second // no lease runs out of itself
			run := carryOut(t, w, e)
			if f := run.Faults[0]; !f.Confirmed || !strings.Contains(f.Evidence, c.evidence) {
				t.Errorf("%+v", f)
			}
			if c.want != "" {
				wantVerdict(t, run, c.want)
			}
		})
	}
}

// A lease that nobody has cannot run out early: then the clock jumped at the wrong time.
func TestAClockThatJumpsWithoutALeaseHasNoEffect(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	e := execution(t, "lease-lua", "calm", "redis-clock worker=0 chunk=3 at=claiming")
	e.Workload.Workers = 1
	run := carryOut(t, w, e)
	wantVerdict(t, run, reports.Inconclusive)
	if f := run.Faults[0]; f.Confirmed || !strings.Contains(f.Evidence, "held nothing that goes by its clock") {
		t.Errorf("%+v", f)
	}
}
