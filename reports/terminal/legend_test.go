package terminal

import (
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/reporttest"

	"github.com/jedib0t/go-pretty/v6/text"
)

// searched is a cell of the simulated world.
func searched(id string, complete bool, found ...reports.Verdict) reports.Cell {
	strategy, scenario, _ := strings.Cut(id, "/")
	var runs []reports.Run
	for _, v := range found {
		runs = append(runs, reporttest.RunOf(1, v, "found"))
	}
	c := reporttest.FullCell(strategy, scenario, "any", reports.ReportOnly, max(1, len(runs)), runs...)
	c.World, c.Search = reports.WorldSim, &reports.Search{Bounds: "b", Schedules: 21770, Complete: complete}
	return c
}

func merged() *reports.Results {
	r := reporttest.Sample()
	for i := range r.Cells {
		r.Cells[i].World = reports.WorldLive
	}
	r.Run.World = reports.WorldBoth
	r.Cells = append(r.Cells, searched("none/calm", false, reports.Duplicated), searched("lease-lua/calm", true), searched("set-nx/calm", false))
	return r
}

func TestWordsAndNumbersOfTheTableAreExplained(t *testing.T) {
	all := tableText(t, merged(), Style{})
	for _, want := range []string{
		"ok = safe as far as", "DUP = ", "LOST = ", "STUCK = ", "? = proves nothing", "1/3 bad = ", "in 9 = schedules tried in all", "complete = all schedules",
		"none       DUP in 21,770\n",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("it does not say %q:\n%s", want, all)
		}
	}
	one := reporttest.Sample()
	one.Cells = []reports.Cell{searched("none/calm", false, reports.Duplicated)}
	if got := tableText(t, one, Style{}); strings.Contains(got, "LOST = ") || strings.Contains(got, "bad = ") || strings.Contains(got, "complete = ") {
		t.Errorf("it explains what is not there:\n%s", got)
	}
	for _, line := range strings.Split(tableText(t, one, Style{Width: 60}), "\n")[:7] {
		if len(line) > 60 {
			t.Errorf("wider than 60: %s", line)
		}
	}
}

func TestRowsStandInTheSameOrderInBothWorlds(t *testing.T) {
	var live, sim []string
	seen := &live
	for line := range strings.Lines(tableText(t, merged(), Style{})) {
		switch name, _, _ := strings.Cut(line, " "); {
		case strings.HasPrefix(line, "simulated world"):
			seen = &sim
		case strings.HasPrefix(line, "ok = "):
			seen = new([]string)
		case slices.Contains([]string{"none", "set-nx", "lease-lua"}, name):
			*seen = append(*seen, name)
		}
	}
	if want := []string{"none", "set-nx", "lease-lua"}; !slices.Equal(live, want) || !slices.Equal(sim, want) {
		t.Errorf("%q and %q, want %q", live, sim, want)
	}
}

func TestStrategiesThatWereStruckAlikeShareALine(t *testing.T) {
	r := reporttest.Sample()
	r.Cells = []reports.Cell{r.Cells[2], r.Cells[2], r.Cells[5]}
	r.Cells[1].Strategy = "another"
	want := "\nnone, another: each " + format.CountFaults(r.Cells[:1]).String() + "\nset-nx: " + format.CountFaults(r.Cells[2:]).String() + "\n"
	if got := tableText(t, r, Style{}); !strings.Contains(got, want) {
		t.Errorf("want %s in\n%s", want, got)
	}
}

func TestEveryVerdictFitsIntoItsColumn(t *testing.T) {
	at := -1
	for _, found := range [][]reports.Verdict{nil, {reports.Duplicated, reports.Stuck}, {reports.Lost, reports.Duplicated, reports.Stuck}} {
		line := text.StripEscape(RunLine(1, 2, searched("none/calm", false, found...), 0, Style{}))
		if begins := strings.Index(line, "report only"); at >= 0 && begins != at {
			t.Errorf("column %d, want %d: %s", begins, at, line)
		} else {
			at = begins
		}
		if strings.Contains(line, "not complete") == (found != nil) {
			t.Error(line)
		}
	}
}

func TestWithoutACommandNothingIsSaidOfOne(t *testing.T) {
	r := reporttest.Sample()
	for i := range r.Cells {
		for j := range r.Cells[i].Runs {
			r.Cells[i].Runs[j].Replay = ""
		}
	}
	if got := tableText(t, r, Style{}); strings.Contains(got, "replay:") {
		t.Error(got)
	}
}
