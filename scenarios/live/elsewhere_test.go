package live_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
)

// Commands that start the loader. LOADER is this test program, ENDS a folder of
// the test's own. Only the last two put it where the harness cannot follow: they
// are what docker run and ssh are.
const (
	execs      = `exec "$LOADER"`
	wraps      = `"$LOADER"; exit $?`
	session    = `setsid "$LOADER" & wait $!`
	waits      = `while [ ! -s "$END" ]; do sleep 0.02; done; exit $(cat "$END")`
	named      = `export END=$ENDS/$ONCEOVER_RUN.$$; `
	doubleFork = named + `(setsid sh -c '"$LOADER"; echo $? >"$END"' &); ` + waits
	elsewhere  = named + `setsid -f env -u ONCEOVER_PROCESS sh -c '"$LOADER"; echo $? >"$END"'; ` + waits
	lateThere  = named + `WAIT=true; if [ $ONCEOVER_WORKER = 1 ] && mkdir $ENDS/first; then WAIT="tail --pid=$$ -s 0.1 -f /dev/null"; fi; export WAIT; ` +
		`setsid -f env -u ONCEOVER_PROCESS sh -c '$WAIT; "$LOADER"; echo $? >"$END"'; ` + waits
)

// openShell gives a test a world whose workers are shells that start a right loader by a script.
func openShell(t *testing.T, script string) *live.World {
	t.Helper()
	return openWorld(t, live.Options{Worker: []string{
		"env", "LOADER=" + os.Args[0], "ENDS=" + t.TempDir(), "ONCEOVER_STRATEGY=lease-lua", "sh", "-c", script,
	}}, faults.Nothing)
}

// byScript carries out a run of such workers.
func byScript(t *testing.T, w *live.World, plan string, workers int) reports.Run {
	t.Helper()
	e := execution(t, scenarios.External, "calm", plan)
	e.Workload.Workers, e.Workload.Rows, e.Workload.ChunkSize = workers, 4000, 5
	return carryOut(t, w, e)
}

// However the loader was started, what strikes its worker strikes it too.
func TestFaultsReachTheLoaderBehindAWrapper(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{"exec": execs, "wrapper": wraps, "session": session, "double fork": doubleFork} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openShell(t, script)
			run := byScript(t, w, "kill worker=* progress=20% restart=never", 1)
			if f := run.Faults[0]; !f.Confirmed || run.Rows.List >= 4000 {
				t.Errorf("%d rows arrived, and %+v", run.Rows.List, f)
			}
			run = byScript(t, w, "kill worker=* progress=20% restart=50ms; pause worker=* progress=50% for=400ms", 2)
			wantVerdict(t, run, reports.Safe)
		})
	}
}

// A loader that lives on was not hit.
func TestFaultsThatHitOnlyTheWrapperHaveNoEffect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, plan, why string }{
		"kill":        {elsewhere, "kill worker=* request=write nth=160 restart=50ms", "stayed open|belonged to other processes"},
		"for good":    {elsewhere, "kill worker=1 progress=20% restart=never", "stayed open|belonged to other processes"},
		"ends soon":   {elsewhere, "kill worker=1 progress=40% restart=never", "stayed open|belonged to other processes"},
		"pause":       {elsewhere, "pause worker=* request=write nth=160 for=500ms", "while it stood still|belonged to other processes"},
		"opens later": {lateThere, "kill worker=1 progress=20% restart=5s", "was opened after"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := byScript(t, openShell(t, c.script), c.plan, 2)
			wantVerdict(t, run, reports.Inconclusive)
			f := run.Faults[0]
			if !f.Reached || f.Confirmed || !regexp.MustCompile(c.why).MatchString(f.Evidence) || !strings.Contains(f.Evidence, "the loader runs elsewhere; start it with exec") {
				t.Errorf("%+v", f)
			}
		})
	}
}

// Where there was no connection to lose, the end of all processes has to do.
func TestAKillBeforeTheFirstConnectionCounts(t *testing.T) {
	t.Parallel()
	script := `if [ $ONCEOVER_WORKER = 1 ] && [ ! -e $ENDS/slept ]; then touch $ENDS/slept; sleep 1000; fi
until [ -e $ENDS/slept ]; do sleep 0.02; done; exec "$LOADER"`
	run := byScript(t, openShell(t, script), "kill worker=1 progress=20% restart=50ms", 2)
	wantVerdict(t, run, reports.Safe)
	if f := run.Faults[0]; !f.Confirmed || !strings.Contains(f.Evidence, "no connection open") {
		t.Errorf("%+v", f)
	}
}
