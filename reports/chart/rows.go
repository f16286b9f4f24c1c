package chart

import (
	"math"
	"slices"
	"strconv"

	"onceover/reports"
	"onceover/reports/say"
)

// Sizes of charts that have a row for each cell.
const (
	rowHeight     = 24
	headingHeight = 26
	margin        = 8
	tall          = 400 // a chart higher than this has its ticks' names on top, too
)

// rows is where the rows of a chart stand, under the headings of their groups.
type rows struct {
	at       []float64 // the middle of each row
	headings []heading
	bottom   float64
}

type heading struct {
	name string
	y    float64
}

// place puts rows of a height below top. A row has a heading if its group is
// not that of the row before.
func place(groups []string, top, height float64) rows {
	r := rows{bottom: top}
	for i, group := range groups {
		if i == 0 || group != groups[i-1] {
			r.headings = append(r.headings, heading{group, r.bottom + headingHeight/2 + 2})
			r.bottom += headingHeight
		}
		r.at = append(r.at, r.bottom+height/2)
		r.bottom += height
	}
	return r
}

// spans are the heights over which neighbouring rows are to have lines behind them.
func (r rows) spans(height float64, wanted func(row int) bool) [][2]float64 {
	var all [][2]float64
	for i, y := range r.at {
		if !wanted(i) {
			continue
		}
		from, to := y-height/2, y+height/2
		if last := len(all) - 1; last >= 0 && math.Abs(all[last][1]-from) < 0.01 {
			all[last][1] = to
		} else {
			all = append(all, [2]float64{from, to})
		}
	}
	return all
}

func (d *drawing) headings(r rows) {
	for _, h := range r.headings {
		d.text(margin, h.y, h.name, lettering{bold: true, room: d.width - 2*margin})
	}
}

// columnName writes what a column holds.
func (d *drawing) columnName(x, y float64, name string, a anchor) {
	d.text(x, y, name, lettering{size: smallSize, anchor: a})
}

// nothingToShow is a drawing of no data, which says so.
func nothingToShow(id, title, finding string) *drawing {
	d := newDrawing(id, leastWidth, title, finding)
	d.text(margin, 20, "There is nothing to show.", lettering{})
	return d
}

// byStrategy puts the cells of a strategy together, in the order of the
// matrix: the safest first, controls last.
func byStrategy(cells []reports.Cell) []reports.Cell {
	place := map[string]int{}
	for i, row := range reports.NewGrid(cells).Rows() {
		place[row.Strategy] = i
	}
	sorted := slices.Clone(cells)
	slices.SortStableFunc(sorted, func(a, b reports.Cell) int { return place[a.Strategy] - place[b.Strategy] })
	return sorted
}

// ran leaves out the searches: they measure no costs.
func ran(cells []reports.Cell) []reports.Cell {
	return slices.DeleteFunc(slices.Clone(cells), func(c reports.Cell) bool { return c.Search != nil })
}

// scenarioNames names the scenario of each cell, and its world if there are several.
func scenarioNames(cells []reports.Cell) []string {
	names := make([]string, len(cells))
	several := slices.ContainsFunc(cells, func(c reports.Cell) bool { return c.World != cells[0].World })
	for i, c := range cells {
		names[i] = c.Scenario
		if several && c.World != "" {
			names[i] = c.World + " " + c.Scenario
		}
	}
	return names
}

// percent says a share, as in "5.8 %".
func percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "-"
	}
	return strconv.FormatFloat(100*sane(share), 'f', 1, 64) + " %"
}

// finite keeps the numbers that are numbers, in order of size.
func finite(values []float64) []float64 {
	kept := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			kept = append(kept, v)
		}
	}
	slices.Sort(kept)
	return kept
}

func ofRuns(k, n int) string { return say.Thousands(int64(k)) + " of " + say.Thousands(int64(n)) }
