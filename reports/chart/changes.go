package chart

import (
	"fmt"
	"math"
	"slices"

	"onceover/reports/compare"
)

// NewArrows makes a chart with a finding of its own.
func NewArrows(id, title, unit string, rows []ArrowsRow) Arrows {
	c := Arrows{ID: id, Title: title, Unit: unit, Rows: rows}
	c.Finding = c.finding()
	return c
}

// NewRateChanges shows the share of bad runs of the cells that were run on
// both sides. Whether one became worse is what the comparison says: one
// counterexample is proof, however small the share.
func NewRateChanges(id string, c *compare.Comparison) Arrows {
	var rows []ArrowsRow
	for _, cell := range inOrder(c) {
		if cell.Old == nil || cell.New == nil || cell.Old.Search != nil || cell.New.Search != nil {
			continue
		}
		row := ArrowsRow{Strategy: cell.Strategy, Scenario: cell.name(), Old: seen(cell.Old), New: seen(cell.New), Turn: NoTurn}
		if row.Old == 0 && row.New == 0 {
			continue // nothing bad, before or now: what there is to see is in the forest
		}
		switch cell.Change {
		case compare.Worse:
			row.Turn = Worse
		case compare.Better:
			row.Turn = Better
		}
		if cell.Rate != nil {
			row.Note = probability(cell.Rate.Adjusted)
		}
		rows = append(rows, row)
	}
	a := NewArrows(id, "Are more runs bad than before?", "share of bad runs", rows)
	a.Shares = true
	return a
}

// seen is the share of bad runs, NaN if no run proved anything.
func seen(s *compare.Sight) float64 {
	if s.Of == 0 {
		return math.NaN()
	}
	return s.BadRate.Point
}

// NewCostChanges makes a chart of each cost that was measured on either side.
func NewCostChanges(id string, c *compare.Comparison) []Arrows {
	var charts []Arrows
	at := map[string]int{}
	for _, cell := range inOrder(c) {
		for _, cost := range cell.Costs {
			name := cost.Metric + ", " + cost.Unit
			i, known := at[name]
			if !known {
				i = len(charts)
				at[name] = i
				charts = append(charts, Arrows{ID: fmt.Sprintf("%s-%d", id, i+1), Title: "Has it become dearer? " + name, Unit: cost.Unit})
			}
			charts[i].Rows = append(charts[i].Rows, costRow(cell, cost))
		}
	}
	for i := range charts {
		charts[i].Finding = charts[i].finding()
	}
	return charts
}

func costRow(cell comparedCell, cost compare.Cost) ArrowsRow {
	row := ArrowsRow{
		Strategy: cell.Strategy, Scenario: cell.name(), Turn: NoTurn, Note: cost.Note,
		Old: median(cost.Old), New: median(cost.New),
	}
	switch cost.Outcome {
	case compare.Regressed, compare.Improved:
		row.Turn = Worse
		if cost.Outcome == compare.Improved {
			row.Turn = Better
		}
		row.Note = effect(cost)
	case compare.Inconclusive:
		row.Note = "perhaps within the threshold"
	case compare.Unshown:
		if cost.Adjusted != nil {
			row.Note = probability(*cost.Adjusted)
		}
	case compare.NotComparable:
		row.Old, row.New = math.NaN(), math.NaN() // side by side they would be compared
		row.Note = "not comparable: " + cost.Note
	}
	return row
}

func median(e compare.Estimate) float64 {
	if e.Median == nil {
		return math.NaN()
	}
	return *e.Median
}

// effect says how large a difference is, as in "-30.0 %, p = 0.002".
func effect(c compare.Cost) string {
	text := ""
	switch {
	case c.Effect == nil:
	case c.Absolute:
		text = signed(short(c.Effect.Point)) + ", "
	default:
		text = signed(percent(c.Effect.Point-1)) + ", "
	}
	if c.Adjusted == nil {
		return text + "not tested"
	}
	return text + probability(*c.Adjusted)
}

func signed(number string) string {
	if number[0] == '-' {
		return number
	}
	return "+" + number
}

func probability(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return fmt.Sprintf("p = %.3f", p)
}

// comparedCell is a cell of a comparison that knows whether there are several worlds.
type comparedCell struct {
	compare.Cell
	several bool
}

func (c comparedCell) name() string {
	if c.several && c.World != "" {
		return c.World + " " + c.Scenario
	}
	return c.Scenario
}

// inOrder puts the cells of a strategy together, in order of appearance.
func inOrder(c *compare.Comparison) []comparedCell {
	var cells []comparedCell
	place := map[string]int{}
	several := slices.ContainsFunc(c.Cells, func(cell compare.Cell) bool { return cell.World != c.Cells[0].World })
	for _, cell := range c.Cells {
		if _, known := place[cell.Strategy]; !known {
			place[cell.Strategy] = len(place)
		}
		cells = append(cells, comparedCell{cell, several})
	}
	slices.SortStableFunc(cells, func(a, b comparedCell) int { return place[a.Strategy] - place[b.Strategy] })
	return cells
}
