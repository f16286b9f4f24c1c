package live_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/live"
)

// Lock servers are started for a strategy that needs them, and are struck: by a fault that
// names a request which nobody else gets, and by one that takes the lock from a quorum of them.
func TestLockServersAreStruck(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	e := execution(t, "redlock", "calm", "lose-reply worker=* request=EVALSHA nth=5; evict worker=* chunk=3 at=read key=lock")
	e.Workload.TTL = time.Minute // no lease runs out, however slow the machine is
	run := carryOut(t, w, e)
	if run.Verdict == reports.Inconclusive || run.Verdict == reports.Stuck {
		t.Errorf("%s: %s", run.Verdict, run.Why)
	}
	// The worker may have the lock on any two of them, if another asked for it at the same time.
	for i, evidence := range []string{"EVALSHA was answered, its reply of", "lock server [123], lock server [123] had "} {
		if f := run.Faults[i]; !f.Confirmed || !regexp.MustCompile(evidence).MatchString(f.Evidence) {
			t.Errorf("%s: %q lacks %q", f.Text, f.Evidence, evidence)
		}
	}
	// Each chunk takes three requests to lock it and three to unlock it, and its commit.
	if c := run.Cost; c == nil || c.RedisCommands == nil || *c.RedisCommands < int64(8*c.Chunks) {
		t.Errorf("the lock servers are not counted: %+v", c)
	}
	// The lock of a chunk that nobody has is on no server.
	e = execution(t, "redlock", "calm", "evict worker=0 chunk=3 at=claiming key=lock")
	e.Workload.Workers = 1
	run = carryOut(t, w, e)
	if f := run.Faults[0]; run.Verdict != reports.Inconclusive || f.Confirmed || !strings.Contains(f.Evidence, "and it takes 2 to lose it") {
		t.Errorf("%s: %+v", run.Verdict, f)
	}
}
