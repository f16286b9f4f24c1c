package chart

import (
	"cmp"
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/metric"
)

// CostRow is the cost of one cell by a metric: the median and the middle half of its runs.
type CostRow struct {
	place
	Values  []float64 // one of each run that counts
	Runs    int       // all of the cell, also those that do not count
	Missing string    // why there are no values
	Wrong   bool      // no run was right, and the values are those of wrong ones
}

// NewCosts makes a row for each cell that was run. It takes the right runs of the cell;
// if none was right and the metric counts wrong ones, those. All rows share a scale from 0.
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
	p.Finding = costFinding(p.Rows, m.Unit)
	return p
}

// CostOf measures one cell.
func CostOf(m metric.Metric, c reports.Cell) CostRow {
	row := CostRow{Runs: max(c.Tally.N, len(c.Runs)), Missing: whyNone(c, c.Tally.Safe, "no run was right")}
	row.measure(c.Runs, m, func(r reports.Run) bool { return r.Verdict == reports.Safe })
	if m.CountsWrong && c.Tally.Safe == 0 {
		row.measure(c.Runs, m, func(r reports.Run) bool { return r.Verdict.Bad() && !slices.Contains(r.Found(), reports.Stuck) })
		row.Wrong = len(row.Values) > 0
	}
	row.Values = finite(row.Values)
	return row
}

func (r *CostRow) measure(runs []reports.Run, m metric.Metric, counts func(reports.Run) bool) {
	for _, run := range runs {
		if !counts(run) {
			continue
		}
		if v, missing := m.Of(run); missing == "" {
			r.Values = append(r.Values, v)
		} else if run.Verdict == reports.Safe {
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

// costFinding names the highest and the lowest median of the first scenario with two
// right strategies.
func costFinding(rows []CostRow, unit string) string {
	rows = slices.DeleteFunc(slices.Clone(rows), func(r CostRow) bool { return r.Wrong || len(r.Values) == 0 })
	if len(rows) == 0 {
		return "No run that was right has been measured, so there is nothing to compare."
	}
	under := func(scenario string) (own []CostRow) {
		return slices.DeleteFunc(slices.Clone(rows), func(r CostRow) bool { return r.Scenario != scenario })
	}
	own := under(rows[len(rows)-1].Scenario)
	for _, r := range rows {
		if some := under(r.Scenario); len(some) > 1 {
			own = some
			break
		}
	}
	byMedian := func(a, b CostRow) int { return cmp.Compare(a.quantile(0.5), b.quantile(0.5)) }
	low, high := slices.MinFunc(own, byMedian), slices.MaxFunc(own, byMedian)
	if low.Strategy == high.Strategy {
		return fmt.Sprintf("Under %s, %s comes to %s %s.", low.Scenario, low.Strategy, low.Median(), unit)
	}
	return fmt.Sprintf("Under %s, the medians go from %s (%s) to %s %s (%s).", low.Scenario, low.Median(), low.Strategy, high.Median(), unit, high.Strategy)
}

var costs = look[CostRow]{
	width: 900, rowHeight: 24, byScenario: true,
	columns: []column[CostRow]{
		{head: "median", value: CostRow.Median, x: 690, right: true, room: 72},
		{head: "lower quartile", value: func(r CostRow) string { return r.quartile(0.25) }},
		{head: "upper quartile", value: func(r CostRow) string { return r.quartile(0.75) }},
		{head: "of runs", value: func(r CostRow) string { return countOf(len(r.Values), max(r.Runs, len(r.Values))) }, x: 704, room: 88},
		{head: "result", value: func(r CostRow) string { return result(len(r.Values) > 0, r.Wrong) }, x: 800, room: 100, bold: func(r CostRow) bool { return r.Wrong }},
		{head: "why none", value: CostRow.missing},
	},
	scale: costScale, tick: svg.Round, keys: costKeys, missing: CostRow.missing, missingRoom: 390, draw: drawCost,
}

func result(measured, wrong bool) string {
	switch {
	case !measured:
		return ""
	case wrong:
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
	return svg.Linear(0, most, 220, 610)
}

func (r CostRow) missing() string {
	if len(r.Values) > 0 {
		return ""
	}
	return cmp.Or(r.Missing, "-")
}

// quantile of the values; NaN if there are none.
func (r CostRow) quantile(q float64) float64 { return metric.Quantile(r.Values, q) }

// Median says the median of the values; "-" if there are none.
func (r CostRow) Median() string { return svg.Round(r.quantile(0.5)) }

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
	return []svg.Key{
		{Shown: true, Word: "median", Draw: func(x, y float64) { d.Circle(x, y, 4.5, dot) }},
		{Shown: true, Word: "the middle half of the runs", Draw: func(x, y float64) { middleHalf(d, x-12, x+12, y) }},
		{
			Shown: slices.ContainsFunc(rows, func(r CostRow) bool { return r.Wrong }), Word: "median of runs with a wrong result",
			Draw: func(x, y float64) { d.Cross(x, y, 5, svg.Line(svg.Plain, 2.5)) },
		},
		{
			Shown: slices.ContainsFunc(rows, func(r CostRow) bool { return r.few() && len(r.Values) > 0 }),
			Word:  fmt.Sprintf("single runs, where there are fewer than %d", fewValues), Draw: func(x, y float64) { d.Circle(x, y, 3.5, svg.Line(svg.Plain, 1)) },
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
		middleHalf(d, s.At(r.quantile(0.25)), s.At(r.quantile(0.75)), y)
	}
	if x := s.At(r.quantile(0.5)); r.Wrong {
		d.Cross(x, y, 5, svg.Line(svg.Plain, 2.5))
	} else {
		d.Circle(x, y, 4.5, dot)
	}
}

func middleHalf(d *svg.Drawing, x1, x2, y float64) {
	d.Rect(x1, y-5, max(1, x2-x1), 10, svg.Paint{Fill: svg.Solid(svg.Plain), Opacity: 0.35})
}
