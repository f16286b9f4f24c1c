package main

import (
	"io"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

func TestHowManyRunsGoOnAtATime(t *testing.T) {
	usual := min(runtime.GOMAXPROCS(0), mostJobs)
	redis := "redis://127.0.0.1:1"
	for name, c := range map[string]struct {
		given   *int
		change  func(*chaosCmd)
		want    int
		refused string
	}{
		"as the machine allows":       {nil, func(*chaosCmd) {}, usual, ""},
		"one":                         {new(1), func(*chaosCmd) {}, 1, ""},
		"more than usual":             {new(7), func(*chaosCmd) {}, 7, ""},
		"none":                        {new(0), func(*chaosCmd) {}, 0, "--jobs 0: at least one run has to go on"},
		"no more than there are":      {new(7), func(c *chaosCmd) { c.Strategy, c.Scenario, c.Runs = []string{"lua"}, []string{"pause-long"}, new(2) }, 2, ""},
		"only runs that go on alone":  {new(7), func(c *chaosCmd) { c.Scenario = []string{"calm"} }, 1, ""},
		"another program":             {nil, func(c *chaosCmd) { c.WorkerCmd = "sh" }, 1, ""},
		"another program, but asked":  {new(2), func(c *chaosCmd) { c.WorkerCmd = "sh" }, 2, ""},
		"the user's server":           {nil, func(c *chaosCmd) { c.RedisURL = redis }, 1, ""},
		"the user's server, and one":  {new(1), func(c *chaosCmd) { c.RedisURL = redis }, 1, ""},
		"the user's server, and more": {new(2), func(c *chaosCmd) { c.MySQLDSN = "u@tcp(127.0.0.1:1)/d" }, 0, "--jobs 2: runs that go on at a time need servers of their own"},
	} {
		cmd := chaosCmd{Jobs: c.given, Rows: 4000, ChunkSize: 50, Workers: 8, TTL: time.Second, Deadline: time.Minute, KeyLayout: "dense"}
		c.change(&cmd)
		p, err := cmd.prepare(&cli{}, streams{getenv: env(nil), stdout: io.Discard, stderr: io.Discard})
		switch {
		case c.refused != "":
			if err == nil || !strings.HasPrefix(err.Error(), c.refused) || exitCode(err) != reports.ExitUsage {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil || p.jobs != c.want:
			t.Errorf("%s: %d at a time, want %d; %v", name, p.jobs, c.want, err)
		case strings.Contains(p.replay(scenarios.Execution{Scenario: p.campaign.Scenarios[0], Strategy: "lua"}), "--jobs"):
			t.Errorf("%s: the replay of one run says how many go on at a time", name)
		}
	}
}

func TestTheHelpNamesWhatIsMeasured(t *testing.T) {
	field, _ := reflect.TypeFor[chaosCmd]().FieldByName("Jobs")
	measured := reports.Those(scenarios.All(), func(s scenarios.Scenario) bool { return s.Measured })
	names := strings.Join(reports.Each(measured, func(s scenarios.Scenario) string { return s.Name }), ", ")
	if help := field.Tag.Get("help"); names == "" || !strings.Contains(help, "("+names+")") {
		t.Errorf("measured are %s, and the help says %q", names, help)
	}
}

// A server that one run kills is nothing that happens to the other.
func TestRunsAtATimeHaveServersOfTheirOwn(t *testing.T) {
	serverstest.Engine(t)
	cmd := command(t, nil, chaosArgs("-s|lease-lua|-f|redis-none|-f|pause-short|--jobs|2")...)
	e := complete(t, cmd)
	e.want(t, 0)
	wantMatch(t, e.stderr, `\Aseed 7, 2 cells x 1 run, 2 at a time, 400 rows, `)
	wantMatch(t, e.stderr, `\nstarting Redis and MySQL for 2 runs at a time `)
	wantMatch(t, e.stdout, `\nReplay: onceover chaos .* --jobs 2 .*\n\z`)
	nothingLeft(t, cmd)
	r := resultsOf(t, cmd)
	if r.Config.Jobs != 2 || len(r.Cells) != 2 || r.Cells[0].Scenario != "redis-none" {
		t.Fatalf("%+v, %d cells", r.Config, len(r.Cells))
	}
	for _, cell := range r.Cells {
		run := cell.Runs[0]
		if run.Verdict != reports.Safe || len(run.Unplanned) > 0 || !run.Shared || run.RowsPerSec != 0 || run.Cost.Missing != reports.Beside {
			t.Errorf("%s: %+v", cell.ID, run)
		}
		if !run.Faults[0].Confirmed || strings.Contains(run.Replay, "--jobs") {
			t.Errorf("%s: %+v, %s", cell.ID, run.Faults, run.Replay)
		}
	}
}

// inTwoRuns starts a campaign of two runs that go on at a time.
func inTwoRuns(t *testing.T) *watched {
	t.Helper()
	serverstest.Engine(t)
	cmd := command(t, nil, chaosArgs("-s|lease-lua|-f|kill-skipped|-f|pause-long|--ttl|20s|--jobs|2")...)
	w := watch(t, cmd)
	w.saying(t, "ready after")
	w.until(t, "the workers of both runs", func() bool { return len(workers(t, cmd)) >= 8 })
	return w
}

func TestAnInterruptEndsAllRunsAndLeavesNothing(t *testing.T) {
	w := inTwoRuns(t)
	e := w.interrupt(t)
	e.want(t, 130)
	wantMatch(t, e.stdout, `\nINTERRUPTED 0 of 2 runs done\n`)
	nothingLeft(t, w.cmd)
}

func TestWhatAKillLeavesOfTwoRunsIsSwept(t *testing.T) {
	w := inTwoRuns(t)
	if err := w.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	w.wait(t)
	if _, err := servers.Dial(t.Context(), nil); err != nil {
		t.Error(err)
	}
	nothingLeft(t, w.cmd)
}
