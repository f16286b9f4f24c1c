package compare_test

import (
	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/reporttest"
)

// resultsOf are results of one invocation on real servers.
func resultsOf(cells ...reports.Cell) *reports.Results {
	r := reporttest.Sample()
	r.Cells, r.Gate = cells, reports.Gate{Status: reports.Pass}
	return r
}

// cellOf has n runs, of which so many are bad, in the same way.
func cellOf(expected string, n, bad int, verdict reports.Verdict) reports.Cell {
	var special []reports.Run
	for i := range bad {
		special = append(special, reporttest.RunOf(uint64(i+1), verdict, "it went wrong"))
	}
	return reporttest.FullCell("set-nx", "pause", expected, reports.ReportOnly, n, special...)
}

func safe(n int) reports.Cell { return cellOf("safe", n, 0, "") }

// unsure has n runs, of which the last so many prove nothing.
func unsure(n, unknown int) reports.Cell {
	var special []reports.Run
	for i := range unknown {
		special = append(special, reporttest.UnreachedRun(uint64(i+1)))
	}
	return reporttest.FullCell("set-nx", "pause", "safe", reports.ReportOnly, n, special...)
}

// searched is a cell of the simulated world.
func searched(expected, bounds string, schedules int, complete bool, found ...reports.Verdict) reports.Cell {
	var runs []reports.Run
	for _, v := range found {
		runs = append(runs, reporttest.RunOf(1, v, "found"))
	}
	c := reporttest.FullCell("set-nx", "pause", expected, reports.ReportOnly, max(1, len(runs)), runs...)
	c.World, c.BadRate = reports.WorldSim, reports.Rate{Method: "none"}
	c.Search = &reports.Search{Bounds: bounds, Schedules: schedules, Complete: complete, Stages: []reports.SearchStage{{Name: "random", Schedules: schedules}}}
	for _, v := range found {
		c.Counterexamples = append(c.Counterexamples, reports.Counterexample{Verdict: v, Steps: []reports.Step{}})
	}
	return c
}

// failer is a test, or one of the many of a property.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func compared(t failer, old, now *reports.Results) *compare.Comparison {
	t.Helper()
	c, err := compare.Of(old, now, compare.Options{OldName: "old.json", NewName: "new.json"})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// one compares two results of one cell.
func one(t failer, old, now reports.Cell) compare.Cell {
	t.Helper()
	c := compared(t, resultsOf(old), resultsOf(now))
	if len(c.Cells) != 1 {
		t.Fatalf("%d cells", len(c.Cells))
	}
	return c.Cells[0]
}
