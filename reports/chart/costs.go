package chart

import (
	"cmp"
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/metric"
)

// CostRow is the cost of one cell by a metric: the median and the middle half of its runs.
type CostRow struct {
	place
	Values  []float64 // one of each run that counts
	Runs    int       // all of the cell, also those that do not count
	Missing string    // why there are no values
	Wrong   bool      // no run was right, and the values are those of wrong ones
	Bad     int       // runs with a wrong result, beside the right ones
}

// NewCosts makes a row for each cell that was run. It takes the right runs of the cell;
// if none was right, the wrong ones, and marks them. All rows share a scale from 0.
func NewCosts(id, title string, m metric.Metric, cells []reports.Cell) Plot[CostRow] {
	p := Plot[CostRow]{ID: id, Title: title, Note: m.Note, look: costs}
	p.axis, p.columns = m.Unit, slices.Clone(p.columns)
	p.columns[0].head += ", " + m.Unit
	for at, c := range byStrategy(ran(cells)) {
		row := CostOf(m, c)
		row.place = at
		p.Rows = append(p.Rows, row)
	}
	p.Rows = grouped(p.Rows, func(r CostRow) string { return r.Scenario })
	p.finding = func(rows []CostRow) string { return costFinding(rows, m.Unit) }
	return p
}

// CostOf measures one cell.
func CostOf(m metric.Metric, c reports.Cell) CostRow {
	row := CostRow{Runs: max(c.Tally.N, len(c.Runs)), Missing: whyNone(c, c.Tally.Safe, "no run was right")}
	row.measure(c.Runs, m, func(r reports.Run) bool { return r.Verdict == reports.Safe })
	if c.Tally.Safe == 0 {
		row.measure(c.Runs, m, wrongButDone)
		row.Wrong = len(row.Values) > 0
	} else {
		row.Bad = c.Tally.Lost + c.Tally.Duplicated
	}
	row.Values = finite(row.Values)
	return row
}

// wrongButDone tells whether a run came to an end with a wrong result: one that got stuck
// waited for its deadline.
func wrongButDone(r reports.Run) bool {
	return r.Verdict.Bad() && !slices.Contains(r.Found(), reports.Stuck)
}

func (r *CostRow) measure(runs []reports.Run, m metric.Metric, counts func(reports.Run) bool) {
	for _, run := range runs {
		if !counts(run) {
			continue
		}
		if v, missing := m.Of(run); missing == "" {
			r.Values = append(r.Values, v)
		} else {
			r.Missing = missing
		}
	}
}

// whyNone says why a cell shows no run: none counts, or those that count were not kept.
func whyNone(c reports.Cell, counted int, otherwise string) string {
	switch {
	case c.Tally.N == 0:
		return "there was no run"
	case counted > 0:
		return "the runs were not kept"
	}
	return otherwise + ": " + badRuns(c)
}

// costFinding says from where to where the medians go that are drawn, and those of right
// results where wrong ones are drawn too.
func costFinding(rows []CostRow, unit string) string {
	drawn := drawnOf(rows, CostRow.median)
	right := slices.DeleteFunc(slices.Clone(drawn), func(r CostRow) bool { return r.Wrong })
	if len(drawn) == 0 {
		return "No run was measured, so there is nothing to compare."
	}
	text := "The " + sayMedians(drawn, unit)
	switch low, high := extremes(drawn, CostRow.median); {
	case len(right) == 0:
		text += "; no result was right"
	case low.Wrong || high.Wrong:
		text += "; where the result was right, the " + sayMedians(right, unit)
	}
	if n := len(rows) - len(drawn); n > 0 {
		text += fmt.Sprintf("; %d of %s could not be measured", n, format.Plural(len(rows), "cell", "cells"))
	}
	return text + "."
}

func sayMedians(rows []CostRow, unit string) string {
	low, high := extremes(rows, CostRow.median)
	if len(rows) == 1 {
		return fmt.Sprintf("median is %s %s (%s)", low.Median(), unit, low.where(low.Wrong))
	}
	return fmt.Sprintf("medians go from %s (%s) to %s %s (%s)", low.Median(), low.where(low.Wrong), high.Median(), unit, high.where(high.Wrong))
}

var costs = look[CostRow]{
	rowHeight: 24, byScenario: true,
	columns: []column[CostRow]{
		{head: "median", value: CostRow.Median, x: 750, right: true, room: 72},
		{head: "lower quartile", value: func(r CostRow) string { return r.quartile(0.25) }},
		{head: "upper quartile", value: func(r CostRow) string { return r.quartile(0.75) }},
		{head: "of runs", value: func(r CostRow) string { return countOf(len(r.Values), max(r.Runs, len(r.Values))) }, x: 764, room: 88},
		{head: "result", value: CostRow.result, x: 860, room: 100, bold: func(r CostRow) bool { return r.Wrong || r.Bad > 0 }},
		{head: "why none", value: CostRow.missing},
	},
	scale: costScale, tick: svg.Round, keys: costKeys, missing: CostRow.missing, missingRoom: 450, draw: drawCost,
}

func (r CostRow) result() string {
	switch {
	case len(r.Values) == 0:
		return ""
	case r.Bad > 0:
		return format.Thousands(r.Bad) + " wrong" // the values are those of the others
	}
	return result(r.Wrong)
}

func result(wrong bool) string {
	if wrong {
		return "wrong"
	}
	return "right"
}

func costScale(rows []CostRow) svg.Scale {
	most := 0.0
	for _, r := range rows {
		if len(r.Values) > 0 {
			most = max(most, r.quantile(1))
		}
	}
	return svg.Linear(0, most, 220, 670)
}

func (r CostRow) missing() string {
	if len(r.Values) > 0 {
		return ""
	}
	return cmp.Or(r.Missing, "-")
}

func (r CostRow) median() float64 { return r.quantile(0.5) }

// quantile of the values; NaN if there are none.
func (r CostRow) quantile(q float64) float64 { return metric.Quantile(r.Values, q) }

// Median says the median of the values; "-" if there are none.
func (r CostRow) Median() string { return svg.Round(r.median()) }

// Fewer values than fewValues have no quartiles: each is drawn.
const fewValues = 4

func (r CostRow) few() bool { return len(r.Values) < fewValues }

func (r CostRow) quartile(q float64) string {
	if r.few() {
		return ""
	}
	return svg.Round(r.quantile(q))
}

func costKeys(d *svg.Drawing, rows []CostRow) []svg.Key {
	has := func(wrong, few bool) bool {
		return slices.ContainsFunc(rows, func(r CostRow) bool { return len(r.Values) > 0 && r.Wrong == wrong && r.few() == few })
	}
	return []svg.Key{
		{Shown: true, Word: "median", Draw: func(x, y float64) { d.Circle(x, y, 4.5, dot) }},
		{Shown: has(false, false), Word: "the middle half of the runs", Draw: func(x, y float64) { middleHalf(d, x-12, x+12, y, false) }},
		{Shown: has(true, false) || has(true, true), Word: "median of runs with a wrong result", Draw: func(x, y float64) { d.Cross(x, y, 5, svg.Line(svg.Plain, 2.5)) }},
		{Shown: has(true, false), Word: "their middle half", Draw: func(x, y float64) { middleHalf(d, x-12, x+12, y, true) }},
		{
			Shown: has(false, true) || has(true, true),
			Word:  fmt.Sprintf("single runs, if fewer than %d", fewValues), Draw: func(x, y float64) { d.Circle(x, y, 3.5, svg.Line(svg.Plain, 1)) },
		},
	}
}

var dot = svg.Paint{Fill: svg.Solid(svg.Plain)}

func drawCost(d *svg.Drawing, s svg.Scale, y float64, r CostRow) {
	if r.few() {
		for _, v := range r.Values {
			d.Circle(s.At(v), y, 3.5, svg.Line(svg.Plain, 1))
		}
	} else {
		middleHalf(d, s.At(r.quantile(0.25)), s.At(r.quantile(0.75)), y, r.Wrong)
	}
	if x := s.At(r.median()); r.Wrong {
		d.Cross(x, y, 5, svg.Line(svg.Plain, 2.5))
	} else {
		d.Circle(x, y, 4.5, dot)
	}
}

func middleHalf(d *svg.Drawing, x1, x2, y float64, wrong bool) {
	paint := svg.Paint{Fill: svg.Solid(svg.Plain), Opacity: 0.35}
	if wrong {
		paint = svg.Paint{Fill: svg.Hatched(svg.Plain), Stroke: svg.Plain}
	}
	d.Rect(x1, y-5, max(1, x2-x1), 10, paint)
}
