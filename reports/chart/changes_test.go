package chart

import (
	"math"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/compare"
)

func evidenceOf(bad, of int) *compare.Evidence {
	return &compare.Evidence{Bad: bad, Of: of, BadRate: reports.BadRate(bad, of)}
}

func TestRateChanges(t *testing.T) {
	a := NewRateChanges("r", &compare.Comparison{Cells: []compare.Cell{
		{Strategy: "a", Scenario: "kill", Change: compare.Worse, Old: evidenceOf(0, 60), New: evidenceOf(1, 60)},
		{Strategy: "b", Scenario: "kill", Change: compare.Same, Old: evidenceOf(7, 60), New: evidenceOf(15, 60), Rate: &compare.RateTest{Adjusted: 0.1}},
		{Strategy: "a", Scenario: "calm", Change: compare.Better, Old: evidenceOf(9, 60), New: evidenceOf(0, 60)},
		{Strategy: "a", Scenario: "cut", Old: evidenceOf(0, 60), New: evidenceOf(0, 60)},
		{Strategy: "c", Scenario: "kill", Change: compare.Gone, Old: evidenceOf(1, 60)},
		{Strategy: "c", Scenario: "cut", Old: &compare.Evidence{Search: &reports.Search{}}, New: evidenceOf(1, 60)},
	}})
	want := []string{"a|kill|0.0 %|1.7 %|worse|-", "a|calm|15.0 %|0.0 %|better|-", "b|kill|11.7 %|25.0 %|~|p = 0.100"}
	checkRows(t, a, want)
	if want := "1 of 3 cells became worse and 1 better; in 1 no difference is shown."; a.Finding() != want {
		t.Errorf("%q", a.Finding())
	}
}

func checkRows(t *testing.T, c drawn, want []string) {
	t.Helper()
	checkChart(t, "changes", c)
	rows := c.Figure().Table.Rows
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d: %q", len(rows), len(want), rows)
	}
	for i, row := range rows {
		if got := strings.Join(row, "|"); got != want[i] {
			t.Errorf("%q, want %q", got, want[i])
		}
	}
}

func costOf(old, now float64, outcome compare.Outcome) compare.Cost {
	return compare.Cost{Metric: "speed", Unit: "rows/s", Outcome: outcome, Old: compare.Estimate{Median: &old}, New: compare.Estimate{Median: &now}}
}

func TestCostChanges(t *testing.T) {
	slower := costOf(4000, 2000, compare.Regressed)
	slower.Effect, slower.Adjusted = &compare.Interval{Point: 0.5}, new(0.0001)
	faster := costOf(4000, 8000, compare.Improved)
	faster.Effect, faster.Adjusted, faster.Absolute = &compare.Interval{Point: 4000}, new(0.02), true
	same := costOf(4000, 4100, compare.Unshown)
	same.Adjusted = new(0.45)
	other := costOf(1, 2, compare.NotComparable)
	other.Note = "MySQL 8.0.36 vs 8.4.2"
	few := costOf(1000, 2000, compare.TooFew)
	few.Note, few.New.Median = "fewer than 4 runs", nil
	commands := costOf(12, 13, compare.Inconclusive)
	commands.Metric, commands.Unit = "Redis commands", "per chunk"
	charts := NewCostChanges("c", &compare.Comparison{Cells: []compare.Cell{
		{World: "live", Strategy: "a", Scenario: "calm", Costs: []compare.Cost{slower, commands}},
		{World: "live", Strategy: "b", Scenario: "calm", Costs: []compare.Cost{same}},
		{World: "live", Strategy: "a", Scenario: "kill", Costs: []compare.Cost{faster}},
		{World: "live", Strategy: "b", Scenario: "kill", Costs: []compare.Cost{other}},
		{World: "live", Strategy: "b", Scenario: "cut", Costs: []compare.Cost{few}},
		{World: "sim", Strategy: "b", Scenario: "cut"},
	}})
	if len(charts) != 2 || charts[0].ID == charts[1].ID {
		t.Fatalf("%+v", charts)
	}
	checkRows(t, charts[0], []string{
		"a|live calm|4,000|2,000|worse|-50.0 %, p < 0.001", "a|live kill|4,000|8,000|better|+4,000, p = 0.020",
		"b|live calm|4,000|4,100|~|p = 0.450", "b|live kill|-|-|~|not comparable: MySQL 8.0.36 vs 8.4.2", "b|live cut|1,000|-|~|fewer than 4 runs",
	})
	checkRows(t, charts[1], []string{"a|live calm|12|13|~|perhaps within the threshold"})
}

func TestAnArrowIsDrawnForADifferenceOnly(t *testing.T) {
	arrows := func(turn compare.Change, old, now float64) int {
		c := newChanges("a", "title", "rows/s", svg.Round, svg.Round)
		c.Rows = []ChangeRow{{place{"a", "b"}, old, now, turn, "note"}}
		return strings.Count(string(c.Figure().SVG), `fill="currentColor"/>`) // heads and dots
	}
	none := arrows(compare.Same, 1000, 4000)
	if arrows(compare.Worse, 1000, 4000) != none+1 || arrows(compare.Better, 4000, 1000) != none+1 || arrows("unheard of", 1000, 4000) != none {
		t.Error("arrows where there is no difference, or none where there is one")
	}
	if arrows(compare.Worse, math.NaN(), 4000) != none {
		t.Error("an arrow from nowhere")
	}
}
