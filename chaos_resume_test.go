package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onceover/reports"
	"onceover/reports/store"
	"onceover/scenarios/servers/serverstest"
)

// interrupted leaves the results of a campaign that was interrupted after its first run,
// and of which the second one ended without the results knowing it.
func interrupted(t *testing.T, change func(r *reports.Results)) (out string) {
	t.Helper()
	p := preparedChaos(t, "-s", "set-nx", "-f", "calm", "--runs", "3", "--seed", "7", "--shard", "1/1")
	out = t.TempDir()
	if err := p.open(out); err != nil {
		t.Fatal(err)
	}
	p.describe()
	run := reports.Run{Seed: 7, Verdict: reports.Safe, Rows: reports.RowCounts{Table: 4000, List: 4000}}
	cell := reports.Cell{ID: "set-nx/calm", World: reports.WorldLive, Strategy: "set-nx", Scenario: "calm", Expected: p.campaign.Expected("set-nx", "calm").String()}
	cell.Add(run)
	p.results.Cells, p.results.Run.Done, p.results.Run.DurationMS = []reports.Cell{cell}, 1, 5000
	change(&p.results)
	if err := p.writer().Keep(p.results, reports.ExitInterrupted); err != nil {
		t.Fatal(err)
	}
	if p.results.Run.Status == reports.Complete {
		if err := p.results.Write(p.folder.Path()); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.folder.Publish(); err != nil {
		t.Fatal(err)
	}
	judgedIn(t, out, 8, `{"seed": 8, "verdict": "lost"}`)
	return out
}

// judgedIn leaves the verdict of a run in its folder.
func judgedIn(t *testing.T, out string, seed int, verdict string) {
	t.Helper()
	folder := filepath.Join(out, "latest", "runs", "set-nx", "calm", map[int]string{8: "8", 9: "9"}[seed])
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "verdict.json"), []byte(verdict), 0o644); err != nil {
		t.Fatal(err)
	}
}

// resumption prepares what chaos does with these flags.
func resumption(t *testing.T, args ...string) (*chaos, error) {
	t.Helper()
	var c cli
	parser, err := newParser(t.Context, &c, streams{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"chaos"}, args...)); err != nil {
		t.Fatal(err)
	}
	return c.Chaos.resume(&c, streams{getenv: func(string) string { return "" }})
}

func TestACampaignGoesOnAsItWasBegun(t *testing.T) {
	out := interrupted(t, func(*reports.Results) {})
	p, err := resumption(t, "--resume", out)
	if err != nil {
		t.Fatal(err)
	}
	if p.campaign.Left() != 1 || p.campaign.Seed != 7 || p.campaign.Runs != 3 || p.command() != "onceover chaos --seed 7 --shard 1/1 -s set-nx -f calm" {
		t.Errorf("%d runs are left of %s", p.campaign.Left(), p.command())
	}
	// The verdict that only its own folder holds is not forgotten: it is a failure.
	if run, done := p.campaign.Finished("set-nx", "calm", 8); !done || run.Verdict != reports.Lost {
		t.Errorf("%v, %+v", done, run)
	}
	if _, done := p.campaign.Finished("set-nx", "calm", 9); done {
		t.Error("the third run was never begun")
	}
	p.began = time.Now()
	if took := p.took(); took < 5*time.Second || p.folder.Path() != resolved(t, filepath.Join(out, "latest")) {
		t.Errorf("%s in %s", took, p.folder.Path())
	}
	for _, servers := range [][2]string{{"8.0", "9.7"}, {"8.0", "9.7"}} {
		if err := p.meet(servers[0], servers[1]); err != nil {
			t.Error(err)
		}
	}
	if err := p.meet("7.4", "9.7"); err == nil || !strings.Contains(err.Error(), "begun with Redis 8.0 and MySQL 9.7, and here are Redis 7.4 and MySQL 9.7") {
		t.Error(err)
	}
}

func resolved(t *testing.T, link string) string {
	t.Helper()
	target, err := os.Readlink(link)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(filepath.Dir(link), target)
}

func TestWhatCannotGoOnIsRefused(t *testing.T) {
	for want, c := range map[string]struct {
		change func(r *reports.Results)
		args   string
	}{
		"the campaign came to its end":            {func(r *reports.Results) { r.Run.Status, r.Run.Planned = reports.Complete, 3 }, ""},
		"it was begun by v1 abc, and this is ":    {func(r *reports.Results) { r.Tool = reports.Tool{Name: "onceover", Version: "v1", Commit: "abc"} }, ""},
		`no more is known than version "(devel)"`: {func(r *reports.Results) { r.Tool = reports.Tool{Name: "onceover", Version: reports.NoVersion} }, ""},
		"it is no campaign on real servers":       {func(r *reports.Results) { r.Run.World, r.Cells, r.Run.Done = reports.WorldSim, []reports.Cell{}, 0 }, ""},
		"its recorded command is not the one of its settings, which say workers=3 where the command says workers=8: onceover chaos --seed 7": {
			func(r *reports.Results) { r.Config.Workers = 3 }, ""},
		"which say shape=gaps where the command says shape=dense, consumers=2 where the command says nothing of consumers: onceover": {
			func(r *reports.Results) { r.Config.Consumers, r.Config.KeyLayout = 2, "gaps" }, ""},
		"it was begun with other settings: onceover chaos --seed 7 --shard 1/1 -s set-nx -f calm --runs 3, and now that is onceover chaos --seed 7 --shard 1/1 -s set-nx -f calm": {
			func(r *reports.Results) { r.Run.Replay += " --runs 3" }, ""},
		"its results.json does not say with which settings it was begun: unknown flag --fast": {func(r *reports.Results) { r.Run.Replay += " --fast" }, ""},
		"its results.json does not say with which settings it was begun: \"\" is no command":  {func(r *reports.Results) { r.Run.Replay = "" }, ""},
		"it was expected unsafe, and now that is":                                             {func(r *reports.Results) { r.Cells[0].Expected = "unsafe" }, ""},
		"so --rows cannot be given":                                                           {func(r *reports.Results) {}, "--rows|5"},
		"so --seed cannot be given":                                                           {func(r *reports.Results) {}, "--seed|7"},
		"so --shard cannot be given":                                                          {func(r *reports.Results) {}, "--shard|1/1"},
	} {
		args := []string{"--resume", interrupted(t, c.change)}
		if c.args != "" {
			args = append(args, strings.Split(c.args, "|")...)
		}
		if _, err := resumption(t, args...); err == nil || !strings.Contains(err.Error(), want) || exitCode(err) != reports.ExitUsage {
			t.Errorf("%s: %v", want, err)
		} else if _, try := diagnose(err); strings.Contains(try, "--help") {
			t.Errorf("%s: try: %s", want, try)
		}
	}
	for verdict, want := range map[string]string{`{"seed": 9, "verd`: "unexpected end", `{"seed": 8}`: "it is the verdict of seed 8"} {
		out := interrupted(t, func(*reports.Results) {})
		judgedIn(t, out, 9, verdict)
		if _, err := resumption(t, "--resume", out); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := resumption(t, "--resume", t.TempDir()); err == nil || exitCode(err) != reports.ExitUsage {
		t.Error(err)
	}
}

// A campaign whose last runs were judged, and which only has to end, takes no time more.
func TestACampaignThatOnlyHasToEndKeepsItsTime(t *testing.T) {
	out := interrupted(t, func(*reports.Results) {})
	judgedIn(t, out, 9, `{"seed": 9, "verdict": "lost"}`)
	complete(t, command(t, nil, "chaos", "--resume", out))
	r, err := store.Load(out)
	if err != nil {
		t.Fatal(err)
	}
	if r.Run.DurationMS != 5000 || r.Run.Done != 3 || r.Run.Status != reports.Complete {
		t.Errorf("%+v", r.Run)
	}
}

// An estimate of what is left is that of the result that is named for it.
func TestAnEstimateOfTheRestIsByTheResultThatIsNamed(t *testing.T) {
	out := interrupted(t, func(r *reports.Results) { r.Cells[0].Runs[0].DurationMS = 6000 })
	if p, err := resumption(t, "--resume", out, "--estimate", "--estimate-by", out); err != nil || p.c.EstimateBy != out {
		t.Errorf("%+v, %v", p, err)
	}
}

// Killed in the middle of its second run, a campaign does that run anew, and the first
// one stays as it was. While it runs, nobody else goes on with it.
func TestAKilledCampaignGoesOn(t *testing.T) {
	serverstest.Engine(t)
	cmd := command(t, nil, chaosArgs("-s|lease-lua|-f|calm|-f|pause-long|--ttl|3s")...)
	w := watch(t, cmd)
	w.saying(t, "[1/2] ok ")
	w.until(t, "the workers of the second run", func() bool { return len(workers(t, cmd)) >= 8 })
	if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil { // so that it does not end by itself
		t.Fatal(err)
	}
	resume := func(code int) ended {
		again := command(t, nil, "chaos", "--resume", "chaos-out")
		again.Dir = cmd.Dir
		e := complete(t, again)
		e.want(t, code)
		return e
	}
	wantLine(t, resume(reports.ExitUsage).stderr, "error: ", `--resume .*: the campaign is still running`)
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	w.wait(t)
	before := resultsOf(t, cmd)
	first, _ := only(t, before)

	e := resume(0)
	wantMatch(t, e.stderr, `\Aseed 7, .*\ngoing on: 1 of 2 runs are done\n`)
	after := resultsOf(t, cmd)
	if after.Run.ID != before.Run.ID || !after.Run.Started.Equal(before.Run.Started) || after.Run.Replay != before.Run.Replay || after.Run.Done != 2 || after.Run.Status != reports.Complete {
		t.Errorf("%+v, and before %+v", after.Run, before.Run)
	}
	if difference := cmp.Diff(first, after.Cells[0]); difference != "" {
		t.Errorf("the finished cell has changed: %s", difference)
	}
	text, err := os.ReadFile(filepath.Join(cmd.Dir, "chaos-out", "latest", after.Cells[1].Runs[0].Folder, "verdict.json"))
	var run reports.Run
	if err != nil || json.Unmarshal(text, &run) != nil || run.Verdict != reports.Safe {
		t.Errorf("%s, %v", text, err)
	}
	nothingLeft(t, cmd)
	wantLine(t, resume(reports.ExitUsage).stderr, "error: ", `--resume chaos-out: the campaign came to its end, so nothing is left to do`)
}
