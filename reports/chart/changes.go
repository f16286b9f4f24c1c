package chart

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"slices"

	"onceover/reports/chart/svg"
	"onceover/reports/compare"
	"onceover/reports/format"
)

// ChangeRow is one number of one cell, in an older and in a newer result.
type ChangeRow struct {
	place
	Old, New float64        // NaN: there is none
	Turn     compare.Change // Better or Worse; any other: no difference is shown, or the two cannot be compared
	Note     string         // why no difference is shown, or how sure it is
}

// NewRateChanges shows the share of bad runs of the cells that both results ran. The
// comparison decides which became worse: one counterexample is proof, however small the
// share.
func NewRateChanges(id string, c *compare.Comparison) Plot[ChangeRow] {
	p := newChanges(id, "Are more runs bad than before?", "share of bad runs", tickRate, percent)
	p.scale = func([]ChangeRow) svg.Scale { return rates(208, 242, 480) }
	never := 0
	for at, cell := range inOrder(c) {
		if cell.Old == nil || cell.New == nil || cell.Old.Search != nil || cell.New.Search != nil {
			continue
		}
		row := ChangeRow{place: at, Old: badShare(cell.Old), New: badShare(cell.New), Turn: cell.Change}
		if row.Old == 0 && row.New == 0 {
			never++ // the forest shows how sure that is
			continue
		}
		if cell.Rate != nil {
			row.Note = probability(cell.Rate.Adjusted)
		}
		p.Rows = append(p.Rows, row)
	}
	if never > 0 {
		p.Note = fmt.Sprintf("%s without a bad run in either result, and not drawn.", format.Plural(never, "cell is", "cells are"))
	}
	return p
}

// badShare is the share of bad runs; NaN if no run proved anything.
func badShare(s *compare.Evidence) float64 {
	if s.Of == 0 {
		return math.NaN()
	}
	return s.BadRate.Point
}

// NewCostChanges makes a chart for each cost that either result measured.
func NewCostChanges(id string, c *compare.Comparison) []Plot[ChangeRow] {
	var charts []Plot[ChangeRow]
	for at, cell := range inOrder(c) {
		for _, cost := range cell.Costs {
			title := "Has it become dearer? " + cost.Metric
			i := slices.IndexFunc(charts, func(p Plot[ChangeRow]) bool { return p.Title == title })
			if i < 0 {
				i = len(charts)
				charts = append(charts, newChanges(fmt.Sprintf("%s-%d", id, i+1), title, cost.Unit, svg.Round, svg.Round))
			}
			charts[i].Rows = append(charts[i].Rows, costRow(at, cost))
		}
	}
	return charts
}

func costRow(at place, cost compare.Cost) ChangeRow {
	row := ChangeRow{place: at, Note: cost.Note, Old: median(cost.Old), New: median(cost.New)}
	switch cost.Outcome {
	case compare.Regressed:
		row.Turn, row.Note = compare.Worse, effect(cost)
	case compare.Improved:
		row.Turn, row.Note = compare.Better, effect(cost)
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
	text, sure := "", "not tested"
	if c.Effect != nil {
		if text = percent(c.Effect.Point - 1); c.Absolute {
			text = svg.Round(c.Effect.Point)
		}
		if text[0] != '-' {
			text = "+" + text
		}
		text += ", "
	}
	if c.Adjusted != nil {
		sure = probability(*c.Adjusted)
	}
	return text + sure
}

func probability(p float64) string {
	if p < 0.001 {
		return "p < 0.001"
	}
	return fmt.Sprintf("p = %.3f", p)
}

// inOrder yields the cells of a strategy together, in order of appearance.
func inOrder(c *compare.Comparison) iter.Seq2[place, compare.Cell] {
	cells := grouped(c.Cells, func(cell compare.Cell) string { return cell.Strategy })
	return withPlaces(cells, func(cell compare.Cell) (string, place) { return cell.World, place{cell.Strategy, cell.Scenario} })
}

func changeFinding(rows []ChangeRow) string {
	if len(rows) == 0 {
		return "There is nothing to compare."
	}
	drawn := slices.DeleteFunc(slices.Clone(rows), func(r ChangeRow) bool { return r.missing() != "" })
	turns := map[string]int{}
	for _, r := range drawn {
		turns[r.turn()]++
	}
	text := fmt.Sprintf("%d of %s became worse and %d better; in %d no difference is shown",
		turns[string(compare.Worse)], format.Plural(len(rows), "cell", "cells"), turns[string(compare.Better)], turns[noTurn])
	if n := len(rows) - len(drawn); n > 0 {
		text += fmt.Sprintf("; %d cannot be compared", n)
	}
	return text + "."
}

// newChanges is a plot of values in a unit; its rows are still to come.
func newChanges(id, title, unit string, tick, spell func(float64) string) Plot[ChangeRow] {
	older := func(r ChangeRow) string { return spell(r.Old) }
	newer := func(r ChangeRow) string { return spell(r.New) }
	return Plot[ChangeRow]{ID: id, Title: title, look: look[ChangeRow]{
		rowHeight: 24,
		columns: []column[ChangeRow]{
			{head: "older, " + unit, value: older},
			{head: "newer, " + unit, value: newer},
			{head: "older → newer", brief: func(r ChangeRow) string { return older(r) + " → " + newer(r) }, x: 510, room: 140},
			{head: "change", value: ChangeRow.turn, x: 656, room: 56, bold: func(r ChangeRow) bool { return r.Turn == compare.Worse }},
			{head: "why or how sure", value: func(r ChangeRow) string { return r.Note }, x: 712, room: 248},
		},
		finding: changeFinding, scale: changeScale, axis: unit, tick: tick, keys: changeKeys, missing: ChangeRow.missing, missingRoom: 692, draw: drawChange,
	}}
}

func changeScale(rows []ChangeRow) svg.Scale {
	shown := []float64{0}
	for _, r := range rows {
		shown = append(shown, r.Old, r.New)
	}
	shown = finite(shown)
	return svg.Linear(shown[0], shown[len(shown)-1], 208, 480)
}

// noTurn is the sign of a row in which no difference is shown.
const noTurn = "~"

func (r ChangeRow) turn() string {
	if r.Turn == compare.Better || r.Turn == compare.Worse {
		return string(r.Turn)
	}
	return noTurn
}

func (r ChangeRow) missing() string {
	if len(finite([]float64{r.Old, r.New})) > 0 {
		return ""
	}
	return "~ " + cmp.Or(r.Note, "nothing was measured")
}

func changeKeys(d *svg.Drawing, _ []ChangeRow) []svg.Key {
	return []svg.Key{
		{Shown: true, Word: "older", Draw: func(x, y float64) { d.Circle(x, y, dotRadius, older) }},
		{Shown: true, Word: "newer", Draw: func(x, y float64) { d.Circle(x, y, dotRadius, dot) }},
		{Shown: true, Word: "a difference", Draw: func(x, y float64) { d.Arrow(x-12, y, x+12, y, svg.Line(svg.Plain, 1.5)) }},
		{Shown: true, Word: "~ no difference that is shown", Draw: func(x, y float64) { d.Line(x-12, y, x+12, y, unshown) }},
	}
}

const dotRadius = 4.5

var (
	older   = svg.Line(svg.Plain, 1.8)
	unshown = svg.Paint{Stroke: svg.Plain, Dash: svg.Fine}
)

func drawChange(d *svg.Drawing, s svg.Scale, y float64, r ChangeRow) {
	hasOld, hasNew := len(finite([]float64{r.Old})) > 0, len(finite([]float64{r.New})) > 0
	x1, x2 := s.At(r.Old), s.At(r.New)
	if hasOld && hasNew && math.Abs(x2-x1) >= 2*dotRadius+1 {
		gap := math.Copysign(dotRadius+0.5, x2-x1)
		if r.turn() == noTurn {
			d.Line(x1+gap, y, x2-gap, y, unshown)
		} else {
			d.Arrow(x1+gap, y, x2-gap, y, svg.Line(svg.Plain, 1.5))
		}
	}
	if hasNew {
		d.Circle(x2, y, dotRadius, dot)
	}
	if hasOld {
		d.Circle(x1, y, dotRadius, older)
	}
}
