package live_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
)

// struckAgain is a run in which a failover strikes when another fault is over: meanwhile each
// of the workers stands still, so that there is something left to write. The lag lasts until the last
// of them goes on.
func struckAgain(t *testing.T, scenario, before string) scenarios.Execution {
	t.Helper()
	plan := before + "; failover at=committing nth=300 lag=3s for=0s"
	for worker := range 4 {
		plan += fmt.Sprintf("; pause worker=%d at=reading nth=60 for=4s", worker)
	}
	return manyChunks(execution(t, "lease-lua", scenario, plan))
}

// manyChunks makes a job long enough for others to be at work while one stands still.
func manyChunks(e scenarios.Execution) scenarios.Execution {
	e.Workload.Rows, e.Workload.ChunkSize = 4000, 5
	return e
}

// The old primary follows the new one, and takes its place again. A killed Redis may be somewhere
// else when it is there again, and its replica follows it there.
func TestAFailoverTakesSomethingAlsoAfterAnotherDeath(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing, faults.Always)
	for scenario, before := range map[string]string{
		"failover":     "failover at=committing nth=3 lag=500ms for=50ms",
		"redis-always": "redis-kill at=committing nth=3 for=50ms",
	} {
		run := carryOut(t, w, struckAgain(t, scenario, before))
		wantVerdict(t, run, reports.Safe)
		for _, f := range run.Faults[:2] {
			if !f.Confirmed {
				t.Errorf("%+v", f)
			}
		}
		if f := run.Faults[1]; !strings.Contains(f.Evidence, "that it had acknowledged") || !strings.Contains(f.Evidence, "the old primary follows it") {
			t.Errorf("%+v", f)
		}
	}
}

// The program pushes rows, Redis acknowledges and forgets them, and nobody pushes them again.
func TestAFailoverIsSeenInTheRows(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	run := carryOut(t, w, manyChunks(execution(t, "skip-locked", "failover", "failover at=committing nth=3 lag=1s for=50ms")))
	if !run.Faults[0].Confirmed || run.Verdict != reports.Lost {
		t.Errorf("%s, %s; %+v", run.Verdict, run.Why, run.Faults[0])
	}
}

// The only worker stands still until the primary is dead, or has ended before.
func TestAFailoverThatTakesNothingProvesNothing(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{}, faults.Nothing)
	for plan, evidence := range map[string]string{
		"failover at=read nth=6 for=50ms":    "the replica had received all that the job wrote",
		"failover progress=5% lag=5s for=0s": "every worker had ended before the primary was to die",
	} {
		e := execution(t, "lease-lua", "failover", plan)
		e.Workload.Workers, e.Workload.TTL = 1, time.Minute // no lease runs out, which the replica would not hear of
		run := carryOut(t, w, e)
		wantVerdict(t, run, reports.Inconclusive)
		if f := run.Faults[0]; !f.Reached || f.Confirmed || !strings.Contains(f.Evidence, evidence) {
			t.Errorf("%+v", f)
		}
	}
}

// A run that is given up in the middle of a failover leaves a replica that follows nobody.
func TestAReplicaFollowsAgainInTheNextRun(t *testing.T) {
	w := openWorld(t, live.Options{}, faults.Nothing)
	before := len(strings.Fields(containers(t)))
	ctx, cancel := context.WithCancel(t.Context())
	e := execution(t, "lease-lua", "failover", "failover at=committing nth=3 lag=1m")
	go cancelOnceTold(ctx, cancel, e, "struck")
	if _, err := w.Run(ctx, e); err == nil {
		t.Error("a run that was interrupted came to something")
	}
	run := carryOut(t, w, manyChunks(execution(t, "lease-lua", "failover", "failover at=committing nth=3 lag=1s for=50ms")))
	wantVerdict(t, run, reports.Safe)
	if n := len(strings.Fields(containers(t))); n != before+1 {
		t.Errorf("%d containers, want the replica beside %d", n, before)
	}
	run = carryOut(t, w, execution(t, "lease-lua", "calm", ""))
	wantVerdict(t, run, reports.Safe)
	if n := len(strings.Fields(containers(t))); n != before {
		t.Errorf("%d containers, want %d: nothing needs a replica", n, before)
	}
}
