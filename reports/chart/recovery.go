package chart

import (
	"fmt"
	"math"
	"slices"
	"time"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/metric"
	"onceover/reports/steps"
)

// RecoveryRow holds the recovery times of one cell: from each fault to the commit of the
// work that it hit. Faults without a recovery stand beside the scale, so that nobody
// takes them for fast ones; they are counted, and enter no average.
type RecoveryRow struct {
	place
	RecoveredMS []float64 // since the fault
	CensoredMS  []float64 // how long each fault without a recovery was watched
	Missing     string    // why there are neither
	Wrong       bool      // rows were lost or duplicated in some run
}

// NewRecovery makes a row for each cell with a fault. silent tells whether the workers of
// a cell report no steps; nil: all report them.
func NewRecovery(id, title string, cells []reports.Cell, leaseMS int64, silent func(reports.Cell) bool) Plot[RecoveryRow] {
	p := Plot[RecoveryRow]{ID: id, Title: title, look: recoveryLook(float64(leaseMS))}
	for at, c := range byStrategy(ran(cells)) {
		row := RecoveryRow{place: at, Wrong: wrong(c)}
		for _, r := range c.Runs {
			row.RecoveredMS = append(row.RecoveredMS, r.RecoveryMS...)
			row.CensoredMS = append(row.CensoredMS, r.CensoredMS...)
		}
		row.RecoveredMS, row.CensoredMS = finite(row.RecoveredMS), finite(row.CensoredMS)
		if row.faults() == 0 {
			if row.Missing = whyUnmeasured(c, silent != nil && silent(c)); row.Missing == "" {
				continue
			}
		}
		p.Rows = append(p.Rows, row)
	}
	return p
}

// wrong tells whether rows were lost or duplicated in some run of a cell.
func wrong(c reports.Cell) bool {
	return slices.Contains(c.Found(), reports.Lost) || slices.Contains(c.Found(), reports.Duplicated)
}

// whyUnmeasured says why no recovery was measured after the faults of a cell; empty:
// there were no faults. A recovery is measured for work that was open when a fault hit
// it, and ends with the report of its commit or with the run.
func whyUnmeasured(c reports.Cell, silent bool) string {
	struck := format.CountFaults([]reports.Cell{c})
	after := fmt.Sprintf("not measured, %s: ", format.Plural(struck.Confirmed, "fault", "faults"))
	switch {
	case struck.Confirmed == 0:
		return ""
	case silent:
		return after + "these workers do not report their steps"
	case struck.Of("lose-reply") == struck.Confirmed:
		return after + "the commit took effect, its reply was lost, and no worker reported it"
	}
	return after + "no open chunk was hit, or it was committed without a report"
}

func (r RecoveryRow) faults() int { return len(r.RecoveredMS) + len(r.CensoredMS) }

func (r RecoveryRow) median() float64 { return metric.SurvivalMedian(r.RecoveredMS, r.CensoredMS) }

// recoveryFinding counts the faults that are drawn, and names the highest median of those that
// are drawn as a line: where fewer than half of the faults were recovered from, there is none.
func recoveryFinding(rows []RecoveryRow) string {
	faults, recovered := 0, 0
	var all []float64
	for _, r := range rows {
		faults, recovered = faults+r.faults(), recovered+len(r.RecoveredMS)
		all = append(all, r.RecoveredMS...)
	}
	if faults == 0 {
		return "No recovery was measured."
	}
	text := fmt.Sprintf("Work went on after %s of %s", format.Thousands(recovered), format.Plural(faults, "fault", "faults"))
	if all = finite(all); len(all) > 0 {
		text += ", in " + fromTo(took(onScale(all[0])), took(onScale(all[len(all)-1])))
	}
	if censored := faults - recovered; censored > 0 {
		text += fmt.Sprintf("; after %s it did not, by the end of the run", format.Thousands(censored))
	}
	medians := drawnOf(rows, RecoveryRow.median)
	if len(medians) > 0 {
		_, slowest := extremes(medians, RecoveryRow.median)
		text += fmt.Sprintf("; the highest median is %s (%s)", slowest.Median(), slowest.where(slowest.Wrong))
	}
	if n := len(reports.Those(rows, func(r RecoveryRow) bool { return r.faults() > 0 })) - len(medians); n > 0 {
		text += fmt.Sprintf("; %s no median, since too few of its faults were recovered from", format.Plural(n, "cell has", "cells have"))
	}
	return text + "."
}

// took is a time in milliseconds as text.
func took(ms float64) string {
	switch {
	case math.IsNaN(ms):
		return ""
	case ms < 1 && ms > 0:
		return svg.Round(ms) + "ms"
	}
	return format.Duration(time.Duration(min(max(ms, 0), 1e12) * float64(time.Millisecond)))
}

// recoveryLook draws the lease as a line to compare with, if there is one.
func recoveryLook(leaseMS float64) look[RecoveryRow] {
	lease := svg.Paint{Stroke: svg.Plain, Width: 1.5, Dash: svg.Dashed}
	return look[RecoveryRow]{
		rowHeight: 30,
		columns: []column[RecoveryRow]{
			{head: "recovered", value: func(r RecoveryRow) string { return format.Thousands(len(r.RecoveredMS)) }},
			{head: "fastest", value: func(r RecoveryRow) string { return took(metric.Quantile(r.RecoveredMS, 0)) }},
			{head: "median", value: RecoveryRow.Median, x: 618, room: 92},
			{head: "slowest", value: func(r RecoveryRow) string { return took(metric.Quantile(r.RecoveredMS, 1)) }},
			{
				head: "not recovered", value: RecoveryRow.lost, brief: RecoveryRow.watchedLost, x: 732, room: 228, bold: RecoveryRow.censored,
				mark: func(d *svg.Drawing, y float64, r RecoveryRow) {
					if r.censored() {
						notRecovered(d, 719, y)
					}
				},
			},
			{head: "watched for", value: RecoveryRow.watched},
			{head: "result", value: func(r RecoveryRow) string { return result(r.Wrong) }},
		},
		finding: recoveryFinding, scale: func(rows []RecoveryRow) svg.Scale { return recoveryScale(rows, leaseMS) },
		axis: "time since the fault", tick: steps.Took,
		keys: func(d *svg.Drawing, rows []RecoveryRow) []svg.Key {
			anyWrong := slices.ContainsFunc(rows, func(r RecoveryRow) bool { return r.Wrong })
			return []svg.Key{
				{Shown: true, Word: "a fault that was recovered from", Draw: func(x, y float64) { d.Marks(mark, x-6, y, x+5, y) }},
				{Shown: anyWrong, Word: "the same, where a result is wrong", Draw: func(x, y float64) { d.Crosses(crossed, x-6, y, x+5, y) }},
				{Shown: true, Word: "median", Draw: func(x, y float64) { d.Line(x, y-12, x, y+12, svg.Line(svg.Plain, 2.5)) }},
				{Shown: true, Word: "not recovered by the end of the run: beside the scale, not on it", Draw: func(x, y float64) { notRecovered(d, x, y) }},
				{Shown: leaseMS > 0, Word: "lease of locks, " + took(leaseMS), Draw: func(x, y float64) { d.Line(x, y-9, x, y+9, lease) }},
			}
		},
		missing: func(r RecoveryRow) string { return r.Missing }, missingRoom: 752, draw: drawRecovery,
		behind: func(d *svg.Drawing, s svg.Scale, spans [][2]float64) {
			for _, span := range spans {
				if x := s.At(leaseMS); leaseMS > 0 {
					d.Line(x, span[0], x, span[1], lease)
				}
			}
		},
	}
}

// recoveryScale has room for all that is drawn on it, from a millisecond up.
func recoveryScale(rows []RecoveryRow, leaseMS float64) svg.Scale {
	var shown []float64
	for _, r := range rows {
		shown = append(shown, r.RecoveredMS...)
	}
	if leaseMS > 0 {
		shown = append(shown, leaseMS)
	}
	if shown = finite(shown); len(shown) == 0 {
		shown = []float64{1, 1000}
	}
	return svg.Logarithmic(onScale(shown[0]), onScale(shown[len(shown)-1]), 200, 590)
}

// Median is the time by which half have recovered.
func (r RecoveryRow) Median() string {
	if m := r.median(); !math.IsNaN(m) {
		return took(m)
	}
	if r.faults() > 0 {
		return "not reached"
	}
	return ""
}

func (r RecoveryRow) censored() bool { return len(r.CensoredMS) > 0 }

func (r RecoveryRow) lost() string {
	if r.faults() == 0 {
		return r.Missing
	}
	return countOf(len(r.CensoredMS), r.faults())
}

// watchedLost also says for how long the faults were watched.
func (r RecoveryRow) watchedLost() string {
	if text := r.watched(); text != "" {
		return r.lost() + ", watched " + text
	}
	return r.lost()
}

func (r RecoveryRow) watched() string {
	return fromTo(took(metric.Quantile(r.CensoredMS, 0)), took(metric.Quantile(r.CensoredMS, 1)))
}

func fromTo(least, most string) string {
	if least == most {
		return least
	}
	return least + " to " + most
}

// onScale is where a time is drawn: the scale begins at a millisecond.
func onScale(ms float64) float64 { return max(1, ms) }

// mark is paint for single faults, of which there may be thousands.
var (
	mark    = svg.Paint{Stroke: svg.Plain, Width: 5.5, Opacity: 0.6}
	crossed = svg.Line(svg.Plain, 1.2)
)

func drawRecovery(d *svg.Drawing, s svg.Scale, y float64, r RecoveryRow) {
	var stack beeswarm
	var points []float64
	for _, ms := range r.RecoveredMS {
		x := s.At(onScale(ms))
		points = append(points, x, y+stack.place(x))
	}
	if r.Wrong {
		d.Crosses(crossed, points...)
	} else {
		d.Marks(mark, points...)
	}
	if m := r.median(); !math.IsNaN(m) {
		x := s.At(onScale(m))
		d.Line(x, y-12, x, y+12, svg.Line(svg.Plain, 2.5))
	}
}

// beeswarm moves marks that would lie on each other up and down. It holds where each
// of its lines ends.
type beeswarm [3]float64

// place is how far a mark at x is moved. Marks come from left to right.
func (b *beeswarm) place(x float64) float64 {
	line := slices.IndexFunc(b[:], func(end float64) bool { return end <= x })
	if line < 0 {
		line = slices.Index(b[:], slices.Min(b[:]))
	}
	b[line] = x + 6.5
	return []float64{0, -7, 7}[line]
}

func notRecovered(d *svg.Drawing, x, y float64) {
	d.Path(svg.Line(svg.Plain, 1.5), "M"+svg.Number(x-3)+" "+svg.Number(y-4.5)+"l7 4.5l-7 4.5z")
}
