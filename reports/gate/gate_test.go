package gate

import (
	"testing"

	"pgregory.net/rapid"

	"onceover/reports"
)

func TestTheGate(t *testing.T) {
	good, bad := found("safe", safe), found("safe", dup)
	missed, unproven, told := found("unsafe", safe), found("safe", unclear), found("any", lost)
	nothing, better := found("any", unclear), searched("any(lost)", true, safe)
	of := func(cells ...reports.Cell) []reports.Cell { return cells }
	for name, c := range map[string]struct {
		cells    []reports.Cell
		complete bool
		status   reports.GateStatus
		code     int
		reasons  []reports.State
	}{
		"as expected":               {of(good, told), true, reports.Pass, 0, nil},
		"a violation":               {of(good, bad), true, reports.Fail, 1, []reports.State{reports.Worse}},
		"a control that was missed": {of(missed, good), true, reports.Fail, 1, []reports.State{reports.ControlMissed}},
		"a doubt":                   {of(good, unproven), true, reports.Unknown, 3, []reports.State{reports.NotProven}},
		"better":                    {of(good, better), true, reports.Pass, 0, []reports.State{reports.Better}},
		"a violation outranks a doubt": {of(better, unproven, missed, bad), true, reports.Fail, 1,
			[]reports.State{reports.Worse, reports.ControlMissed, reports.NotProven, reports.Better}},
		"not all was done":                    {of(good), false, reports.Unknown, 3, nil},
		"a violation, though not all is done": {of(bad), false, reports.Fail, 1, []reports.State{reports.Worse}},
		"nothing was done":                    {nil, true, reports.Unknown, 3, nil},
		"nothing was proved":                  {of(nothing, nothing), true, reports.Unknown, 3, []reports.State{reports.NotProven, reports.NotProven}},
		"nothing was proved of one":           {of(nothing, told), true, reports.Pass, 0, nil},
	} {
		r := reports.Results{Cells: c.cells, Run: reports.Invocation{Status: reports.Interrupted}, Gate: reports.Gate{Expected: "a file"}}
		if c.complete {
			r.Run.Status = reports.Complete
		}
		Apply(&r)
		if r.Gate.Status != c.status || r.Gate.ExitCode != c.code || len(r.Gate.Reasons) != len(c.reasons) || r.Gate.Expected != "a file" {
			t.Errorf("%s: %+v, want %s, exit code %d, %d reasons", name, r.Gate, c.status, c.code, len(c.reasons))
			continue
		}
		for i, reason := range r.Gate.Reasons {
			if reason.State != c.reasons[i] || reason.Cell != "a/b" || reason.World == "" {
				t.Errorf("%s: reason %d is %+v, want %s", name, i+1, reason, c.reasons[i])
			}
		}
	}
}

func TestWhatIsNamedHasToBeThere(t *testing.T) {
	here := Named{reports.WorldLive, "a/b", "safe", "x.yaml"}
	elsewhere := Named{reports.WorldSim, "a/b", "safe(complete)", "x.yaml"}
	r := reports.Results{Cells: []reports.Cell{found("safe", safe)}, Run: reports.Invocation{Status: reports.Complete}}
	if Apply(&r, here); r.Gate.ExitCode != reports.ExitPass {
		t.Errorf("%+v", r.Gate)
	}
	Apply(&r, here, elsewhere, elsewhere)
	for range 2 { // a later gate of the same results still knows
		if g := r.Gate; g.ExitCode != reports.ExitFail || len(g.Reasons) != 1 || g.Reasons[0].State != reports.Gone || g.Reasons[0].World != reports.WorldSim ||
			g.Reasons[0].Text != "expected safe(complete) by x.yaml, and it was not run; run it, or take it out there" {
			t.Errorf("%+v", g)
		}
		Apply(&r)
	}
	r.Cells = append(r.Cells, searched("safe", true, safe))
	if Apply(&r); r.Gate.ExitCode != reports.ExitPass {
		t.Errorf("it was found, and yet %+v", r.Gate)
	}
	r.Cells = nil
	if Apply(&r, here); r.Gate.ExitCode != reports.ExitFail {
		t.Errorf("nothing at all: %+v", r.Gate)
	}
}

// badness orders exit codes: what is proved to be wrong is worse than what is not known.
var badness = map[int]int{reports.ExitPass: 0, reports.ExitUnknown: 1, reports.ExitFail: 2}

var expectations = []string{
	"safe", "safe(max_rate: 5%)", "safe(complete)", "any", "any(duplicated)", "any(lost)", "any(stuck, duplicated)",
	"unsafe", "unsafe(lost)", "unsafe(lost, duplicated)",
}

func anyCell(t *rapid.T, expected []string) reports.Cell {
	verdicts := rapid.SliceOfN(rapid.SampledFrom(reports.Verdicts()), 1, 5).Draw(t, "verdicts")
	verdicts = append(verdicts, fine(rapid.SampledFrom([]int{0, 29, 59}).Draw(t, "more"))...)
	e := rapid.SampledFrom(expected).Draw(t, "expected")
	if rapid.Bool().Draw(t, "sim") {
		return searched(e, rapid.Bool().Draw(t, "complete"), verdicts...)
	}
	return found(e, verdicts...)
}

// worsened is a cell of which one run came to something worse.
func worsened(t *rapid.T, c reports.Cell) reports.Cell {
	verdicts := make([]reports.Verdict, len(c.Runs))
	for i, r := range c.Runs {
		verdicts[i] = r.Verdict
	}
	i := rapid.IntRange(0, len(verdicts)-1).Draw(t, "run")
	verdicts[i] = rapid.SampledFrom(reports.Verdicts()[verdicts[i].Rank():]).Draw(t, "worse")
	if c.Search != nil {
		return searched(c.Expected, c.Search.Complete, verdicts...)
	}
	return found(c.Expected, verdicts...)
}

// Of what is not a control, a worse verdict never makes a better answer. The one
// exception is a first proof where nothing was proved: that says something.
func TestAWorseVerdictNeverImprovesTheAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reports.Cell { return anyCell(t, expectations[:7]) }), 1, 4).Draw(t, "cells")
		cells = append(cells, found("any", safe)) // something is proved
		_, before := Sum(cells, nil, true)
		i := rapid.IntRange(0, len(cells)-2).Draw(t, "cell")
		was := Judge(cells[i])
		cells[i] = worsened(t, cells[i])
		_, after := Sum(cells, nil, true)
		if badness[after.ExitCode] < badness[before.ExitCode] {
			t.Fatalf("exit code %d became %d", before.ExitCode, after.ExitCode)
		}
		if is := Judge(cells[i]); was.Holds() || !is.Holds() {
			return
		}
		t.Fatalf("%s was %s", cells[i].Expected, was)
	})
}

// Of a control it is the other way round: to find more never loses it.
func TestAControlIsNotLostByFindingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCell(t, expectations[7:])
		more := append(c.Runs[:len(c.Runs):len(c.Runs)], reports.Run{Seed: 99, Verdict: rapid.SampledFrom(reports.Verdicts()).Draw(t, "another")})
		before := Judge(c)
		c.Runs, c.Tally = more, reports.Count(more)
		if after := Judge(c); before == reports.AsExpected && after != before {
			t.Fatalf("%s was as expected, and is %s", c.Expected, after)
		}
	})
}

// Neither the order of cells nor more good ones change a bad answer.
func TestTheWorstWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cells := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reports.Cell { return anyCell(t, expectations) }), 1, 4).Draw(t, "cells")
		_, alone := Sum(cells, nil, true)
		more := append([]reports.Cell{found("safe", safe)}, rapid.Permutation(cells).Draw(t, "order")...)
		states, all := Sum(more, nil, true)
		if alone.ExitCode == reports.ExitFail && all.ExitCode != reports.ExitFail {
			t.Fatalf("a good cell hides the bad ones: %v", states)
		}
		for _, s := range states {
			if !s.Holds() && all.ExitCode == reports.ExitPass {
				t.Fatalf("passed with %s", s)
			}
		}
		if _, interrupted := Sum(more, nil, false); interrupted.ExitCode == reports.ExitPass {
			t.Fatal("interrupted, and passed")
		}
	})
}
