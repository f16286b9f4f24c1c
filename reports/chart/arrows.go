package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"math"

	"onceover/reports/say"
)

// Arrows shows what has become of a number between an older result and a newer.
type Arrows struct {
	ID      string // unique on the page
	Title   string
	Finding string // a sentence; empty: one is made
	Unit    string // of the values
	Shares  bool   // the values are shares of bad runs, from 0 to 1
	Rows    []ArrowsRow
}

// ArrowsRow is one cell. Rows of the same strategy follow each other.
type ArrowsRow struct {
	Strategy, Scenario string
	Old, New           float64 // NaN: there is none
	Turn               Turn
	Note               string // why nothing is shown, or how sure it is
}

// Turn is what a change comes to.
type Turn string

const (
	NoTurn Turn = "~" // not shown to be a difference, or not comparable
	Better Turn = "better"
	Worse  Turn = "worse"
)

// finding counts the turns.
func (c Arrows) finding() string {
	if len(c.Rows) == 0 {
		return "There is nothing to compare."
	}
	better, worse := 0, 0
	for _, r := range c.Rows {
		switch r.Turn {
		case Better:
			better++
		case Worse:
			worse++
		}
	}
	return fmt.Sprintf("Of %s, %d became worse and %d better; in %d no difference is shown.",
		say.Plural(len(c.Rows), "cell", "cells"), worse, better, len(c.Rows)-worse-better)
}

// The columns of arrows.
const (
	arrowsWidth  = 860
	arrowsStart  = 208
	arrowsEnd    = 440
	arrowsValues = 470
	arrowsTurn   = 616
	arrowsNote   = 672
)

func (c Arrows) scale() scale {
	if c.Shares {
		return rates(arrowsStart, arrowsStart+34, arrowsEnd)
	}
	low, high := 0.0, 0.0
	for _, r := range c.Rows {
		for _, v := range finite([]float64{r.Old, r.New}) {
			low, high = min(low, v), max(high, v)
		}
	}
	return linear(low, high, arrowsStart, arrowsEnd)
}

func (c Arrows) sayTick(v float64) string {
	if c.Shares {
		return sayRate(v)
	}
	return short(v)
}

func (c Arrows) sayValue(v float64) string {
	if c.Shares {
		return percent(v)
	}
	return short(v)
}

// SVG draws the chart.
func (c Arrows) SVG() template.HTML {
	finding := cmp.Or(c.Finding, c.finding())
	if len(c.Rows) == 0 {
		return nothingToShow(c.ID, c.Title, finding).html(40)
	}
	d := newDrawing(c.ID, arrowsWidth, c.Title, finding)
	s := c.scale()
	top := d.legend(margin, margin, []key{
		{func(x, y float64) { d.older(x, y) }, "older"},
		{func(x, y float64) { d.newer(x, y) }, "newer"},
		{func(x, y float64) { d.arrow(x-12, y, x+12, y, line(plain, 1.5)) }, "a difference"},
		{func(x, y float64) { d.line(x-12, y, x+12, y, paint{stroke: plain, dash: fine}) }, "~ no difference that is shown"},
	}) + 6
	groups := make([]string, len(c.Rows))
	for i, r := range c.Rows {
		groups[i] = r.Strategy
	}
	placed := place(groups, top+22, rowHeight)
	d.columnName(margin+12, top+11, "scenario", atStart)
	d.columnName(arrowsValues, top+11, "older → newer", atStart)
	if placed.bottom > tall {
		d.tickNames(s, top+11, c.sayTick)
	}
	d.headings(placed)
	d.grid(s, placed.spans(rowHeight, func(i int) bool { return c.Rows[i].drawn() }))
	for i, r := range c.Rows {
		c.draw(d, r, s, placed.at[i])
	}
	d.axis(s, placed.bottom+4, placed.bottom+4, cmp.Or(c.Unit, "value"), c.sayTick)
	return d.html(placed.bottom + 4 + axisHeight)
}

// drawn tells whether there is a value.
func (r ArrowsRow) drawn() bool { return len(finite([]float64{r.Old, r.New})) > 0 }

func (c Arrows) draw(d *drawing, r ArrowsRow, s scale, y float64) {
	d.text(margin+12, y, r.Scenario, lettering{room: arrowsStart - margin - 24})
	hasOld, hasNew := len(finite([]float64{r.Old})) > 0, len(finite([]float64{r.New})) > 0
	x1, x2 := s.at(r.Old), s.at(r.New)
	if hasOld && hasNew {
		r.connect(d, x1, x2, y)
	}
	if hasNew {
		d.newer(x2, y)
	}
	if hasOld {
		d.older(x1, y)
	}
	if !r.drawn() {
		d.text(arrowsStart, y, "~ "+r.Note, lettering{room: arrowsWidth - arrowsStart})
		return
	}
	d.text(arrowsValues, y, c.sayValue(r.Old)+" → "+c.sayValue(r.New), lettering{room: arrowsTurn - arrowsValues - 6})
	d.text(arrowsTurn, y, string(r.turn()), lettering{bold: r.turn() == Worse, room: arrowsNote - arrowsTurn})
	d.text(arrowsNote, y, r.Note, lettering{room: arrowsWidth - arrowsNote})
}

const dotRadius = 4.5

// connect draws what is between two dots, if they are apart.
func (r ArrowsRow) connect(d *drawing, x1, x2, y float64) {
	if math.Abs(x2-x1) < 2*dotRadius+1 {
		return
	}
	gap := math.Copysign(dotRadius+0.5, x2-x1)
	if r.turn() != NoTurn {
		d.arrow(x1+gap, y, x2-gap, y, line(plain, 1.5))
		return
	}
	d.line(x1+gap, y, x2-gap, y, paint{stroke: plain, dash: fine})
}

// turn is NoTurn unless it is one of the others.
func (r ArrowsRow) turn() Turn {
	if r.Turn == Better || r.Turn == Worse {
		return r.Turn
	}
	return NoTurn
}

func (d *drawing) older(x, y float64) { d.circle(x, y, dotRadius, line(plain, 1.8)) }
func (d *drawing) newer(x, y float64) { d.circle(x, y, dotRadius, paint{fill: solid(plain)}) }

// Table is the chart's data.
func (c Arrows) Table() Table {
	t := Table{Caption: c.Title, Head: []string{"strategy", "scenario", "older", "newer", "change", "why, or how sure"}}
	if c.Unit != "" {
		t.Caption += " (" + c.Unit + ")"
	}
	for _, r := range c.Rows {
		t.Rows = append(t.Rows, []string{r.Strategy, r.Scenario, c.sayValue(r.Old), c.sayValue(r.New), string(r.turn()), cmp.Or(r.Note, "-")})
	}
	return t
}
