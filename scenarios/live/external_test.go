package live_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/live"
	"onceover/scenarios/servers/serverstest"
)

func TestTheDefectOfAWorkerInPythonIsFound(t *testing.T) {
	t.Parallel()
	serverstest.Engine(t)
	w := openWorld(t, live.Options{Worker: []string{serverstest.Python(t), "../worker/examples/loader.py"}}, faults.Nothing)
	e := execution(t, scenarios.External, "calm", "pause worker=* progress=20% for=3s")
	e.Workload.Workers, e.Workload.Rows, e.Workload.ChunkSize = 8, 3000, 10
	run := carryOut(t, w, e)
	wantVerdict(t, run, reports.Duplicated)
}

func TestAProgramThatCannotRunEndsTheCampaign(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{Worker: []string{"sh", "-c", "echo no such module >&2; exit 1"}}, faults.Nothing)
	_, err := w.Run(t.Context(), execution(t, scenarios.External, "calm", ""))
	if !errors.Is(err, live.ErrWorker) || !strings.Contains(err.Error(), `exit status 1: "no such module"`) {
		t.Errorf("error %v", err)
	}
}

// Nor does it matter how long it takes to fail.
func TestAProgramThatCannotRunIsNotStuck(t *testing.T) {
	t.Parallel()
	w := openWorld(t, live.Options{Worker: []string{"sh", "-c", "sleep 2; exit 1"}}, faults.Nothing)
	e := execution(t, scenarios.External, "calm", "")
	e.Workload.Deadline = 5 * time.Second
	if run, err := w.Run(t.Context(), e); !errors.Is(err, live.ErrWorker) {
		t.Errorf("error %v, %s: %s", err, run.Verdict, run.Why)
	}
}

// What stands in the list's place is no row, and nothing else arrived. The program is told by
// placeholders.
func TestAKeyOfAnotherTypeIsNoList(t *testing.T) {
	t.Parallel()
	script := `exec 3<>/dev/tcp/{redis_host}/{redis_port}; printf 'SET %s x\r\n' '{list}' >&3; read -u 3 ok; [[ $ok == +OK* ]]`
	w := openWorld(t, live.Options{Worker: []string{"bash", "-c", script}}, faults.Nothing)
	run := carryOut(t, w, execution(t, scenarios.External, "calm", ""))
	if run.Verdict != reports.Lost || !slices.Contains(run.Found(), reports.Duplicated) || !strings.Contains(run.Why, "a string in place of the list") {
		t.Errorf("%v: %s", run.Found(), run.Why)
	}
}

// What one run leaves under a fixed name is named, and gone before the next.
func TestRunsDoNotLeakIntoEachOther(t *testing.T) {
	t.Parallel()
	script := `exec 3<>/dev/tcp/${REDIS_URL:8:9}/${REDIS_URL:18:5}; printf 'SETNX fixed:lock x\r\n' >&3; read -u 3 ok; [[ $ok == :1* ]]`
	w := openWorld(t, live.Options{Worker: []string{"bash", "-c", script}}, faults.Nothing)
	for range 2 {
		e := execution(t, scenarios.External, "calm", "")
		e.Workload.Workers = 1
		if run := carryOut(t, w, e); run.Verdict != reports.Lost { // by a worker that ended well at once
			t.Errorf("%s: %s", run.Verdict, run.Why)
		}
		if !slices.ContainsFunc(history(t, e), func(event reports.Event) bool { return strings.Contains(event.Text, `"fixed:lock"`) }) {
			t.Error("the key is not named")
		}
	}
}

// A program that reaches the servers and fails has not done its job; the sentence
// says with which words it failed, but no password.
func TestTheSentenceSaysHowWorkersFailed(t *testing.T) {
	t.Parallel()
	script := `exec 3<>/dev/tcp/$MYSQL_HOST/$MYSQL_PORT; echo "$(printf 'x%.0s' {1..280})login $MYSQL_PASSWORD: refused" >&2; exit 4`
	w := openWorld(t, live.Options{Worker: []string{"bash", "-c", script}}, faults.Nothing)
	e := execution(t, scenarios.External, "calm", "")
	e.Workload.Deadline = 3 * time.Second
	run := carryOut(t, w, e)
	wantVerdict(t, run, reports.Stuck)
	// The line is so long that it has to be cut: the password must be gone by then.
	if want := `xxxlogin ***: refused"`; !strings.Contains(run.Why, want) {
		t.Errorf("%s\nlacks %s", run.Why, want)
	}
}

// What has to arrive is the table as it was made, whatever became of it, and the
// next run finds it so again.
func TestWorkersMayNotChangeWhatIsToBeMoved(t *testing.T) {
	t.Parallel()
	loader := serverstest.Python(t) + " ../worker/examples/loader.py"
	sql := serverstest.Python(t) + ` -c 'import os, pymysql
db = pymysql.connect(host=os.environ["MYSQL_HOST"], port=int(os.environ["MYSQL_PORT"]), user=os.environ["MYSQL_USER"],
    password=os.environ["MYSQL_PASSWORD"], database=os.environ["MYSQL_DATABASE"], autocommit=True)
db.cursor().execute(os.environ["CHANGE"] % os.environ["ONCEOVER_TABLE"])'`
	changes := "case $ONCEOVER_RUN in *:1) export CHANGE=\"UPDATE %s SET payload = 'x' WHERE id = 7\";; " +
		"*:2) export CHANGE='DELETE FROM %s WHERE id > 500';; *) export CHANGE='DROP TABLE %s';; esac; "
	w := openWorld(t, live.Options{Worker: []string{"sh", "-c", changes + "case $ONCEOVER_RUN in *:4);; *) " + sql + ";; esac; exec " + loader}}, faults.Nothing)
	for i, want := range []struct {
		verdict reports.Verdict
		why     string
	}{
		{reports.Lost, "1 element differs from its row in content: row 7"},
		{reports.Lost, "500 rows of 10 chunks never arrived"},
		{reports.Stuck, "1000 of 1000 rows are still missing"},
		{reports.Safe, "1000 rows arrived exactly once"},
	} {
		e := execution(t, scenarios.External, "calm", "")
		e.Workload.Workers, e.Workload.Deadline = 1, 20*time.Second // two interpreters start first
		if want.verdict == reports.Stuck {
			e.Workload.Deadline = 2 * time.Second
		}
		run := carryOut(t, w, e)
		if run.Verdict != want.verdict || !strings.Contains(run.Why, want.why) {
			t.Errorf("run %d: %s: %s\nwant %s: %s", i+1, run.Verdict, run.Why, want.verdict, want.why)
		}
	}
}

// A program that goes on after its end may still write: there is nothing to be judged.
func TestADaemonThatAWorkerLeavesBehindIsNamed(t *testing.T) {
	t.Parallel()
	script := `setsid -f env -u ONCEOVER_PROCESS bash -c 'exec 3<>/dev/tcp/${REDIS_URL:8:9}/${REDIS_URL:18:5}; sleep 20'; sleep 1`
	w := openWorld(t, live.Options{Worker: []string{"bash", "-c", script}}, faults.Nothing)
	run, err := w.Run(t.Context(), execution(t, scenarios.External, "calm", ""))
	if !errors.Is(err, live.ErrLeftBehind) {
		t.Errorf("error %v, %s: %s", err, run.Verdict, run.Why)
	}
}

// endsOnACut pushes the ids of a job, and ends at once, as if nothing were left, where a reply does not come.
const endsOnACut = `
import os, socket
host, port = os.environ["REDIS_URL"].split("//")[1].split("/")[0].rsplit(":", 1)
s = socket.create_connection((host, int(port)))
for i in range(1, 1 + int(os.environ["ONCEOVER_CHUNKS"])):
    try:
        s.sendall(f"LPUSH {os.environ['ONCEOVER_LIST']} {i}\r\n".encode())
        if not s.recv(100): os._exit(0)
    except OSError:
        os._exit(0)
`

// A worker that is killed between the execution of a request and its reply hears nothing before it dies.
// Otherwise the quickest would end of their own, and be taken for workers that nobody could kill.
func TestAWorkerCannotForestallItsDeathAtAReply(t *testing.T) {
	t.Parallel()
	serverstest.Engine(t)
	w := openWorld(t, live.Options{Worker: []string{"python3", "-c", endsOnACut}}, faults.Nothing)
	const kills = 4
	plan := strings.TrimSuffix(strings.Repeat("kill worker=* reply=write restart=10ms; ", kills), "; ")
	e := execution(t, scenarios.External, "calm", plan)
	e.Workload.Workers = 1
	run := carryOut(t, w, e)
	for _, f := range run.Faults {
		if !f.Confirmed {
			t.Errorf("%+v", f)
		}
	}
}

// A program that was not written for Onceover says where its elements hold the id.
func TestElementsOfAnotherFormAreFound(t *testing.T) {
	t.Parallel()
	script := `exec 3<>/dev/tcp/{redis_host}/{redis_port}; echo "RPUSH {list} $(echo row-{1..19}) raw-20" >&3; read -u 3 ok; [[ $ok == :20* ]]`
	where, err := check.ParseElement(`regexp:^row-(\d+)$`)
	if err != nil {
		t.Fatal(err)
	}
	w := openWorld(t, live.Options{Worker: []string{"bash", "-c", script}, Element: where}, faults.Nothing)
	e := execution(t, scenarios.External, "calm", "")
	e.Workload.Workers, e.Workload.Rows = 1, 20
	run := carryOut(t, w, e)
	if run.Rows.List != 20 || run.Rows.Lost != 1 || run.Rows.Unexpected != 1 || !strings.Contains(run.Why, `"raw-20"`) {
		t.Errorf("%+v, %s", run.Rows, run.Why)
	}
}
