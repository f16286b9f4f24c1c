package chart

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/metric"
)

// WasteRow is one kind of work of one cell, and which part of it was done again.
type WasteRow struct {
	place
	Work         string // read from MySQL, or sent to Redis
	First, Again int64  // rows, over all runs that count
	Runs         int    // that count
	Missing      string // why there are none
	Wrong        bool   // no run was right, and these runs were wrong
}

// NewWaste counts the rows that workers read and sent in the runs in which every row
// arrived: each row of the table is needed once, and the rest is work done again. If no
// run of a cell was right, it counts those in which rows arrived twice, and says so.
func NewWaste(id, title string, cells []reports.Cell) Plot[WasteRow] {
	p := Plot[WasteRow]{ID: id, Title: title, look: waste}
	p.Note = "Every row of the table has to be read and sent once; rows that were read or sent beyond that were in vain or, where the result is wrong, may be in the list twice."
	for at, c := range byStrategy(ran(cells)) {
		for _, row := range WasteOf(c) {
			row.place = at
			p.Rows = append(p.Rows, row)
		}
	}
	return p
}

// WasteOf counts the rows that the workers of one cell read, and those that they sent.
func WasteOf(c reports.Cell) [2]WasteRow {
	counts := reports.Safe
	if c.Tally.Safe == 0 {
		counts = reports.Duplicated
	}
	read := WasteRow{Work: "read", Missing: whyNone(c, c.Tally.Safe+c.Tally.Duplicated, "no run moved all rows"), Wrong: counts != reports.Safe}
	sent := read
	sent.Work = "sent"
	for _, r := range c.Runs {
		if r.Verdict == counts {
			cost := cmp.Or(r.Cost, &reports.Cost{Missing: metric.Uncounted(nil)})
			read.add(r.Rows.Table, cost.RowsRead, cost)
			sent.add(r.Rows.Table, cost.RowsSent, cost)
		}
	}
	return [2]WasteRow{read, sent}
}

// add counts the work of a run. A count below the size of the table is incomplete.
func (r *WasteRow) add(table int64, done *int64, cost *reports.Cost) {
	switch {
	case done == nil:
		r.Missing = metric.Uncounted(cost)
	case *done < table:
		r.Missing = "fewer rows were counted than arrived"
	default:
		r.First += table
		r.Again += *done - table
		r.Runs++
	}
}

// wasteFinding names the row with the largest share of wasted work of all that are drawn, and
// of the right ones where wrong ones are drawn too.
func wasteFinding(rows []WasteRow) string {
	drawn := drawnOf(rows, WasteRow.share)
	right := slices.DeleteFunc(slices.Clone(drawn), func(r WasteRow) bool { return r.Wrong })
	if len(drawn) == 0 {
		return "The work was counted in no run that moved all rows."
	}
	_, worst := extremes(drawn, WasteRow.share)
	if worst.Again == 0 {
		return "No row was read or sent a second time."
	}
	text := "The largest share of wasted work is " + worst.named()
	switch {
	case len(right) == 0:
		text += "; no result was right"
	case worst.Wrong:
		_, worst = extremes(right, WasteRow.share)
		text += "; where the result was right, it is " + worst.named()
	}
	return text + "."
}

// named is a share and whose it is.
func (r WasteRow) named() string {
	return fmt.Sprintf("%s (rows %s by %s)", r.Share(), r.Work, r.where(r.Wrong))
}

var waste = look[WasteRow]{
	rowHeight: 20,
	columns: []column[WasteRow]{
		{head: "work", value: func(r WasteRow) string { return r.Work }, x: 196, room: 40},
		{head: "rows for the first time", value: func(r WasteRow) string { return r.ifCounted(format.Thousands(r.First)) }},
		{head: "rows again", value: func(r WasteRow) string { return r.ifCounted(format.Thousands(r.Again)) }},
		{head: "again, share", value: WasteRow.Share, x: 736, right: true, room: 70},
		{head: "rows", brief: func(r WasteRow) string {
			return r.ifCounted(svg.Round(float64(r.Again)) + " of " + svg.Round(float64(r.First)+float64(r.Again)))
		}, x: 750, room: 132},
		{head: "runs", value: func(r WasteRow) string { return format.Thousands(r.Runs) }},
		{head: "result", value: func(r WasteRow) string { return r.ifCounted(result(r.Wrong)) }, x: 890, room: 70, bold: func(r WasteRow) bool { return r.Wrong }},
		{head: "why none", value: WasteRow.missing},
	},
	scale: func([]WasteRow) svg.Scale { return svg.Scale{High: 1, Start: 240, End: 660} },
	axis:  "share of all rows read or sent", tick: func(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) },
	keys: wasteKeys, finding: wasteFinding, missing: WasteRow.missing, missingRoom: 420,
	draw: func(d *svg.Drawing, s svg.Scale, y float64, r WasteRow) {
		bar(d, s.Start, s.At(1-r.share()), s.End, y, r.Wrong)
	},
}

func wasteKeys(d *svg.Drawing, rows []WasteRow) []svg.Key {
	return []svg.Key{
		{Shown: true, Word: "rows read or sent for the first time", Draw: func(x, y float64) { bar(d, x-12, x+12, x+12, y, false) }},
		{Shown: true, Word: "rows read or sent again, in vain", Draw: func(x, y float64) { bar(d, x-12, x-12, x+12, y, false) }},
		{
			Shown: slices.ContainsFunc(rows, func(r WasteRow) bool { return r.Wrong && r.missing() == "" }),
			Word:  "the same, and the result is wrong", Draw: func(x, y float64) { bar(d, x-12, x-12, x+12, y, true) },
		},
	}
}

// Share is the share of work done again as text; "-" if nothing was counted.
func (r WasteRow) Share() string { return percent(r.share()) }

// share is the share of work done again; NaN if nothing was counted.
func (r WasteRow) share() float64 {
	all := float64(r.First) + float64(r.Again)
	if r.First < 0 || r.Again < 0 || all <= 0 {
		return math.NaN()
	}
	return float64(r.Again) / all
}

func (r WasteRow) missing() string {
	if math.IsNaN(r.share()) {
		return cmp.Or(r.Missing, "-")
	}
	return ""
}

func (r WasteRow) ifCounted(text string) string {
	if math.IsNaN(r.share()) {
		return ""
	}
	return text
}

// bar is a bar whose first part is pale, and whose second is dark, or hatched where the result
// is wrong.
func bar(d *svg.Drawing, x1, x2, x3, y float64, wrong bool) {
	if x2 > x1 {
		d.Rect(x1, y-6, x2-x1, 12, svg.Paint{Fill: svg.Solid(svg.Plain), Opacity: 0.45})
	}
	if x3 > x2 {
		again := svg.Solid(svg.Plain)
		if wrong {
			again = svg.Hatched(svg.Plain)
		}
		d.Rect(x2, y-6, x3-x2, 12, svg.Paint{Fill: again, Stroke: svg.Plain})
	}
}
