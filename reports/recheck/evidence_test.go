package recheck

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// struck is a run in which all rows arrived and all faults struck, but for a change.
func struck(v reports.Verdict, change func(*reports.Run)) reports.Run {
	r := reporttest.RunOf(7, reports.Safe, "")
	r.Verdict = v
	r.Plan = "kill chunk=5\npause chunk=6"
	r.Faults = []reports.Fault{{Text: "kill chunk=5", Reached: true, Confirmed: true}, {Text: "pause chunk=6", Reached: true, Confirmed: true}}
	change(&r)
	return r
}

func TestWhatAVerdictNeeds(t *testing.T) {
	for _, c := range []struct {
		verdict reports.Verdict
		change  func(*reports.Run)
		want    string // of the contradiction; "": none
	}{
		{reports.Safe, func(*reports.Run) {}, ""},
		{reports.Stuck, func(*reports.Run) {}, ""}, // all is there, and nobody said so
		{reports.Inconclusive, func(*reports.Run) {}, ""},
		{reports.Lost, func(r *reports.Run) { r.Rows.Lost, r.Rows.List = 3, 497 }, ""},
		{reports.Lost, func(r *reports.Run) { r.Rows.Corrupted = 1 }, ""},
		{reports.Duplicated, func(r *reports.Run) { r.Rows.Duplicated, r.Rows.Surplus, r.Rows.List = 1, 2, 502 }, ""},
		{reports.Duplicated, func(r *reports.Run) { r.Rows.Unexpected, r.Rows.List = 1, 501 }, ""},
		{reports.Stuck, func(r *reports.Run) { r.Rows.Unfinished, r.Rows.List = 50, 450 }, ""},
		{reports.Lost, func(r *reports.Run) {
			r.Verdicts = []reports.Verdict{reports.Lost, reports.Duplicated}
			r.Rows = reports.RowCounts{Table: 500, List: 500, Lost: 1, Duplicated: 1, Surplus: 1}
		}, ""},
		{reports.Inconclusive, func(r *reports.Run) { r.Faults[1].Confirmed, r.Rows = false, reports.RowCounts{} }, ""},
		{reports.Duplicated, func(r *reports.Run) {
			r.Verdicts = []reports.Verdict{reports.Duplicated, reports.Inconclusive}
			r.Rows.Duplicated, r.Rows.Surplus, r.Rows.List, r.Faults[1].Confirmed = 1, 1, 501, false
		}, ""},
		{reports.Safe, func(r *reports.Run) { r.Plan, r.Faults = "", nil }, ""}, // abridged, or calm, or simulated

		{reports.Safe, func(r *reports.Run) { r.Faults[0].Reached, r.Faults[0].Confirmed = false, false }, `the fault "kill chunk=5" was never reached`},
		{reports.Safe, func(r *reports.Run) { r.Faults[1].Confirmed = false }, `the fault "pause chunk=6" was not seen to take effect`},
		{reports.Lost, func(r *reports.Run) { r.Faults[1].Reached = false }, `the fault "pause chunk=6" took effect, and was not reached`},
		{reports.Safe, func(r *reports.Run) { r.Faults = nil }, "its plan has 2 faults, and 0 are on record"},
		{reports.Duplicated, func(r *reports.Run) { r.Plan = "" }, "its plan has 0 faults, and 2 are on record"},
		{reports.Safe, func(r *reports.Run) { r.Plan = "kill chunk=5\npause chunk=7" }, `the fault "pause chunk=6" is on record, and "pause chunk=7" was planned`},

		{reports.Safe, func(r *reports.Run) { r.Rows = reports.RowCounts{} }, "its table had 0 rows, and 500 were asked for"},
		{reports.Safe, func(r *reports.Run) { r.Rows.Table, r.Rows.List = 400, 400 }, "its table had 400 rows, and 500 were asked for"},
		{reports.Safe, func(r *reports.Run) { r.Rows.Lost = 100 }, "its rows do not add up"},
		{reports.Safe, func(r *reports.Run) { r.Rows.List = 550 }, "its rows do not add up"},
		{reports.Safe, func(r *reports.Run) { r.Rows.Popped = 501 }, "its rows do not add up"},
		{reports.Safe, func(r *reports.Run) { r.Rows.Duplicated = 50 }, "its rows do not add up"},
		{reports.Safe, func(r *reports.Run) { r.Rows.Unfinished, r.Rows.Surplus = -1, -1 }, "it counts fewer than no rows"},
		{reports.Safe, func(r *reports.Run) { r.Rows.Lost, r.Rows.List = 100, 400 }, "its rows were lost: 100 are missing"},
		{reports.Safe, func(r *reports.Run) { r.Rows.Corrupted = 2 }, "its rows were lost: 0 are missing and 2 have other content"},
		{reports.Safe, func(r *reports.Run) { r.Rows.Duplicated, r.Rows.Surplus, r.Rows.List = 50, 50, 550 }, "its rows were duplicated"},
		{reports.Inconclusive, func(r *reports.Run) { r.Rows.Lost, r.Rows.List = 1, 499 }, "its rows were lost"},
		{reports.Duplicated, func(r *reports.Run) {
			r.Rows = reports.RowCounts{Table: 500, List: 500, Lost: 1, Duplicated: 1, Surplus: 1}
		}, "its rows were lost"},
		{reports.Stuck, func(r *reports.Run) { r.Rows.Unexpected, r.Rows.List = 1, 501 }, "its rows were duplicated"},
		{reports.Safe, func(r *reports.Run) { r.Rows.Unfinished, r.Rows.List = 1, 499 }, "1 rows were unfinished"},
		{reports.Safe, func(r *reports.Run) { r.Witnesses = []reports.Witness{{Outcome: "lost", Row: "17"}} }, "row 17 is a witness that it was lost"},
		{reports.Lost, func(*reports.Run) {}, "no row was lost"},
		{reports.Duplicated, func(*reports.Run) {}, "no row was duplicated"},
		{reports.Lost, func(r *reports.Run) {
			r.Verdicts, r.Rows.Lost, r.Rows.List = []reports.Verdict{reports.Lost, reports.Duplicated}, 1, 499
		}, "no row was duplicated"},
	} {
		run := struck(c.verdict, c.change)
		r := reports.Results{Config: reports.Config{Rows: 500}}
		err := contradiction(&r, reports.Cell{Runs: []reports.Run{run}})
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), fmt.Sprintf("the run with seed 7 is called %s, but %s", c.verdict, c.want)) {
			t.Errorf("%s, %+v: %v, want %q", c.verdict, run.Rows, err, c.want)
		}
	}
}

// Of a scenario that strikes, a safe run without a plan is no evidence, unless nothing
// was there to strike or this copy leaves plans out.
func TestASafeRunIsOneThatWasToBeStruck(t *testing.T) {
	for name, c := range map[string]struct {
		scenario, world, abridged string
		change                    func(*reports.Run)
		believed                  bool
	}{
		"struck":         {scenario: "kill", change: func(*reports.Run) {}, believed: true},
		"not struck":     {scenario: "kill", change: withoutPlan},
		"world unsaid":   {scenario: "kill", world: "-", change: withoutPlan},
		"calm":           {scenario: "calm", change: withoutPlan, believed: true},
		"own plan":       {scenario: "own-plan@everysec", change: withoutPlan, believed: true},
		"simulated":      {scenario: "kill", world: reports.WorldSim, change: withoutPlan, believed: true},
		"abridged":       {scenario: "kill", abridged: "plans", change: withoutPlan, believed: true},
		"an empty table": {scenario: "kill", change: func(r *reports.Run) { withoutPlan(r); r.Rows = reports.RowCounts{} }, believed: true},
		"not called so":  {scenario: "kill", change: func(r *reports.Run) { withoutPlan(r); r.Verdict = reports.Inconclusive }, believed: true},
	} {
		run := struck(reports.Safe, c.change)
		r := reports.Results{Abridged: c.abridged, Run: reports.Invocation{World: reports.WorldLive}, Config: reports.Config{Rows: int(run.Rows.Table)}}
		cell := reports.Cell{World: cmp.Or(c.world, reports.WorldLive), Scenario: c.scenario, Runs: []reports.Run{run}}
		if cell.World == "-" {
			cell.World = ""
		}
		if err := contradiction(&r, cell); (err == nil) != c.believed || err != nil && !strings.HasSuffix(err.Error(), "no fault was planned, and in kill there is one") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func withoutPlan(r *reports.Run) { r.Plan, r.Faults = "", nil }

// That there was nothing to load proves something only where nothing was asked for.
func TestAnEmptyTableHasToBeKnownToBeEmpty(t *testing.T) {
	c := reports.Cell{ID: "a/b", World: reports.WorldLive, Runs: []reports.Run{{Seed: 7, Verdict: reports.Safe}}}
	var r reports.Results
	if err := contradiction(&r, c); err != nil {
		t.Error(err)
	}
	r.Parts = []reports.Part{{Cells: []reports.PartCell{{World: c.World, ID: "a/c"}}}}
	if err := contradiction(&r, c); err == nil || !strings.HasSuffix(err.Error(), "no row was checked") {
		t.Errorf("%v", err)
	}
	r.Parts[0].Cells[0].ID = "a/b"
	if err := contradiction(&r, c); err != nil {
		t.Error(err)
	}
}

// Of a run that is there twice, the rows of the worse copy are kept, and what both showed.
func TestMergedRunsShowMoreThanTheirRows(t *testing.T) {
	run := struck(reports.Lost, func(r *reports.Run) {
		r.Verdicts, r.Rows.Lost, r.Rows.List = []reports.Verdict{reports.Lost, reports.Duplicated}, 1, 499
	})
	r := reports.Results{Parts: []reports.Part{{}}}
	if err := contradiction(&r, reports.Cell{Runs: []reports.Run{run}}); err != nil {
		t.Error(err)
	}
}

func TestWhatASearchNeeds(t *testing.T) {
	of := func(verdict reports.Verdict, s reports.Search, stages ...int) reports.Cell {
		for _, n := range stages {
			s.Stages = append(s.Stages, reports.SearchStage{Schedules: n})
		}
		return reports.Cell{Search: &s, Runs: []reports.Run{{Seed: 7, Verdict: verdict}}}
	}
	caught := of(reports.Lost, reports.Search{Schedules: 5}, 5)
	caught.Counterexamples = []reports.Counterexample{{Verdict: reports.Lost}}
	another := caught
	another.Counterexamples = []reports.Counterexample{{Verdict: reports.Duplicated}}
	for _, c := range []struct {
		cell reports.Cell
		want string
	}{
		{of(reports.Safe, reports.Search{Schedules: 5, Complete: true}, 2, 3), ""},
		{of(reports.Safe, reports.Search{Schedules: 5, Left: "its time was over"}, 5), ""},
		{of(reports.Inconclusive, reports.Search{}), ""},
		{caught, ""},
		{of(reports.Safe, reports.Search{Complete: true}), "its search is called complete, and had no schedule"},
		{of(reports.Safe, reports.Search{Complete: true, Schedules: 14036}), "its search counts 14036 schedules, and its stages 0"},
		{of(reports.Safe, reports.Search{Complete: true, Schedules: 5, Shards: []reports.SearchShard{{Shard: "1/2", Complete: true, Schedules: 5}}}, 5), "its search is not what its shards covered together"},
		{of(reports.Safe, *reports.OfShards("", []reports.SearchShard{{Shard: "1/1", Complete: true, Schedules: 5, Left: "half", Stages: []reports.SearchStage{{Schedules: 5}}}})), "a shard of its search is called complete, and something was left"},
		{of(reports.Safe, reports.Search{Complete: true, Schedules: 5, Left: "its time was over"}, 5), "its search is called complete, and something was left"},
		{of(reports.Safe, reports.Search{}), "it is called safe, and nothing was searched"},
		{of(reports.Lost, reports.Search{Schedules: 5}, 5), "it is called lost, and there is no counterexample"},
		{another, "it is called lost, and there is no counterexample"},
	} {
		err := contradiction(new(reports.Results), c.cell)
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q", *c.cell.Search, err, c.want)
		}
	}
}
