package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/store"
	"onceover/scenarios/servers/serverstest"
)

// chaosEnv gives chaos the servers of the tests in place of containers.
func (d dbs) chaosEnv() []string {
	return []string{"ONCEOVER_REDIS_URL=" + d.redisURL, "ONCEOVER_MYSQL_DSN=" + d.mysql.FormatDSN()}
}

// chaosArgs is a campaign of one small run of each cell.
func chaosArgs(more string) []string {
	return append([]string{"chaos", "--seed", "7", "--runs", "1", "--rows", "400", "--chunk-size", "20", "--workers", "4", "--ttl", "300ms"},
		strings.Split(more, "|")...)
}

// onServers runs chaos on servers that it did not start, and wants them to be
// left as they were.
func (d dbs) onServers(t *testing.T, code int, more string) (ended, *reports.Results) {
	t.Helper()
	before := d.keys(t)
	cmd := command(t, d.chaosEnv(), chaosArgs(more)...)
	e := complete(t, cmd)
	e.want(t, code)
	if difference := cmp.Diff(before, d.keys(t)); difference != "" {
		t.Errorf("Redis was changed:\n%s", difference)
	}
	d.discreet(t, "standard output", e.stdout)
	d.discreet(t, "standard error", e.stderr)
	return e, d.results(t, cmd)
}

// results reads what a campaign left, no file of which may hold a password.
func (d dbs) results(t *testing.T, cmd *exec.Cmd) *reports.Results {
	t.Helper()
	files := 0
	err := filepath.Walk(filepath.Join(cmd.Dir, "chaos-out"), func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		files++
		d.discreet(t, path, string(text))
		return err
	})
	if err != nil || files < 6 {
		t.Fatalf("%d files: %v", files, err)
	}
	return resultsOf(t, cmd)
}

func resultsOf(t *testing.T, cmd *exec.Cmd) *reports.Results {
	t.Helper()
	path := filepath.Join(cmd.Dir, "chaos-out", "latest", "results.json")
	r, err := store.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	valid(t, path)
	return r
}

// only is the one run of the one cell of a campaign.
func only(t *testing.T, r *reports.Results) (reports.Cell, reports.Run) {
	t.Helper()
	if len(r.Cells) != 1 || len(r.Cells[0].Runs) != 1 {
		t.Fatalf("%d cells", len(r.Cells))
	}
	return r.Cells[0], r.Cells[0].Runs[0]
}

func TestChaosStartsWhatItNeedsAndRemovesIt(t *testing.T) {
	serverstest.Engine(t)
	cmd := command(t, nil, chaosArgs("-s|lease-lua|-f|kill-steps")...)
	e := complete(t, cmd)
	e.want(t, 0)
	wantMatch(t, e.stderr, `\Aseed 7, 1 cell x 1 run, 400 rows, 4 workers, out chaos-out/\d{8}T\d{6}Z-[a-z2-7]{10}\n(?:.*\n)*?starting Redis and MySQL \(usually 5 s\)\nRedis \d.*, MySQL \d.*, ready after [\d.]+s\n`)
	wantMatch(t, e.stderr, `\n\[1/1\] ok +lease-lua/kill-steps +0 of 1 bad .* as expected .*\n\z`)
	wantMatch(t, e.stdout, `\Astrategy +kill-steps\n-+\nlease-lua +ok 0/1 bad\n`)
	wantMatch(t, e.stdout, `\nGate: PASS\n`)
	wantMatch(t, e.stdout, `\nReport: chaos-out/\d{8}T\d{6}Z-[a-z2-7]{10}/report.html\nReplay: onceover chaos --seed 7 -s lease-lua -f kill-steps --runs 1 --rows 400 --chunk-size 20 --workers 4 --ttl 300ms\n\z`)
	if found := control.FindString(e.stdout + e.stderr); found != "" {
		t.Errorf("control character %q", found)
	}
	nothingLeft(t, cmd)

	r := resultsOf(t, cmd)
	_, run := only(t, r)
	if run.Verdict != reports.Safe || r.Run.Status != reports.Complete || r.Gate.ExitCode != 0 {
		t.Errorf("%s, %s, gate %+v", run.Verdict, r.Run.Status, r.Gate)
	}
	wantStory(t, filepath.Join(cmd.Dir, "chaos-out", "latest"), run)
}

// wantStory looks into the folder of a run.
func wantStory(t *testing.T, out string, run reports.Run) {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(out, run.Folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	plan, err := faults.Parse(read("plan.txt"))
	if err != nil || len(plan) == 0 || plan.String() != run.Plan {
		t.Errorf("plan of %d faults, %v; the results say\n%s", len(plan), err, run.Plan)
	}
	events, err := reports.ReadHistory(strings.NewReader(read("history.jsonl")))
	if err != nil || len(events) < 20 {
		t.Errorf("history of %d events, %v", len(events), err)
	}
	wantMatch(t, read("verdict.json"), `"verdict": "safe"`)
	wantMatch(t, read("workers.log"), `(?m)^worker \d: \d+ chunks, \d+ rows, `)
	page, err := os.ReadFile(filepath.Join(out, "report.html"))
	if err != nil || !bytes.Contains(page, []byte("lease-lua")) {
		t.Errorf("report.html: %v", err)
	}
}

// nothingLeft wants no container and no process of a campaign that has ended.
func nothingLeft(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	noContainerLeft(t, cmd)
	started := workers(t, cmd)
	if len(started) == 0 {
		t.Error("no worker was started")
	}
	for _, pid := range started {
		if line := cmdline(pid); strings.Contains(line, "onceover") {
			t.Errorf("process %d is left: %s", pid, line)
		}
	}
}

func noContainerLeft(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if left := containersOf(t, cmd); left != "" {
		t.Errorf("containers are left: %s", left)
	}
}

// containersOf lists the containers that a campaign has started.
func containersOf(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	all, err := exec.Command("docker", "ps", "-aq", "--filter", fmt.Sprintf("label=onceover.owner=%d", cmd.Process.Pid)).Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

var startedProcess = regexp.MustCompile(`"change":"started","text":"process (\d+)"`)

// workers are the processes that a campaign has started so far.
func workers(t *testing.T, cmd *exec.Cmd) (pids []int) {
	t.Helper()
	histories, err := filepath.Glob(filepath.Join(cmd.Dir, "chaos-out/2*/runs/*/*/*/history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range histories {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range startedProcess.FindAllSubmatch(text, -1) {
			pid, err := strconv.Atoi(string(match[1]))
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}

// cmdline is the command line of a process, or "" if there is none.
func cmdline(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.ReplaceAll(string(text), "\x00", " ")
}

func TestAControlThatIsCaughtPasses(t *testing.T) {
	e, r := databases(t).onServers(t, 0, "-s|none|-f|calm")
	cell, run := only(t, r)
	if run.Verdict != reports.Duplicated || cell.State != reports.AsExpected {
		t.Errorf("%s, %s: %s", run.Verdict, cell.State, run.Why)
	}
	wantMatch(t, e.stdout, `\nnone +DUP 1/1 bad\n`)
	wantMatch(t, e.stdout, `\nGate: PASS\n`)
}

func TestAFaultThatIsNeverReachedProvesNothing(t *testing.T) {
	e, r := databases(t).onServers(t, 3, "-s|lease-lua|--faults|kill chunk=3 at=read nth=99")
	cell, run := only(t, r)
	if run.Verdict != reports.Inconclusive || cell.ID != "lease-lua/own-plan" || r.Gate.ExitCode != 3 {
		t.Errorf("%s is %s, gate %+v", cell.ID, run.Verdict, r.Gate)
	}
	wantMatch(t, e.stdout, `\nGate: INCONCLUSIVE - 1 not proven\n`)
	wantMatch(t, e.stdout, `never reached`)
	wantMatch(t, e.stdout, `\nReplay: onceover chaos --seed 7 -s lease-lua --faults 'kill worker=\* chunk=3 at=read nth=99 restart=200ms' --runs 1 .*\n\z`)
}

// Of an unsafe strategy nothing is expected under a plan of the user's own, but
// what proved nothing has not passed either. A worker alone duplicates nothing.
func TestNothingProvedIsNoPass(t *testing.T) {
	_, r := databases(t).onServers(t, 3, "-s|set-nx|--workers|1|--faults|kill chunk=3 at=read nth=99")
	if cell, _ := only(t, r); cell.State != reports.NotProven {
		t.Errorf("%s: %s", cell.ID, cell.State)
	}
}

func TestABoundThatIsRequiredIsProven(t *testing.T) {
	e, r := databases(t).onServers(t, 0, "-s|none,lease-lua|-f|calm|--runs|6|--require|50%")
	for i, want := range []string{"unsafe(duplicated)", "safe(max_rate: 50%)"} {
		if c := r.Cells[i]; c.Expected != want || c.State != reports.AsExpected || c.Tally.N != 6 {
			t.Errorf("%s: expected %s, %s after %d runs", c.ID, c.Expected, c.State, c.Tally.N)
		}
	}
	wantMatch(t, e.stdout, `\nReplay: onceover chaos --seed 7 -s none,lease-lua -f calm --runs 6 --require 50% `)
}

func TestAWorkerThatCannotRunIsSaidAtOnce(t *testing.T) {
	e, r := databases(t).onServers(t, 2, "--worker-cmd|sh -c no-such-program|-f|calm")
	if len(r.Cells) != 0 || r.Gate.Status == reports.Pass {
		t.Errorf("%d cells, gate %s", len(r.Cells), r.Gate.Status)
	}
	wantMatch(t, e.stderr, `(?m)^error: .*: the workers fail before they reach a server: worker \d, exit status 127: ".*not found"$`)
}

func TestAWorkerThatAlwaysFailsIsStuck(t *testing.T) {
	const reachesAndFails = `bash -c 'exec 3<>/dev/tcp/$MYSQL_HOST/$MYSQL_PORT; exit 1'`
	_, r := databases(t).onServers(t, 1, "--worker-cmd|"+reachesAndFails+"|-f|calm|--deadline|3s")
	_, run := only(t, r)
	if run.Verdict != reports.Stuck || run.Rows.Unfinished != 400 {
		t.Errorf("%s: %s", run.Verdict, run.Why)
	}
}

func TestAWorkerThatDoesNothingLosesEverything(t *testing.T) {
	const reachesAndEnds = `bash -c 'exec 3<>/dev/tcp/$MYSQL_HOST/$MYSQL_PORT'`
	e, r := databases(t).onServers(t, 1, "--worker-cmd|"+reachesAndEnds+"|-f|calm")
	_, run := only(t, r)
	if run.Verdict != reports.Lost || run.Rows.Lost != 400 {
		t.Errorf("%s: %s", run.Verdict, run.Why)
	}
	wantMatch(t, e.stderr, `\ntrying the program: one calm run of 200 rows\nWRONG, and can be judged: it ended with 0, and 200 of 200 rows are not in the list\nthe program can be judged, `)
	wantMatch(t, e.stdout, `\nReplay: onceover chaos --seed 7 -f calm --runs 1 .* --worker-cmd 'bash `)
}

// It would be said to lose rows that it was never asked for.
func TestAProgramThatReachesNoServerIsNotJudged(t *testing.T) {
	e, r := databases(t).onServers(t, 2, "--worker-cmd|true|-f|calm")
	if len(r.Cells) != 0 || r.Gate.Status == reports.Pass {
		t.Errorf("%d cells, gate %s", len(r.Cells), r.Gate.Status)
	}
	wantMatch(t, e.stderr, `(?m)^error: live: the program cannot be judged: it connected to neither server\ntry: take REDIS_URL and DATABASE_URL, .* \(onceover doctor --worker-cmd says all that it found\)$`)
}

// TestTheGateIsAFuse spoils a run of the safe strategy from outside, which has
// to turn everything red. It also looks at the processes while they run.
func TestTheGateIsAFuse(t *testing.T) {
	d := databases(t)
	cmd := command(t, d.chaosEnv(), chaosArgs("-s|lease-lua|-f|pause-long|--progress|none")...)
	w := watch(t, cmd)
	list := d.listOfARun(t, w)
	element, err := d.redis.LIndex(t.Context(), list, 0).Result()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.redis.RPush(t.Context(), list, element).Err(); err != nil {
		t.Fatal(err)
	}
	running := 0
	for _, pid := range append(workers(t, cmd), cmd.Process.Pid) {
		line := cmdline(pid)
		d.discreet(t, "a command line", line)
		if strings.Contains(line, "onceover worker") {
			running++
		}
	}
	if running == 0 {
		t.Error("no worker was seen running")
	}
	e := w.wait(t)
	e.want(t, 1)
	r := d.results(t, cmd)
	cell, run := only(t, r)
	if run.Verdict != reports.Duplicated || cell.State != reports.Worse || r.Gate.Status != reports.Fail || r.Gate.ExitCode != 1 {
		t.Errorf("%s, %s, gate %+v", run.Verdict, cell.State, r.Gate)
	}
	wantMatch(t, e.stdout, `\nGate: FAIL - 1 worse\n`)
	wantMatch(t, e.stdout, `\n  WORSE lease-lua/pause-long: expected safe, and 1 of 1 run is bad .*\n`)
}

// listOfARun waits until the list of a run holds something, and names it.
func (d dbs) listOfARun(t *testing.T, w *watched) (list string) {
	t.Helper()
	w.until(t, "a run begins", func() bool {
		names, _, err := d.redis.ScanType(t.Context(), 0, "onceover_*", 1000, "list").Result()
		if err != nil {
			t.Fatal(err)
		}
		if len(names) > 0 {
			list = names[0]
		}
		return list != ""
	})
	return list
}

// inSecondRun starts a campaign of two runs, of which the first is judged.
func inSecondRun(t *testing.T) (*watched, *exec.Cmd) {
	t.Helper()
	serverstest.Engine(t)
	cmd := command(t, nil, chaosArgs("-s|lease-lua|-f|calm|-f|pause-long|--ttl|20s")...)
	w := watch(t, cmd)
	w.saying(t, "[1/2] ok ")
	w.until(t, "the workers of the second run", func() bool { return len(workers(t, cmd)) >= 8 })
	return w, cmd
}

func TestAnInterruptedCampaignKeepsWhatItFound(t *testing.T) {
	w, cmd := inSecondRun(t)
	e := w.interrupt(t)
	e.want(t, 130)
	wantMatch(t, e.stderr, `\nstopping; once more to quit at once\n`)
	wantMatch(t, e.stdout, `\nINTERRUPTED 1 of 2 runs done\n`)
	wantMatch(t, e.stdout, `\nReplay: onceover chaos .*\n\z`)
	nothingLeft(t, cmd)
	r := resultsOf(t, cmd)
	cell, _ := only(t, r)
	if r.Run.Status != reports.Interrupted || r.Run.Done != 1 || r.Gate.ExitCode != 130 || cell.ID != "lease-lua/calm" {
		t.Errorf("%+v, gate %+v, %s", r.Run, r.Gate, cell.ID)
	}
}

func TestAnInterruptedStartLeavesNothing(t *testing.T) {
	serverstest.Engine(t)
	cmd := command(t, nil, chaosArgs("-f|calm")...)
	w := watch(t, cmd)
	w.saying(t, "starting Redis and MySQL")
	e := w.interrupt(t)
	e.want(t, 130)
	wantMatch(t, e.stderr, `\nstopping; once more to quit at once\ninterrupted\n\z`)
	if e.stdout != "" {
		t.Errorf("standard output: %s", e.stdout)
	}
	noContainerLeft(t, cmd)
}

func TestServersThatRefuseTheLogin(t *testing.T) {
	d := databases(t)
	for name, env := range map[string][]string{
		"Redis": {"ONCEOVER_REDIS_URL=" + strings.Replace(d.redisURL, redisPassword, "falsch", 1)},
		"MySQL": {"ONCEOVER_MYSQL_DSN=" + strings.Replace(d.mysql.FormatDSN(), d.mysql.Passwd, "falsch", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			e := complete(t, command(t, append(d.chaosEnv(), env...), chaosArgs("-f|calm")...))
			e.want(t, 69)
			wantLine(t, e.stderr, "error: ", `.*(WRONGPASS|Error 1045).*`)
			wantLine(t, e.stderr, "try: ", `are the servers running, and are the addresses and logins right\?`)
			if strings.Contains(e.stderr, "falsch") {
				t.Error(e.stderr)
			}
		})
	}
}
