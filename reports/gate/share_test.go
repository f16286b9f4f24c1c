package gate

import (
	"strings"
	"testing"

	"onceover/reports"
)

// firstShare is a cell of which the first of two shards searched its share, to its end or not.
func firstShare(expected string, complete bool) reports.Cell {
	c := found(expected, safe)
	c.Search = reports.OfShards("2 workers", []reports.SearchShard{{Shard: "1/2", Schedules: 9, Complete: complete, Left: "time is up"}})
	return c
}

// A part of the runs of a cell fails only by what no other run can mend, and passes only
// by what no other run has to show.
func TestAShardLeavesOpenWhatOthersDecide(t *testing.T) {
	for _, c := range []struct {
		cell      reports.Cell
		elsewhere int
		want      reports.State
		holds     bool   // the shard has nothing against it
		says      string // in the reason; "": there is none
	}{
		{found("safe", safe), 2, reports.AsExpected, true, ""},
		{found("safe", safe, lost), 9, reports.Worse, false, "expected safe, and 1 of 2 runs is bad"},
		{found("safe(max_rate: 5%)", fine(20)...), 39, reports.NotProven, true, "expected safe(max_rate: 5%), and 20 runs here showed nothing (first seed 7); undecided: 39 runs of it are in shards that are not here"},
		{found("safe(max_rate: 5%)", fine(20)...), 38, reports.NotProven, false, "that needs 59 runs"},
		{found("safe(max_rate: 5%)", fine(20, unclear)...), 39, reports.NotProven, false, "1 of 21 runs proved nothing"},
		{found("safe(complete)", fine(20)...), 39, reports.NotProven, false, "explore it instead"},
		{found("safe", unclear), 2, reports.NotProven, false, "1 of 1 run proved nothing"},
		{found("unsafe", safe), 1, reports.NotProven, true, "expected unsafe, and 1 run here showed nothing (first seed 7); undecided: 1 run of it is in shards that are not here"},
		{found("unsafe(lost, duplicated)", lost), 2, reports.NotProven, true, "1 run here showed nothing but lost"},
		{found("unsafe", safe), 0, reports.ControlMissed, false, "the harness did not see what it must see"},
		{found("unsafe", safe, dup), 1, reports.AsExpected, true, ""},
		{found("any(stuck)", lost), 1, reports.Worse, false, "known to be stuck at worst"},
		{firstShare("unsafe", true), 0, reports.NotProven, true, "undecided: shard 2/2 is elsewhere"},
		{firstShare("unsafe", false), 0, reports.ControlMissed, false, "the harness did not see what it must see"},
		{firstShare("safe(complete)", true), 0, reports.NotProven, true, "expected safe(complete), and 9 schedules here showed nothing (first seed 7); undecided: shard 2/2 is elsewhere (onceover report counts all together)"},
		{firstShare("safe(complete)", false), 0, reports.NotProven, false, "a complete search is demanded"},
		{found("nonsense", safe), 1, reports.NotProven, false, "it begins with none of"},
	} {
		state, says := judgeShare(c.cell, c.elsewhere)
		if state != c.want || state != JudgeShare(c.cell, c.elsewhere) || !strings.Contains(says, c.says) || (says == "") != (c.says == "") {
			t.Errorf("%s, %d elsewhere: %s, %q, want %s, %q", c.cell.Expected, c.elsewhere, state, says, c.want, c.says)
		}
		n := c.cell.Tally.N
		r := &reports.Results{
			Run:    reports.Invocation{World: reports.WorldLive, Status: reports.Complete, Planned: n, Done: n, Shard: "1/2", Whole: n + c.elsewhere},
			Config: reports.Config{Runs: n + c.elsewhere}, Cells: []reports.Cell{c.cell},
		}
		if Apply(r); r.Gate.Status == reports.Pass || r.Gate.ExitCode == reports.ExitPass || (r.Gate.ExitCode == reports.ExitFail) != c.want.Fails() {
			t.Errorf("%s, %d elsewhere: the gate of the campaign is %+v", c.cell.Expected, c.elsewhere, r.Gate)
		}
		if got := ShareHolds(r); got != c.holds {
			t.Errorf("%s, %d elsewhere: the shard holds: %v", c.cell.Expected, c.elsewhere, got)
		}
		for what, change := range map[string]func(*reports.Results){
			"it was interrupted": func(r *reports.Results) { r.Run.Status = reports.Interrupted },
			"a run is missing":   func(r *reports.Results) { r.Run.Done-- },
			"it is no shard":     func(r *reports.Results) { r.Run.Shard = "" },
			"it has no cell":     func(r *reports.Results) { r.Cells = nil },
			"a cell is gone": func(r *reports.Results) {
				r.Gate.Reasons = append(r.Gate.Reasons, reports.Reason{Cell: "x/y", State: reports.Gone})
			},
		} {
			less := *r
			if change(&less); ShareHolds(&less) {
				t.Errorf("%s holds although %s", c.cell.Expected, what)
			}
		}
	}
}

// A cell that another shard has is not gone; one that no shard has is.
func TestACellOfAnotherShardIsNotGone(t *testing.T) {
	r := &reports.Results{
		Run:    reports.Invocation{World: reports.WorldLive, Status: reports.Complete, Planned: 1, Done: 1, Shard: "1/2", Whole: 2},
		Config: reports.Config{Runs: 1}, Cells: []reports.Cell{found("safe", safe)},
		Strategies: []reports.StrategyText{{Name: "a"}}, Scenarios: []reports.ScenarioText{{Name: "b"}, {Name: "c"}},
	}
	elsewhere, gone := Named{reports.WorldLive, "a/c", "safe", "f"}, Named{reports.WorldLive, "a/d", "safe", "f"}
	if Apply(r, elsewhere); r.Gate.ExitCode != reports.ExitUnknown || len(r.Gate.Reasons) != 0 {
		t.Errorf("%+v", r.Gate)
	}
	if Apply(r, elsewhere, gone); r.Gate.ExitCode != reports.ExitFail || len(r.Gate.Reasons) != 1 || r.Gate.Reasons[0].Cell != "a/d" {
		t.Errorf("%+v", r.Gate)
	}
}
