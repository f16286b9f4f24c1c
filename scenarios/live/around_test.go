package live_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
)

// pushesAll is a worker that pushes the ids of twenty rows, and fails if more are there.
const pushesAll = `exec 3<>/dev/tcp/{redis_host}/{redis_port}; echo RPUSH {list} {1..20} >&3; read -u 3 ok; [[ $ok == :20* ]]`

func TestSetUpAndTearDownGoAroundTheWorkers(t *testing.T) {
	t.Parallel()
	trace := filepath.Join(t.TempDir(), "trace")
	shell := func(script string) []string { return []string{"bash", "-c", script} }
	w := openWorld(t, live.Options{
		SetUp: shell(`echo "$ONCEOVER_LIST {workers} ${ONCEOVER_WORKER-nobody} $MYSQL_PASSWORD"; echo up >> ` + trace + `;
			exec 3<>/dev/tcp/{redis_host}/{redis_port} 4<>/dev/tcp/$MYSQL_HOST/$MYSQL_PORT; [[ {run} != *:2 ]]`),
		Worker:   shell("echo work >> " + trace + "; " + pushesAll),
		TearDown: shell(`echo down >> ` + trace + `; sleep 600 & [[ {run} != *:3 ]] || { echo cannot >&2; exit 4; }`),
	}, faults.Nothing)
	for i, want := range []struct {
		verdict    reports.Verdict
		why, trace string
	}{
		{reports.Safe, "20 rows arrived exactly once", "up work down"},
		{reports.Inconclusive, `live: the set-up of the run failed: exit status 1: "`, "up down"},
		{reports.Inconclusive, `; and its tear-down failed: exit status 4: "cannot"`, "up work down"},
	} {
		if err := os.WriteFile(trace, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		e := execution(t, scenarios.External, "calm", "")
		e.Workload.Workers, e.Workload.Rows = 1, 20
		run := carryOut(t, w, e)
		if run.Verdict != want.verdict || !strings.Contains(run.Why, want.why) {
			t.Errorf("run %d: %s: %s\nwant %s: %s", i+1, run.Verdict, run.Why, want.verdict, want.why)
		}
		text, err := os.ReadFile(trace)
		if got := strings.Join(strings.Fields(string(text)), " "); err != nil || got != want.trace {
			t.Errorf("run %d: %s, want %s; %v", i+1, got, want.trace, err)
		}
		said, err := os.ReadFile(filepath.Join(e.Folder, "setup.log"))
		if got := string(said); err != nil || !strings.HasPrefix(got, "onceover_") || !strings.HasSuffix(got, " 1 nobody ***\n") {
			t.Errorf("%q, %v", got, err)
		}
	}
}
