package lockstep_test

import (
	"path/filepath"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios/lockstep"
	"onceover/scenarios/servers/serverstest"
	"onceover/scenarios/worker"
)

// openLive makes a world of a program on real servers.
func openLive(t testing.TB, command worker.Command) *lockstep.World {
	t.Helper()
	my := serverstest.MySQLConfig(t)
	return openWith(t, lockstep.Options{Command: command}, lockstep.Servers{RedisAddr: serverstest.RedisOptions(t).Addr, MySQL: my})
}

func TestThePublishedSchemeInPythonDuplicatesAndLosesRowsOnRealServers(t *testing.T) {
	example, err := filepath.Abs("../worker/examples/connection_name.py")
	if err != nil {
		t.Fatal(err)
	}
	w := openLive(t, worker.Command{serverstest.Python(t), example})
	for verdict, find := range map[reports.Verdict]func(*testing.T, *lockstep.World) *lockstep.Counterexample{reports.Duplicated: duplicate, reports.Lost: loss} {
		t.Run(string(verdict), func(t *testing.T) {
			found := find(t, w)
			if err := w.Shrink(t.Context(), found, 2*time.Second); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Replay(t.Context(), stored(t, found.Log)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAProgramThatCommitsConditionallyPassesOnRealServers(t *testing.T) {
	w := openLive(t, command("conditional"))
	out := explore(t, w, lockstep.Search{Seed: 1, Budget: faults.Budget{faults.Kill: 1, faults.LoseReply: 1, faults.Cut: 1}, Runs: 20})
	if len(out.Found) > 0 || out.Weak > 0 || out.Faulty == 0 {
		t.Errorf("found %v, %d weak %v, %d with faults", out.Found, out.Weak, out.WhyWeak, out.Faulty)
	}
}
