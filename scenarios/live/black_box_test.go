package live_test

import (
	"flag"
	"slices"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/servers/serverstest"
)

// openProgram gives a test a world whose workers are a program in testdata, whose way is
// given, and what else it finds in its environment.
func openProgram(t *testing.T, command []string, way string, env ...string) *live.World {
	t.Helper()
	worker := slices.Concat([]string{"env", "WAY=" + way}, env, command)
	return openWorld(t, live.Options{Worker: worker}, faults.Nothing, faults.Always, faults.EverySec)
}

// blackBox carries out a standard scenario with such a world.
func blackBox(t *testing.T, w *live.World, way, scenario string, seed uint64) reports.Run {
	t.Helper()
	e := execution(t, scenarios.External, scenario, "")
	e.Workload.Workers, e.Workload.TTL, e.Seed = 4, 500*time.Millisecond, seed
	if way == "get_lock" {
		e.Workload.TTL = 1500 * time.Millisecond // others have to connect anew within two of them
	}
	e.Workload = e.Scenario.Filled(e.Workload)
	if wrong[way].want == reports.Stuck {
		e.Workload.Deadline = 2 * time.Second // nothing else is awaited
	}
	e.Plan = e.Scenario.Faults(seed, w.Limits(e.Workload), e.Workload.TTL)
	run := carryOut(t, w, e)
	for _, f := range run.Faults {
		if f.Reached && !f.Confirmed { // who loses chunks may end before one is reached
			t.Errorf("%s, seed %d: %s was not seen to take effect: %s", scenario, seed, f.Text, f.Evidence)
		}
	}
	return run
}

// wrong are the mistakes of programs: the standard scenario that catches each, and as what.
var wrong = map[string]struct {
	scenario string
	want     reports.Verdict
}{
	"lease":      {"pause-long", reports.Duplicated},
	"resend":     {"lost-reply", reports.Duplicated},
	"swallow":    {"mysql-kill", reports.Lost},
	"get_lock":   {"mysql-kill", reports.Duplicated},
	"mark_first": {"kill-random", reports.Lost},
	"push_first": {"kill-random", reports.Duplicated},
	// Consumers, which this one has, show what looks right at the end of a load.
	"dedupe_at_end": {"lost-reply", reports.Duplicated},
	"end_by_llen":   {"lost-reply", reports.Stuck},
}

// judgements is how often each wrong program is judged.
var judgements = flag.Uint64("judgements", 1, "how often each wrong program is judged, each time with another seed")

// The standard scenarios strike at the messages that matter, so a mistake is not
// found by luck, and a program without one is never in doubt, whatever its
// libraries do of their own accord.
func TestProgramsOfAnyKindAreJudgedRight(t *testing.T) {
	t.Parallel()
	t.Run("python", func(t *testing.T) {
		command := []string{serverstest.Python(t), "testdata/loader.py"}
		judging(t, command, "lease", "resend", "swallow", "get_lock", "mark_first", "push_first", "dedupe_at_end", "end_by_llen")
		t.Run("a lease that is longer than the pause", func(t *testing.T) {
			t.Parallel()
			wantVerdict(t, blackBox(t, openProgram(t, command, "lease", "LEASE=3"), "lease", "pause-long", 1), reports.Duplicated)
		})
	})
	t.Run("php", func(t *testing.T) {
		judging(t, []string{serverstest.PHP(t), "testdata/loader.php"}, "lease", "resend", "swallow", "get_lock", "mark_first")
	})
}

// judging judges the wrong ways of a program, and the right one in each scenario that needs no steps.
func judging(t *testing.T, command []string, ways ...string) {
	t.Helper()
	for _, way := range ways {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			w := openProgram(t, command, way)
			for seed := uint64(1); seed <= *judgements; seed++ {
				wantVerdict(t, blackBox(t, w, way, wrong[way].scenario, seed), wrong[way].want)
			}
		})
	}
	for i, s := range scenarios.All() {
		if s.NeedsNoSteps {
			t.Run("watch/"+s.Name, func(t *testing.T) {
				t.Parallel()
				wantVerdict(t, blackBox(t, openProgram(t, command, "watch"), "watch", s.Name, uint64(i)), reports.Safe)
			})
		}
	}
}
