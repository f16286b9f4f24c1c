package page

import (
	"fmt"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/metric"
)

// billView is what each strategy costs, in one table: the medians of the charts below it.
type billView struct {
	Heads []string
	Rows  []billRow
}

type billRow struct {
	Scenario, Strategy, Anchor string
	Right                      string        // how many runs came out right; empty: Wrong says what the others came to
	Wrong                      []verdictView // of a cell of which no run was right
	Values                     []string      // one for each of Heads
}

// bill draws up what the cells took, right or wrong. A wrong result has no speed.
func (s *source) bill(cells []reports.Cell) billView {
	var v billView
	values := map[[2]string][]string{}
	add := func(scenario, strategy, value string) {
		at := [2]string{scenario, strategy}
		values[at] = append(values[at], value)
	}
	for _, m := range metric.Charted() {
		v.Heads = append(v.Heads, m.Label)
		for _, r := range chart.NewCosts("", "", m, cells).Rows {
			add(r.Scenario, r.Strategy, r.Median())
		}
	}
	v.Heads = append(v.Heads, "read again", "sent again")
	for _, r := range chart.NewWaste("", "", cells).Rows { // of each cell what was read, and then what was sent
		add(r.Scenario, r.Strategy, r.Share())
	}
	for _, c := range cells {
		row := billRow{Scenario: c.Scenario, Strategy: c.Strategy, Anchor: s.strategyAnchor(c.Strategy), Values: values[[2]string{c.Scenario, c.Strategy}]}
		switch found := c.Found(); {
		case c.Tally.Safe > 0 && c.Tally.Safe == c.Tally.N:
			row.Right = "right"
		case c.Tally.Safe > 0:
			row.Right = fmt.Sprintf("right in %d of %d", c.Tally.Safe, c.Tally.N)
		default:
			row.Wrong = verdictViews(found)
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}
