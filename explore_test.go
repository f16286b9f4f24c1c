package main

import (
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/store"
	"onceover/scenarios/defects"
	"onceover/scenarios/simulated"
	"onceover/sim"
	"onceover/sim/search"
)

// explored parses the arguments of explore.
func explored(t *testing.T, args ...string) *exploration {
	t.Helper()
	var c cli
	parser, err := newParser(t.Context, &c, streams{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"explore"}, args...)); err != nil {
		t.Fatal(err)
	}
	x, err := c.Explore.prepare(&c, streams{})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestReplayOfAnExploration(t *testing.T) {
	if got, want := explored(t, "--seed=7").command(), "onceover explore --seed 7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	x := explored(t, "--seed=9", "-s", "none,set-nx", "-f", "calm", "-w", "3", "--chunks=4",
		"--faults=mysql-cut x6, lose-reply x3, kill x2, kill-client x7, pause x4, redis-kill x5, mysql-kill x8", "--all", "--exhaustive", "--budget=5s", "--shard=2/3")
	again := explored(t, words(t, x.command())[1:]...)
	again.c.Out = x.c.Out
	if x.budget[faults.MySQLKill] != 8 || x.budget.Total() != 35 {
		t.Errorf("the budget is %s", x.budget)
	}
	if s := again.what.Search.Shard; s.String() != "2/3" {
		t.Errorf("it is of shard %q", s)
	}
	if difference := cmp.Diff(x.c, again.c, cmp.AllowUnexported(exploreCmd{}, lockstepFlags{})); difference != "" {
		t.Errorf("%s\n%s", x.command(), difference)
	}
}

func TestBudgetsOfSeveralFlagsAreOne(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, simulated.Allowed(simulated.Usual()).String()},
		{[]string{"--chunks=2"}, "lose-reply x1, crash x1, pause x1"},
		{[]string{"--faults=no faults"}, "no faults"},
		{[]string{"--faults=kill", "--faults=pause x2,cut"}, "cut x1, kill x1, pause x2"},
	} {
		if got := explored(t, c.args...).what.Scenarios[0].Budget.String(); got != c.want {
			t.Errorf("%q is %q, want %q", c.args, got, c.want)
		}
	}
}

func TestAnInterruptedExplorationKeepsWhatItFound(t *testing.T) {
	cmd := command(t, nil, "explore", "-s", "none,lease-lua", "-f", "calm", "-f", "lost-reply", "--workers", "4", "--budget", "10m", "--seed", "1")
	w := watch(t, cmd)
	w.saying(t, "[2/4] DUP ")
	e := w.interrupt(t)
	e.want(t, 130)
	wantMatch(t, e.stderr, `\nstopping; once more to quit at once\n`)
	wantMatch(t, e.stdout, `\nINTERRUPTED 2 of 4 runs done\n`)
	r, err := store.Load(filepath.Join(cmd.Dir, "explore-out", "latest", "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Run.Status != reports.Interrupted || r.Gate.ExitCode != 130 || len(r.Cells) != 2 || r.Cells[0].State != reports.AsExpected {
		t.Errorf("%s, %d cells, gate %+v", r.Run.Status, len(r.Cells), r.Gate)
	}
}

// Nothing can be written after a kill, so what says "interrupted" is there before.
func TestAKilledExplorationDoesNotLeaveAnOlderPass(t *testing.T) {
	green := command(t, nil, "explore", "-s", "none", "-f", "calm", "--chunks", "1", "--seed", "1")
	complete(t, green).want(t, 0)
	cmd := command(t, nil, "explore", "-s", "none,lease-lua", "-f", "lost-reply", "--workers", "4", "--budget", "10m", "--seed", "1")
	cmd.Dir = green.Dir
	w := watch(t, cmd)
	w.saying(t, "[1/2] DUP ")
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	w.wait(t)
	r, err := store.Load(filepath.Join(cmd.Dir, "explore-out", "latest", "results.json"))
	if err != nil || r.Run.Status != reports.Interrupted || r.Run.Planned != 2 || r.Gate.ExitCode != 130 {
		t.Errorf("%v, %+v", err, r)
	}
	complete(t, reporting(t, cmd.Dir)).want(t, 3)
}

// reporting is onceover report of an exploration of the same folder.
func reporting(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := command(t, nil, "report", "explore-out")
	cmd.Dir = dir
	return cmd
}

func TestAnInterruptedSearchKeepsItsCounterexample(t *testing.T) {
	cmd := command(t, nil, "explore", "-s", "set-nx", "--budget", "10m", "--seed", "3")
	w := watch(t, cmd)
	w.saying(t, " found in schedule ") // and the search goes on for another kind
	e := w.interrupt(t)
	e.want(t, 130)
	wantMatch(t, e.stdout, `\nreplay: onceover replay explore-out/`)
	wantMatch(t, e.stdout, `\nINTERRUPTED 1 of 1 runs done\n`)
	r, err := store.Load(filepath.Join(cmd.Dir, "explore-out", "latest", "results.json"))
	if err != nil || len(r.Cells) != 1 || !r.Cells[0].Verdict.Bad() || r.Cells[0].Search.Left != "it was interrupted" || r.Run.Status != reports.Interrupted {
		t.Errorf("%v, %+v", err, r)
	}
	complete(t, reporting(t, cmd.Dir)).want(t, 3)
}

func TestEachViolationIsSaidOnceWhenItIsFound(t *testing.T) {
	var said []string
	tell := foundSoFar(func(text string) { said = append(said, text) })
	one := search.Counterexample{Run: sim.Run{Finding: sim.Finding{Verdict: reports.Duplicated}}, Stage: "random", Schedule: 6}
	other := search.Counterexample{Run: sim.Run{Finding: sim.Finding{Verdict: reports.Lost}}, Stage: "POS", Schedule: 1}
	for _, found := range [][]search.Counterexample{nil, {one}, {one}, {one, other}} {
		tell(search.Result{Found: found})
	}
	if want := []string{
		"DUP found in schedule 6 of the stage random; drawn when the search ends",
		"LOST found in schedule 1 of the stage POS; drawn when the search ends",
	}; !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
}

func TestAMisjudgedTrialSaysWhatToDo(t *testing.T) {
	e := complete(t, command(t, nil, "explore", "--trials", "--budget", "1ms", "--seed", "7"))
	e.want(t, 1)
	wantMatch(t, e.stdout, `\nlease-and-plain-push is misjudged: nothing was found in \d+ schedules? within 1ms; `+
		`give it more time: onceover explore --seed 7 --strategy lease-and-plain-push --budget 4ms\n`)
}

func TestWhyATrialIsMisjudged(t *testing.T) {
	c := exploreCmd{Budget: time.Second, Seed: new(uint64(7))}
	right, wrong := defects.Trial{Name: "a"}, defects.Trial{Name: "b", Wants: []reports.Verdict{reports.Lost}}
	for name, m := range map[string]misjudged{
		"a is misjudged: nothing was to be found, and a DUP was; look at it: onceover explore --seed 7 --strategy a --budget 1s": {right, reports.Duplicated, search.Result{}},
		"b is misjudged: a LOST was to be found, and not a DUP; look at it: onceover explore --seed 7 --strategy b --budget 1s":  {wrong, reports.Duplicated, search.Result{}},
		"b is misjudged: nothing was found in 0 schedules within 1s; give it more time: onceover explore --seed 7 --strategy b --budget 4s": {
			wrong, reports.Safe, search.Result{}},
		"b is misjudged: nothing was found in 0 schedules, though all within the bounds were tried; repeat it: onceover explore --seed 7 --strategy b --budget 1s": {
			wrong, reports.Safe, search.Result{Complete: true}},
	} {
		if got := c.whatToDo(m); got != name {
			t.Errorf("got  %s\nwant %s", got, name)
		}
	}
}
