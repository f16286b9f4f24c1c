package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/chart/svg"
	"onceover/reports/compare"
)

type baselineView struct {
	*compare.Comparison
	Answer  string
	Changed []changeView
	Same    []changeView
	Rates   *svg.Figure
	Costs   []*svg.Figure
}

// changeView is a cell that is in either result.
type changeView struct {
	compare.Cell
	Where  string // its world, if there are several
	Anchor string // empty: the cell is gone
}

func (s *source) baseline() (v baselineView) {
	c := s.options.Baseline
	if c == nil {
		return v
	}
	v = baselineView{Comparison: c, Answer: fmt.Sprintf("%s: %s.", c.Answer(false), c.Summary())}
	for _, cell := range c.Cells {
		if cell.Change == compare.Same && !cell.Fails && len(cell.Notes) == 0 {
			v.Same = append(v.Same, s.change(cell))
		} else {
			v.Changed = append(v.Changed, s.change(cell))
		}
	}
	v.Rates = changed(chart.NewRateChanges("chart-baseline-rates", c))
	for _, cost := range chart.NewCostChanges("chart-baseline-costs", c) {
		if figure := changed(cost); figure != nil {
			v.Costs = append(v.Costs, figure)
		}
	}
	return v
}

func (s *source) change(c compare.Cell) changeView {
	v := changeView{Cell: c}
	if c.Rate != nil {
		v.Notes = append(slices.Clone(v.Notes), "share of bad runs: "+c.Rate.String())
	}
	if len(s.worlds) > 1 {
		v.Where = worldName(c.World)
	}
	if now := s.cell(c.ID, c.World); now != nil {
		v.Anchor = now.Anchor
	}
	return v
}

func (s *source) fresh(c reports.Cell) bool {
	return s.options.Baseline != nil && slices.ContainsFunc(s.options.Baseline.Cells, func(x compare.Cell) bool {
		return x.Change == compare.Worse && x.ID == c.ID && x.World == c.World
	})
}

func changed(p chart.Plot[chart.ChangeRow]) *svg.Figure {
	if len(p.Rows) == 0 {
		return nil
	}
	return p.Figure()
}
