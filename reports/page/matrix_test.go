package page

import (
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/reporttest"
)

// inBoth are cells of both worlds, the simulated ones first.
func inBoth() *reports.Results {
	live := reporttest.FullCell("b", "kill", "safe", reports.Worse, 4, reporttest.LostRun(1), reporttest.UnreachedRun(2))
	known := reporttest.FullCell("a", "calm", "unsafe", reports.AsExpected, 2, reporttest.DuplicatedRun(1))
	better := reporttest.FullCell("b", "calm", "any(lost)", reports.Better, 60)
	searched := func(c reports.Cell, complete bool, schedules int) reports.Cell {
		c.World, c.Search = reports.WorldSim, &reports.Search{Complete: complete, Schedules: schedules}
		return c
	}
	r := reporttest.OfCells(
		searched(reporttest.FullCell("a", "calm", "unsafe", reports.AsExpected, 1, reporttest.DuplicatedRun(1)), false, 1234),
		searched(reporttest.FullCell("b", "calm", "safe", reports.AsExpected, 1), true, 99),
		searched(reporttest.FullCell("b", "kill", "safe", reports.AsExpected, 1), false, 7),
		known, better, live)
	for i := range r.Cells[3:] {
		r.Cells[3+i].World = reports.WorldLive
	}
	r.Run.World = reports.WorldBoth
	return r
}

func TestTheMatrixHasALineForEachWorldAndNamesWhatIsNotExpected(t *testing.T) {
	s := newSource(inBoth(), Options{})
	s.detail = details[0]
	v := s.matrix()
	var lines []string
	if len(v.Tables) != 1 {
		t.Fatalf("%d tables", len(v.Tables))
	}
	for _, scene := range v.Tables[0].Scenes {
		for _, line := range scene.Lines {
			text := line.Scenario + " " + line.World + ":"
			for i, c := range line.Cells {
				text += " | " + v.Tables[0].Columns[i].Name + " "
				if c == nil {
					text += "not run"
					continue
				}
				for _, f := range c.Found() {
					text += svg.Word(f) + " "
				}
				text += strings.ReplaceAll(c.Brief, "\u00a0", " ")
				if c.Loud() {
					text += " " + c.Gate
				}
			}
			lines = append(lines, text)
		}
	}
	want := []string{
		"calm live: | b safe 0 of 60 bad better than known | a duplicated 1 of 2 bad",
		"calm simulated: | b safe COMPLETE | a duplicated schedule 1,234",
		"kill live: | b lost duplicated 1 of 3 bad, 1 more inconclusive WORSE | a not run",
		"kill simulated: | b safe not complete | a not run",
	}
	if got := strings.Join(lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if scenes := v.Tables[0].Scenes; scenes[0].Problem || !scenes[1].Problem || !v.Problem || !v.Tables[0].Controls {
		t.Errorf("%+v", v)
	}
	if wide := newSource(reporttest.Wide(13, 2), Options{}); len(wide.matrix().Tables[0].Columns) != 13 {
		t.Error("13 strategies are taken to have room on any screen")
	}
}

// One lock was run in both worlds, two in one only: in one table, most of what stands there would be "not run".
func TestStrategiesThatWereRunElsewhereHaveATableOfTheirOwn(t *testing.T) {
	r := inBoth()
	for _, name := range []string{"c", "d"} {
		c := reporttest.FullCell(name, "pause", "any", reports.ReportOnly, 1)
		c.World, c.Search = reports.WorldSim, &reports.Search{Schedules: 7}
		r.Cells = append(r.Cells, c)
	}
	v := newSource(r, Options{}).matrix()
	if len(v.Tables) != 2 || v.Tables[0].Only != "" || v.Tables[1].Only != "2 strategies were run in the simulated world only." {
		t.Fatalf("%+v", v.Tables)
	}
	for i, want := range []int{2, 1} { // scenarios
		if got := len(v.Tables[i].Scenes); got != want || len(v.Tables[i].Columns) != 2 {
			t.Errorf("table %d has %d scenarios and %d strategies", i, got, len(v.Tables[i].Columns))
		}
	}
	if page := pageOf(t, r); strings.Count(page, "<small>not run</small>") > strings.Count(pageOf(t, inBoth()), "<small>not run</small>")+4 {
		t.Error("the page is full of cells that were not run")
	}
}
