package chart

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

// ForestRow says how sure the verdict of one cell is: the share of bad runs, with the
// interval of the true share.
type ForestRow struct {
	place
	Found   []reports.Verdict // the worst first
	Tally   reports.Tally
	MaxRate float64         // the required bound; 0: none
	Search  *reports.Search // a search counts no runs, and has no rate
}

// NewForest makes a row for each cell.
func NewForest(id, title string, cells []reports.Cell) Plot[ForestRow] {
	p := Plot[ForestRow]{ID: id, Title: title, look: forest}
	for at, c := range byStrategy(cells) {
		p.Rows = append(p.Rows, ForestRow{at, c.Found(), c.Tally, c.Expectation().MaxRate, c.Search})
	}
	return p
}

func forestFinding(rows []ForestRow) string {
	if len(rows) == 0 {
		return "Nothing was run, so nothing is known."
	}
	bad := reports.Those(rows, ForestRow.bad)
	searched := reports.Those(rows, func(r ForestRow) bool { return !r.bad() && r.Search != nil })
	open := reports.Those(rows, func(r ForestRow) bool { return !r.bad() && r.Search == nil })
	text := fmt.Sprintf("%d of %s shown to be bad", len(bad), format.Plural(len(rows), "cell is", "cells are"))
	if sampled := reports.Those(bad, func(r ForestRow) bool { return r.missing() == "" }); len(sampled) > 0 {
		low, high := extremes(sampled, ForestRow.share)
		switch {
		case len(sampled) == 1:
			text += ", by " + low.proof()
		case low.share() == high.share():
			text += ", each in " + percent(low.share()) + " of its runs"
		default:
			text += ", by " + low.proof() + " to " + high.proof()
		}
	}
	if len(searched) > 0 {
		complete := reports.Those(searched, ForestRow.complete)
		text += fmt.Sprintf("; %d of %s that found nothing covered everything within bounds", len(complete), format.Plural(len(searched), "search", "searches"))
	}
	if len(open) > 0 {
		_, loosest := extremes(open, func(r ForestRow) float64 { return r.Tally.Rate().High })
		text += fmt.Sprintf("; of those without a bad run, least is known of %s: %s", loosest.where(false), format.Rate(loosest.Tally))
	}
	return text + "."
}

// bad tells whether a row is drawn as proof, and not as a bound.
func (r ForestRow) bad() bool { return reports.Worst(r.Found...).Bad() }

// proof counts the bad runs of a cell, and names it.
func (r ForestRow) proof() string { return r.briefCount() + " runs (" + r.where(false) + ")" }

// share is where the mark of a bad cell is drawn.
func (r ForestRow) share() float64 { return r.Tally.Rate().Point }

var forest = look[ForestRow]{
	rowHeight: 24,
	columns: []column[ForestRow]{
		{head: "verdict", value: func(r ForestRow) string { return svg.Words(r.Found) }, brief: nothing, x: 180, mark: func(d *svg.Drawing, y float64, r ForestRow) { d.Verdicts(r.Found, 180, y) }},
		{head: "bad runs", value: ForestRow.count, brief: ForestRow.briefCount, x: 500, right: true, room: 74},
		{head: "true share (95 %)", value: ForestRow.rate, brief: ForestRow.briefRate, x: 846, room: 114},
		{head: "required", value: ForestRow.required},
	},
	scale: func([]ForestRow) svg.Scale { return rates(528, 562, 814) }, axis: "share of bad runs", tick: tickRate,
	keys: forestKeys, finding: forestFinding, missing: ForestRow.missing, missingBold: ForestRow.complete, missingRoom: 280, draw: drawForest,
}

// nothing is the text of a column that draws a sign instead.
func nothing(ForestRow) string { return " " }

// rates is the scale for shares of bad runs: 0, and then 0.01 % to 100 %.
func rates(zero, start, end float64) svg.Scale {
	return svg.Scale{Low: 0.0001, High: 1, Start: start, End: end, Log: true, Zero: zero}
}

func tickRate(share float64) string {
	if share == 0 {
		return "0"
	}
	return svg.Round(100*share) + " %"
}

func (r ForestRow) count() string {
	if r.Search != nil {
		return format.Search(*r.Search)
	}
	return format.Count(r.Tally)
}

func (r ForestRow) briefCount() string {
	if r.Search != nil {
		return " "
	}
	return countOf(r.Tally.Bad(), r.Tally.Conclusive())
}

// rate is the interval of the true share: "5.8–22.2 %", "< 4.9 %".
func (r ForestRow) rate() string {
	if r.Search != nil {
		return r.Search.Bounds
	}
	return strings.TrimPrefix(format.Rate(r.Tally), "true rate ")
}

func (r ForestRow) briefRate() string {
	if r.Search != nil {
		return "no rate"
	}
	return r.rate()
}

func (r ForestRow) required() string {
	if r.MaxRate > 0 {
		return "< " + tickRate(r.MaxRate)
	}
	return ""
}

func (r ForestRow) missing() string {
	switch {
	case r.Search != nil:
		return format.Search(*r.Search)
	case r.Tally.Conclusive() == 0:
		return "no run proves anything"
	}
	return ""
}

func (r ForestRow) complete() bool { return r.Search != nil && r.Search.Complete }

func forestKeys(d *svg.Drawing, rows []ForestRow) []svg.Key {
	return []svg.Key{
		{Shown: true, Word: "share of bad runs, and the interval of the true one (95 %)", Draw: func(x, y float64) {
			whisker(d, x-12, x+12, y)
			d.Mark(reports.Lost, x, y, 12)
		}},
		{Shown: true, Word: "no bad run: the true share is below the tip (95 %)", Draw: func(x, y float64) { bound(d, x-8, x+13, y) }},
		{Shown: slices.ContainsFunc(rows, func(r ForestRow) bool { return r.MaxRate > 0 }), Word: "bound that is required", Draw: func(x, y float64) { required(d, x, y) }},
	}
}

func drawForest(d *svg.Drawing, s svg.Scale, y float64, r ForestRow) {
	rate := r.Tally.Rate()
	if r.MaxRate > 0 {
		required(d, s.At(r.MaxRate), y)
	}
	if !r.bad() {
		bound(d, s.Zero, s.At(rate.High), y)
	} else {
		whisker(d, s.At(rate.Low), s.At(rate.High), y)
		d.Mark(reports.Worst(r.Found...), s.At(r.share()), y, 12)
	}
}

func whisker(d *svg.Drawing, x1, x2, y float64) {
	for _, line := range [][4]float64{{x1, y, x2, y}, {x1, y - 4, x1, y + 4}, {x2, y - 4, x2, y + 4}} {
		d.Line(line[0], line[1], line[2], line[3], svg.Line(svg.Plain, 1.5))
	}
}

func bound(d *svg.Drawing, zero, x, y float64) {
	d.Circle(zero, y, 4.5, svg.Line(svg.Plain, 2))
	d.Arrow(zero+5.5, y, x, y, svg.Line(svg.Plain, 1.5))
}

func required(d *svg.Drawing, x, y float64) { d.Line(x, y-9, x, y+9, svg.Line(svg.Plain, 3)) }
