package live_test

import (
	"os/exec"
	"testing"

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
