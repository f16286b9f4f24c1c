package page

import (
	"fmt"
	"math"
	"slices"

	"onceover/reports"
	"onceover/reports/chart"
	"onceover/reports/compare"
	"onceover/reports/say"
)

// baselineView says what has changed since an older result.
type baselineView struct {
	Answer       string
	Older, Newer string
	Summary      string
	Conditions   []string // what is not alike
	Changed      []changeView
	Same         []changeView
	Rates        *figureView
	Costs        []*figureView
	CostSummary  string
}

// changeView is a cell that is in either result.
type changeView struct {
	Name, World, Mark string
	Fails             bool
	Anchor            string // empty: the cell is gone
	Old, New          string
	OldFound, Found   []verdictView
	Why               string
	Notes             []string
	Replay            string
}

// baseline is nil if there is nothing to compare with.
func (s *source) baseline() *baselineView {
	c := s.options.Baseline
	if c == nil {
		return nil
	}
	v := &baselineView{
		Answer: fmt.Sprintf("%s: %s.", c.Answer(false), c.Summary()),
		Older:  c.Old.Says(), Newer: c.New.Says(), Conditions: c.Conditions(), CostSummary: c.CostSummary(),
	}
	for _, cell := range c.Cells {
		if cell.Change == compare.Same && !cell.Fails && len(cell.Notes) == 0 {
			v.Same = append(v.Same, s.change(cell))
		} else {
			v.Changed = append(v.Changed, s.change(cell))
		}
	}
	v.Rates = rateArrows(c)
	v.Costs = costArrows(c)
	return v
}

func (s *source) change(c compare.Cell) changeView {
	v := changeView{Name: c.ID, World: c.World, Mark: c.Change.Mark(), Fails: c.Fails, Why: c.Why, Notes: c.Notes, Old: "was not checked", New: "is not checked any more"}
	if len(s.worlds) > 1 {
		v.World = worldName(c.World)
	} else {
		v.World = ""
	}
	if c.Old != nil {
		v.Old, v.OldFound = unbroken(c.Old.Line), verdictViews(c.Old.Found)
	}
	if c.New != nil {
		v.New, v.Found = unbroken(c.New.Line), verdictViews(c.New.Found)
	}
	if c.Rate != nil {
		v.Notes = append(slices.Clone(v.Notes), "share of bad runs: "+c.Rate.Says())
	}
	if c.Run != nil {
		v.Replay = c.Run.Replay
	}
	if at := slices.IndexFunc(s.Cells, func(x reports.Cell) bool { return x.ID == c.ID && s.world(x) == c.World }); at >= 0 {
		v.Anchor = cellAnchor(at)
	}
	return v
}

// fresh tells whether a cell has become worse since the baseline.
func (s *source) fresh(c reports.Cell) bool {
	return s.options.Baseline != nil && slices.ContainsFunc(s.options.Baseline.Cells, func(x compare.Cell) bool {
		return x.Change == compare.Worse && x.ID == c.ID && x.World == s.world(c)
	})
}

// rateArrows draws the shares of bad runs that are not what they were.
func rateArrows(c *compare.Comparison) *figureView {
	chartOf := chart.Arrows{ID: "chart-baseline-rates", Title: "Share of bad runs, then and now", Unit: "share of bad runs", Shares: true}
	for _, cell := range c.Cells {
		if cell.Old == nil || cell.New == nil || cell.Old.Of == 0 || cell.New.Of == 0 || cell.Old.BadRate.Point == cell.New.BadRate.Point {
			continue
		}
		row := chart.ArrowsRow{Strategy: cell.Strategy, Scenario: cell.Scenario, Old: cell.Old.BadRate.Point, New: cell.New.BadRate.Point, Turn: turnOf(cell.Change)}
		if cell.Rate != nil {
			row.Note = cell.Rate.Says()
		}
		chartOf.Rows = append(chartOf.Rows, row)
	}
	if len(chartOf.Rows) == 0 {
		return nil
	}
	chartOf.Finding = fmt.Sprintf("In %s the share of bad runs is another than it was.", say.Plural(len(chartOf.Rows), "cell", "cells"))
	return newFigure(chartOf.Title, chartOf.Finding, chartOf)
}

func turnOf(c compare.Change) chart.Turn {
	switch c {
	case compare.Worse:
		return chart.Worse
	case compare.Better:
		return chart.Better
	}
	return chart.NoTurn
}

// costArrows draws the costs that are shown to have changed, a chart for each metric.
func costArrows(c *compare.Comparison) []*figureView {
	var charts []*chart.Arrows
	for _, cell := range c.Cells {
		for _, cost := range cell.Costs {
			if !slices.Contains([]compare.Outcome{compare.Regressed, compare.Improved, compare.Inconclusive}, cost.Outcome) {
				continue
			}
			at := slices.IndexFunc(charts, func(a *chart.Arrows) bool { return a.Title == cost.Metric })
			if at < 0 {
				at = len(charts)
				charts = append(charts, &chart.Arrows{ID: fmt.Sprintf("chart-baseline-cost-%d", at+1), Title: cost.Metric, Unit: cost.Unit})
			}
			charts[at].Rows = append(charts[at].Rows, costRow(cell, cost))
		}
	}
	var figures []*figureView
	for _, a := range charts {
		a.Finding = fmt.Sprintf("In %s this cost is shown to have changed.", say.Plural(len(a.Rows), "cell", "cells"))
		figures = append(figures, newFigure(a.Title, a.Finding, *a))
	}
	return figures
}

func costRow(cell compare.Cell, cost compare.Cost) chart.ArrowsRow {
	row := chart.ArrowsRow{Strategy: cell.Strategy, Scenario: cell.Scenario, Old: median(cost.Old), New: median(cost.New), Turn: chart.NoTurn, Note: cost.Says()}
	switch cost.Outcome {
	case compare.Regressed:
		row.Turn = chart.Worse
	case compare.Improved:
		row.Turn = chart.Better
	}
	return row
}

func median(e compare.Estimate) float64 {
	if e.Median == nil {
		return math.NaN()
	}
	return *e.Median
}
