// Package chart plots the cells of results: how sure each verdict is, what each
// strategy costs, how fast work goes on after a fault, and what has changed since an
// older result. Every plot says its finding as a sentence, and its data as a table.
//
// A plot shows what was given to it. Whether a difference is significant, and what may
// be compared at all, is for package compare to say.
package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

// Plot is a chart with a row for each cell: its name, a drawing on a scale that all
// rows share, and columns of text.
type Plot[R row] struct {
	ID    string // unique on the page
	Title string
	Note  string // how the numbers are counted
	Rows  []R    // the rows of a group follow each other
	look[R]
}

type row interface{ at() place }

type look[R row] struct {
	rowHeight   float64
	byScenario  bool // scenarios are the groups, and strategies the names; otherwise the other way round
	columns     []column[R]
	finding     func([]R) string // what the rows show; every number in it is one that is drawn
	scale       func([]R) svg.Scale
	axis        string
	tick        func(float64) string
	keys        func(*svg.Drawing, []R) []svg.Key
	missing     func(R) string // the text on the scale if nothing is drawn there; empty: something is
	missingBold func(R) bool   // nil: never
	missingRoom float64        // for that text; columns that it may reach are left out
	draw        func(*svg.Drawing, svg.Scale, float64, R)
	behind      func(*svg.Drawing, svg.Scale, [][2]float64) // draws behind the rows, on the grid; nil: nothing
}

// column is a heading and its value in each row.
type column[R any] struct {
	head  string         // its heading; the part after a comma or bracket stands in the table only
	value func(R) string // in the table, "-" if it is empty; nil: the table does without it
	brief func(R) string // in the drawing; nil: value
	x     float64        // its left edge in the drawing, or its right end; 0: the drawing does without it
	right bool           // x is its right end
	room  float64
	bold  func(R) bool                   // nil: never
	mark  func(*svg.Drawing, float64, R) // draws a sign, beside the text or in place of it; nil: none
}

const (
	headingHeight = 26
	margin        = 8
	tall          = 400 // a chart higher than this has its ticks' names on top, too
)

// Figure is the plot with its finding and its table.
func (p Plot[R]) Figure() *svg.Figure {
	return &svg.Figure{Title: p.Title, Finding: p.Finding(), Note: p.Note, SVG: p.svg(), Table: p.table()}
}

// Finding says in a sentence what the drawing shows. It is made of the rows that are drawn.
func (p Plot[R]) Finding() string { return p.finding(p.Rows) }

// drawnOf are the rows that have a value, which is where they are drawn.
func drawnOf[R any](rows []R, value func(R) float64) []R {
	return slices.DeleteFunc(slices.Clone(rows), func(r R) bool { return math.IsNaN(value(r)) })
}

// extremes are the rows with the least and the greatest value, of equals the first. There is
// at least one row, and each has a value.
func extremes[R any](rows []R, value func(R) float64) (low, high R) {
	by := func(a, b R) int { return cmp.Compare(value(a), value(b)) }
	return slices.MinFunc(rows, by), slices.MaxFunc(rows, by)
}

// Measured tells whether any row has something to draw.
func (p Plot[R]) Measured() bool {
	return slices.ContainsFunc(p.Rows, func(r R) bool { return p.missing(r) == "" })
}

func (p Plot[R]) svg() template.HTML {
	desc := strings.TrimSpace(p.Finding() + " " + p.Note)
	if len(p.Rows) == 0 {
		return svg.Nothing(p.ID, p.Title, desc)
	}
	d := svg.New(p.ID, svg.FullWidth, p.Title, desc)
	s := p.scale(p.Rows)
	top := d.Legend(margin, margin, p.keys(d, p.Rows)) + 6
	middles, bottom := p.place(d, top+22)
	_, named := p.heads()
	d.Text(margin+12, top+11, named, svg.Style{Size: svg.Small})
	for _, c := range p.columns {
		if c.x > 0 {
			d.Text(c.x, top+11, strings.TrimSpace(c.head[:strings.IndexAny(c.head+",", ",(")]), c.style(svg.Style{Size: svg.Small}))
		}
	}
	if bottom > tall {
		d.TickNames(s, top+11, p.tick)
	}
	spans := p.spans(middles)
	d.Grid(s, spans)
	if p.behind != nil {
		p.behind(d, s, spans)
	}
	for i, r := range p.Rows {
		p.row(d, s, middles[i], r, i > 0 && r.at() == p.Rows[i-1].at())
	}
	d.Axis(s, bottom+4, p.axis, p.tick)
	return d.HTML(bottom + 4 + svg.AxisHeight)
}

func (p Plot[R]) place(d *svg.Drawing, y float64) (middles []float64, bottom float64) {
	last := ""
	for i, r := range p.Rows {
		if group, _ := p.names(r.at()); i == 0 || group != last {
			d.Text(margin, y+headingHeight/2+2, group, svg.Style{Bold: true, Room: d.Width - 2*margin})
			y += headingHeight
			last = group
		}
		middles = append(middles, y+p.rowHeight/2)
		y += p.rowHeight
	}
	return middles, y
}

func (p Plot[R]) spans(middles []float64) (all [][2]float64) {
	for i, y := range middles {
		if p.missing(p.Rows[i]) != "" {
			continue
		}
		from, to := y-p.rowHeight/2, y+p.rowHeight/2
		if last := len(all) - 1; last >= 0 && math.Abs(all[last][1]-from) < 0.01 {
			all[last][1] = to
		} else {
			all = append(all, [2]float64{from, to})
		}
	}
	return all
}

// names are the group and the name of a row.
func (p Plot[R]) names(at place) (group, name string) {
	if p.byScenario {
		return at.Scenario, at.Strategy
	}
	return at.Strategy, at.Scenario
}

// heads are the headings of the group and the name of a row.
func (p Plot[R]) heads() (group, name string) { return p.names(place{"strategy", "scenario"}) }

func (p Plot[R]) row(d *svg.Drawing, s svg.Scale, y float64, r R, named bool) {
	begin := cmp.Or(s.Zero, s.Start)
	if !named {
		room := begin
		for _, c := range p.columns {
			if c.x > 0 && !c.right {
				room = min(room, c.x)
			}
		}
		_, name := p.names(r.at())
		d.Text(margin+12, y, name, svg.Style{Room: room - margin - 24})
	}
	text := p.missing(r)
	if text == "" {
		p.draw(d, s, y, r)
	} else {
		d.Text(begin, y, text, svg.Style{Bold: p.missingBold != nil && p.missingBold(r), Room: p.missingRoom})
	}
	for _, c := range p.columns {
		if c.x == 0 || text != "" && c.x > begin && c.x < begin+p.missingRoom {
			continue
		}
		value := c.value
		if c.brief != nil {
			value = c.brief
		}
		if c.mark != nil {
			c.mark(d, y, r)
		}
		d.Text(c.x, y, cmp.Or(value(r), "-"), c.style(svg.Style{Bold: text == "" && c.bold != nil && c.bold(r), Room: c.room}))
	}
}

func (c column[R]) style(l svg.Style) svg.Style {
	if c.right {
		l.Anchor = svg.End
	}
	return l
}

func (p Plot[R]) table() svg.Table {
	group, named := p.heads()
	t := svg.Table{Caption: p.Title, Head: []string{group, named}}
	columns := slices.DeleteFunc(slices.Clone(p.columns), func(c column[R]) bool { return c.value == nil })
	for _, c := range columns {
		t.Head = append(t.Head, c.head)
	}
	for _, r := range p.Rows {
		group, name := p.names(r.at())
		t.Add(append([]string{group, name}, reports.Each(columns, func(c column[R]) string { return c.value(r) })...)...)
	}
	return t
}

// place names the cell of a row.
type place struct{ Strategy, Scenario string }

func (p place) at() place { return p }

// where names a cell in a sentence, and says of a wrong result that it is one.
func (p place) where(wrong bool) string {
	return p.Strategy + " under " + p.Scenario + map[bool]string{true: ", wrong result"}[wrong]
}

// byStrategy yields the cells of a strategy together, in the order of the
// matrix: the safest first, controls last.
func byStrategy(cells []reports.Cell) iter.Seq2[place, reports.Cell] {
	strategies, controls := reports.SafestFirst(cells)
	order := append(strategies, controls...)
	sorted := slices.Clone(cells)
	slices.SortStableFunc(sorted, func(a, b reports.Cell) int {
		return slices.Index(order, a.Strategy) - slices.Index(order, b.Strategy)
	})
	return withPlaces(sorted, func(c reports.Cell) (string, place) { return c.World, place{c.Strategy, c.Scenario} })
}

// ran leaves out the searches: they measure no costs.
func ran(cells []reports.Cell) []reports.Cell {
	return slices.DeleteFunc(slices.Clone(cells), func(c reports.Cell) bool { return c.Search != nil })
}

// withPlaces yields cells with their places. Several worlds are named in front of the
// scenarios.
func withPlaces[C any](cells []C, of func(C) (world string, at place)) iter.Seq2[place, C] {
	several := slices.ContainsFunc(cells, func(c C) bool {
		world, _ := of(c)
		first, _ := of(cells[0])
		return world != first
	})
	return func(yield func(place, C) bool) {
		for _, c := range cells {
			world, at := of(c)
			if several && world != "" {
				at.Scenario = world + " " + at.Scenario
			}
			if !yield(at, c) {
				return
			}
		}
	}
}

// grouped puts the values of a group together, in order of appearance.
func grouped[T any](all []T, group func(T) string) []T {
	return slices.Concat(reports.Groups(all, group)...)
}

// badRuns counts the runs that were not safe by what they found, the worst first, as in
// "3 lost + duplicated, 2 stuck". If some runs were not kept, it counts worst verdicts.
func badRuns(c reports.Cell) string {
	var parts []string
	count := func(n int, kind string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, kind))
		}
	}
	if len(c.Runs) < c.Tally.N {
		for _, v := range []reports.Verdict{reports.Lost, reports.Duplicated, reports.Stuck, reports.Inconclusive} {
			count(c.Tally.Of(v), svg.Word(v))
		}
	} else {
		runs := slices.DeleteFunc(slices.Clone(c.Runs), func(r reports.Run) bool { return r.Verdict == reports.Safe })
		slices.SortStableFunc(runs, func(a, b reports.Run) int { return b.Verdict.Rank() - a.Verdict.Rank() })
		kind := func(r reports.Run) string { return svg.Words(r.Found()) }
		for _, alike := range reports.Groups(runs, kind) {
			count(len(alike), kind(alike[0]))
		}
	}
	return strings.Join(parts, ", ")
}

func percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "-"
	}
	return strconv.FormatFloat(100*min(max(share, -1e13), 1e13), 'f', 1, 64) + " %"
}

// finite keeps the finite values, sorted.
func finite(values []float64) []float64 {
	kept := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	slices.Sort(kept)
	return kept
}

func countOf(k, n int) string {
	return format.Thousands(k) + " of " + format.Thousands(n)
}
