package live_test

import (
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
)

// blackBox carries out a standard scenario with a worker of testdata/loader.py.
func blackBox(t *testing.T, w *live.World, way, scenario string, seed uint64) reports.Run {
	t.Helper()
	t.Setenv("WAY", way)
	e := execution(t, scenarios.External, scenario, "")
	e.Workload.Workers, e.Workload.TTL, e.Seed = 4, 500*time.Millisecond, seed
	e.Plan = e.Scenario.Faults(seed, w.Limits(e.Workload), e.Workload.TTL)
	run := carryOut(t, w, e)
	for _, f := range run.Faults {
		if f.Reached && !f.Confirmed { // who loses chunks may end before one is reached
			t.Errorf("%s, seed %d: %s was not seen to take effect: %s", scenario, seed, f.Text, f.Evidence)
		}
	}
	return run
}

// The standard scenarios strike at the messages that matter, so a mistake is not
// found by luck, and a program without one is never in doubt.
func TestProgramsOfAnyKindAreJudgedRightEachTime(t *testing.T) {
	w := openWorld(t, live.Options{Worker: []string{python(t), "testdata/loader.py"}}, faults.Nothing, faults.Always, faults.EverySec)
	for way, c := range map[string]struct {
		scenario string
		want     reports.Verdict
	}{
		"lease":      {"pause-long", reports.Duplicated},
		"resend":     {"lost-reply", reports.Duplicated},
		"swallow":    {"mysql-kill", reports.Lost},
		"get_lock":   {"mysql-kill", reports.Duplicated},
		"mark_first": {"kill-random", reports.Lost},
		"push_first": {"kill-random", reports.Duplicated},
	} {
		t.Run(way, func(t *testing.T) {
			for seed := uint64(1); seed <= 3; seed++ {
				wantVerdict(t, blackBox(t, w, way, c.scenario, seed), c.want)
			}
		})
	}
	t.Run("a lease that is longer than the pause", func(t *testing.T) {
		t.Setenv("LEASE", "3")
		wantVerdict(t, blackBox(t, w, "lease", "pause-long", 1), reports.Duplicated)
	})
	for i, s := range scenarios.All() {
		if s.NeedsNoSteps {
			t.Run("watch/"+s.Name, func(t *testing.T) { wantVerdict(t, blackBox(t, w, "watch", s.Name, uint64(i)), reports.Safe) })
		}
	}
}
