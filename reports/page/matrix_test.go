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
	for _, scene := range v.Scenes {
		for _, line := range scene.Lines {
			text := line.Scenario + " " + line.World + ":"
			for i, c := range line.Cells {
				text += " | " + v.Columns[i].Name + " "
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
	if v.Scenes[0].Problem || !v.Scenes[1].Problem || !v.Controls {
		t.Errorf("%+v", v)
	}
	if wide := newSource(reporttest.Wide(13, 2), Options{}); len(wide.matrix().Columns) != 13 {
		t.Error("13 strategies are taken to have room on any screen")
	}
}
