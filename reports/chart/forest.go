package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/say"
)

// Forest shows how sure each verdict is: the share of bad runs of each cell,
// with the interval in which the true share lies.
type Forest struct {
	ID      string // unique on the page
	Title   string
	Finding string // a sentence
	Rows    []ForestRow
}

// ForestRow is one cell. Rows of the same strategy follow each other.
type ForestRow struct {
	Strategy, Scenario string
	Found              []reports.Verdict // the worst first
	Tally              reports.Tally
	MaxRate            float64         // the bound that is required; 0: none
	Search             *reports.Search // a search counts no runs, and has no rate
}

// NewForest makes a row of each cell.
func NewForest(id string, cells []reports.Cell) Forest {
	f := Forest{ID: id, Title: "How sure is each verdict?"}
	cells = byStrategy(cells)
	names := scenarioNames(cells)
	for i, c := range cells {
		f.Rows = append(f.Rows, ForestRow{
			Strategy: c.Strategy, Scenario: names[i], Found: c.Found(),
			Tally: c.Tally, MaxRate: c.Expectation().MaxRate, Search: c.Search,
		})
	}
	f.Finding = f.finding()
	return f
}

// finding says how many cells were shown to be bad, and how little is known of
// the one of which least is known.
func (f Forest) finding() string {
	if len(f.Rows) == 0 {
		return "Nothing was run, so nothing is known."
	}
	bad, searched, complete := 0, 0, 0
	var loosest *ForestRow
	for i, r := range f.Rows {
		switch {
		case r.worst().Bad():
			bad++
		case r.Search != nil:
			searched++
			if r.Search.Complete {
				complete++
			}
		case loosest == nil || r.Tally.Rate().High > loosest.Tally.Rate().High:
			loosest = &f.Rows[i]
		}
	}
	parts := []string{fmt.Sprintf("%d of %s shown to be bad", bad, say.Plural(len(f.Rows), "cell is", "cells are"))}
	if searched > 0 {
		parts = append(parts, fmt.Sprintf("of %s that found nothing, %d covered everything within bounds", say.Plural(searched, "search", "searches"), complete))
	}
	if loosest != nil {
		parts = append(parts, fmt.Sprintf("least is known of %s under %s: %s", loosest.Strategy, loosest.Scenario, loosest.Tally.LongRate()))
	}
	return strings.Join(parts, "; ") + "."
}

// The columns of a forest.
const (
	forestWidth   = 954
	forestVerdict = 180
	forestCount   = 500 // its right end
	forestZero    = 528
	forestStart   = 562
	forestEnd     = 808
	forestRate    = 840
)

// rates is the scale for shares of bad runs: 0, and then 0.01 % to 100 %.
func rates(zero, start, end float64) scale {
	return scale{low: 0.0001, high: 1, start: start, end: end, log: true, zero: zero}
}

func sayRate(share float64) string {
	if share == 0 {
		return "0"
	}
	return short(100*share) + " %"
}

// SVG draws the chart.
func (f Forest) SVG() template.HTML {
	if len(f.Rows) == 0 {
		return nothingToShow(f.ID, f.Title, f.Finding).html(40)
	}
	d := newDrawing(f.ID, forestWidth, f.Title, f.Finding)
	s := rates(forestZero, forestStart, forestEnd)
	top := f.legend(d) + 6
	groups := make([]string, len(f.Rows))
	for i, r := range f.Rows {
		groups[i] = r.Strategy
	}
	placed := place(groups, top+22, rowHeight)
	f.columnNames(d, s, top+11, placed.bottom > tall)
	d.headings(placed)
	d.grid(s, placed.spans(rowHeight, func(i int) bool { return f.Rows[i].sampled() }))
	for i, r := range f.Rows {
		r.draw(d, s, placed.at[i])
	}
	d.axis(s, placed.bottom+4, placed.bottom+4, "share of bad runs", sayRate)
	return d.html(placed.bottom + 4 + axisHeight)
}

func (f Forest) columnNames(d *drawing, s scale, y float64, ticks bool) {
	d.columnName(margin+12, y, "scenario", atStart)
	d.columnName(forestVerdict, y, "verdict", atStart)
	d.columnName(forestCount, y, "bad runs", atEnd)
	d.columnName(forestRate, y, "true share", atStart)
	if ticks {
		d.tickNames(s, y, sayRate)
	}
}

func (f Forest) legend(d *drawing) float64 {
	required := slices.ContainsFunc(f.Rows, func(r ForestRow) bool { return r.MaxRate > 0 })
	keys := []key{
		{func(x, y float64) { d.whisker(x-12, x+12, y); d.mark(reports.Lost, x, y, 12) }, "share of bad runs, and the interval of the true one (95 %)"},
		{func(x, y float64) { d.bound(x-8, x+13, y) }, "no bad run: the true share is below the tip (95 %)"},
	}
	if required {
		keys = append(keys, key{func(x, y float64) { d.required(x, y) }, "bound that is required"})
	}
	return d.legend(margin, margin, keys)
}

// sampled tells whether a rate can be drawn.
func (r ForestRow) sampled() bool { return r.Search == nil && r.Tally.Conclusive() > 0 }

func (r ForestRow) worst() reports.Verdict { return reports.Worst(r.Found...) }

func (r ForestRow) draw(d *drawing, s scale, y float64) {
	d.text(margin+12, y, r.Scenario, lettering{room: forestVerdict - margin - 20})
	d.verdicts(r.Found, forestVerdict, y)
	switch {
	case r.Search != nil:
		d.text(forestZero, y, r.Search.Covered(), lettering{bold: r.Search.Complete, room: forestEnd - forestZero})
		d.text(forestRate, y, "no rate", lettering{room: forestWidth - forestRate})
		return
	case !r.sampled():
		d.text(forestZero, y, "no run proves anything", lettering{room: forestEnd - forestZero})
	}
	d.text(forestCount, y, r.count(), lettering{anchor: atEnd, room: forestCount - forestVerdict - 246})
	d.text(forestRate, y, r.rate(), lettering{room: forestWidth - forestRate})
	if r.sampled() {
		r.drawRate(d, s, y)
	}
}

func (r ForestRow) drawRate(d *drawing, s scale, y float64) {
	rate := r.Tally.Rate()
	if r.MaxRate > 0 {
		d.required(s.at(r.MaxRate), y)
	}
	if r.Tally.Bad() == 0 {
		d.bound(s.zero, s.at(rate.High), y)
	} else {
		d.whisker(s.at(rate.Low), s.at(rate.High), y)
		d.mark(r.worst(), s.at(rate.Point), y, 12)
	}
}

func (r ForestRow) count() string {
	return ofRuns(r.Tally.Bad(), r.Tally.Conclusive())
}

// rate is what is known of the true share: "5.8–22.2 %", "< 4.9 %".
func (r ForestRow) rate() string { return strings.TrimPrefix(r.Tally.LongRate(), "true rate ") }

// whisker is an interval.
func (d *drawing) whisker(x1, x2, y float64) {
	d.line(x1, y, x2, y, line(plain, 1.5))
	d.line(x1, y-4, x1, y+4, line(plain, 1.5))
	d.line(x2, y-4, x2, y+4, line(plain, 1.5))
}

// bound is nothing that was seen, and how much there may be all the same.
func (d *drawing) bound(zero, x, y float64) {
	d.circle(zero, y, 4.5, line(plain, 2))
	d.arrow(zero+5.5, y, x, y, line(plain, 1.5))
}

// required is the bound that a cell has to keep below.
func (d *drawing) required(x, y float64) {
	d.line(x, y-9, x, y+9, line(plain, 3))
}

// Table is the chart's data.
func (f Forest) Table() Table {
	t := Table{Caption: f.Title, Head: []string{"strategy", "scenario", "verdict", "bad runs", "true share (95 %)", "required"}}
	for _, r := range f.Rows {
		row := []string{r.Strategy, r.Scenario, words(r.Found), r.Tally.LongCount(), r.rate(), "-"}
		if r.Search != nil {
			row[3], row[4] = r.Search.Covered(), cmp.Or(r.Search.Bounds, "-")
		}
		if r.MaxRate > 0 {
			row[5] = "< " + sayRate(r.MaxRate)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
