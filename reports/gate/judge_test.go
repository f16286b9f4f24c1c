package gate

import (
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/format"
)

// found is a cell of runs on real servers, with the seeds 7, 8 ...
func found(expected string, verdicts ...reports.Verdict) reports.Cell {
	c := reports.Cell{ID: "a/b", World: reports.WorldLive, Strategy: "a", Scenario: "b", Expected: expected, Verdict: reports.Worst(verdicts...)}
	for i, v := range verdicts {
		c.Runs = append(c.Runs, reports.Run{Seed: uint64(7 + i), Verdict: v})
	}
	c.Tally = reports.Count(c.Runs)
	c.BadRate = c.Tally.Rate()
	return c
}

// searched is a cell of the simulated world.
func searched(expected string, complete bool, verdicts ...reports.Verdict) reports.Cell {
	c := found(expected, verdicts...)
	c.World, c.BadRate = reports.WorldSim, reports.Rate{Method: "none"}
	c.Search = &reports.Search{Schedules: 120, Complete: complete, Left: "its time was over"}
	return c
}

// fine are so many safe runs.
func fine(n int, more ...reports.Verdict) []reports.Verdict {
	for range n {
		more = append(more, reports.Safe)
	}
	return more
}

const (
	safe, lost, dup = reports.Safe, reports.Lost, reports.Duplicated
	stuck, unclear  = reports.Stuck, reports.Inconclusive
)

func TestCellsAreHeldToTheirExpectation(t *testing.T) {
	for _, c := range []struct {
		cell reports.Cell
		want reports.State
		says string // in the reason; "": there is none
	}{
		{found("safe", safe), reports.AsExpected, ""},
		{found("safe", safe, lost, dup), reports.Worse, "expected safe, and 2 of 3 runs are bad (lost and duplicated; first seed 8); replay"},
		{found("safe", dup), reports.Worse, "1 of 1 run is bad (duplicated; first seed 7)"},
		{found("safe", stuck), reports.Worse, "(stuck; first seed 7)"},
		{found("safe", unclear, lost), reports.Worse, "1 of 2 runs is bad (lost; first seed 8)"},
		{found("safe", unclear), reports.NotProven, "1 of 1 run proved nothing (first seed 7)"},
		{found("safe", fine(59, unclear)...), reports.NotProven, "1 of 60 runs proved nothing (first seed 7); see why"},
		{found("safe"), reports.NotProven, "0 of 0 runs proved nothing"},
		{found("unsafe"), reports.NotProven, "0 of 0 runs proved nothing"},

		{found("safe(max_rate: 5%)", fine(59)...), reports.AsExpected, ""},
		{found("safe(max_rate: 5%)", fine(58)...), reports.NotProven,
			"0 of 58 runs are bad (first seed 7), so the true rate is below 5.1%, but 5% has to be proven; that needs 59 runs, 1 more (--require 5%)"},
		{found("safe(max_rate: 5%)", fine(59, lost)...), reports.Worse, "1 of 60 runs is bad"},
		{found("safe(complete)", safe), reports.NotProven, "1 run on real servers (first seed 7) are none; explore it instead"},
		{searched("safe(complete)", true, safe), reports.AsExpected, ""},
		{searched("safe(complete)", false, safe), reports.NotProven, "120 schedules found nothing (its time was over; first seed 7), and a complete search is demanded"},
		{searched("safe(complete)", false, lost), reports.Worse, "the search found it lost (first seed 7)"},
		{searched("safe", false, safe), reports.AsExpected, ""},
		{searched("safe", false, unclear), reports.NotProven, "the search proved nothing (first seed 7)"},
		{searched("safe(max_rate: 5%)", false, safe), reports.NotProven, "a complete search is demanded"},
		{searched("safe(max_rate: 5%)", true, safe), reports.AsExpected, ""},

		{found("unsafe", safe, stuck), reports.AsExpected, ""},
		{found("unsafe", safe, unclear), reports.ControlMissed, "known to be unsafe, and 1 run showed nothing (first seed 7): the harness did not see"},
		{found("unsafe", unclear, unclear), reports.NotProven, "2 of 2 runs proved nothing"},
		{found("unsafe(lost)", safe, unclear, lost), reports.AsExpected, ""},
		{found("unsafe(lost, duplicated)", safe, dup, lost), reports.AsExpected, ""},
		{found("unsafe(lost, duplicated)", safe, lost), reports.ControlMissed, "known to be lost and duplicated, and 2 runs showed nothing but lost"},
		{found("unsafe(duplicated)", lost), reports.ControlMissed, "showed nothing but lost"},
		{found("unsafe(lost)", unclear), reports.NotProven, "proved nothing"},
		{searched("unsafe(lost)", true, safe), reports.ControlMissed, "120 schedules showed nothing"},

		{found("any", safe), reports.ReportOnly, ""},
		{found("any", lost), reports.ReportOnly, ""},
		{found("any", unclear), reports.ReportOnly, ""},
		{found("any(duplicated)", dup), reports.ReportOnly, ""},
		{found("any(duplicated)", stuck), reports.ReportOnly, ""},
		{found("any(duplicated)", dup, lost), reports.Worse, "known to be duplicated at worst, and 2 of 2 runs are bad (lost and duplicated; first seed 8)"},
		{found("any(lost)", fine(28)...), reports.ReportOnly, ""},
		{found("any(lost)", fine(29)...), reports.Better, "known to be lost, and 0 of 29 runs are bad (first seed 7), so the true rate is below 9.9%; expect safe"},
		{found("any(lost)", fine(60, dup)...), reports.ReportOnly, ""},
		{searched("any(lost)", false, safe), reports.ReportOnly, ""},
		{searched("any(lost)", true, safe), reports.Better, "a complete search found nothing in 120 schedules (first seed 7)"},

		{found("", safe), reports.NotProven, "begins with none of safe, unsafe and any"},
		{found("safe(lost)", safe), reports.NotProven, "does not belong there"},
	} {
		state, says := judge(c.cell)
		if state != c.want || (c.says == "") != (says == "") || !strings.Contains(says, c.says) {
			t.Errorf("expected %s and found %s: %s, want %s\ngot  %s\nwant %s",
				c.cell.Expected, format.Verdicts(c.cell.Found()), state, c.want, says, c.says)
		}
	}
}

// A run may be lost and duplicated at once.
func TestAllThatARunShowsCounts(t *testing.T) {
	c := found("unsafe(duplicated)", lost)
	c.Runs[0].Verdicts = []reports.Verdict{lost, dup}
	if got := Judge(c); got != reports.AsExpected {
		t.Errorf("%s", got)
	}
}
