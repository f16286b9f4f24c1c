package live_test

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
	"onceover/scenarios/live/livetest"
)

// python returns an interpreter that has the libraries of the example.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import redis, pymysql").Run() == nil {
			return name
		}
	}
	livetest.LeaveOut(t, "no python3 with redis and pymysql (Debian: python3-redis python3-pymysql)")
	return ""
}

func TestTheDefectOfAWorkerInPythonIsFound(t *testing.T) {
	livetest.Engine(t)
	w := openWorld(t, live.Options{Worker: []string{python(t), "../worker/examples/loader.py"}}, scenarios.Nothing)
	e := execution(t, scenarios.Foreign, "calm", "pause worker=* progress=20% for=3s")
	e.Workload.Workers, e.Workload.Rows, e.Workload.ChunkSize = 8, 3000, 10
	run := carryOut(t, w, e)
	wantVerdict(t, run, reports.Duplicated)
}

func TestAProgramThatCannotRunEndsTheCampaign(t *testing.T) {
	w := openWorld(t, live.Options{Worker: []string{"sh", "-c", "echo no such module >&2; exit 1"}}, scenarios.Nothing)
	_, err := w.Run(t.Context(), execution(t, scenarios.Foreign, "calm", ""))
	if !errors.Is(err, live.ErrWorker) || !strings.Contains(err.Error(), `exit status 1: "no such module"`) {
		t.Errorf("error %v", err)
	}
}

// A program that reaches the servers and fails has not done its job; the sentence
// says with which words it failed, but no password.
func TestTheSentenceSaysHowWorkersFailed(t *testing.T) {
	script := `exec 3<>/dev/tcp/$MYSQL_HOST/$MYSQL_PORT; echo "login $MYSQL_PASSWORD: refused" >&2; exit 4`
	w := openWorld(t, live.Options{Worker: []string{"bash", "-c", script}}, scenarios.Nothing)
	e := execution(t, scenarios.Foreign, "calm", "")
	e.Workload.Deadline = 300 * time.Millisecond
	run := carryOut(t, w, e)
	wantVerdict(t, run, reports.Stuck)
	if want := `exit status 4: "login ***: refused"`; !strings.Contains(run.Why, want) {
		t.Errorf("%s\nlacks %s", run.Why, want)
	}
}
