package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"

	"onceover/reports"
	"onceover/reports/say"
)

// Stacked shows which part of the work was done for the second time.
type Stacked struct {
	ID      string // unique on the page
	Title   string
	Finding string // a sentence
	Note    string // what is counted
	Rows    []StackedRow
}

// StackedRow is one kind of work of one cell. Rows of the same strategy follow
// each other.
type StackedRow struct {
	Strategy, Scenario string
	Work               string // read from MySQL, or sent to Redis
	First, Again       int64  // rows, over all runs that count
	Runs               int    // that count
	Missing            string // why there are none
	Wrong              bool   // the result of these runs was wrong, because none was right
}

// NewWaste counts the rows that workers read, and those that they sent, in the
// runs in which every row arrived: those were done once for every row of the
// table, and the rest is work that was done again. Where no run was right, it counts
// those in which rows arrived twice, and says so.
func NewWaste(id string, cells []reports.Cell) Stacked {
	s := Stacked{ID: id, Title: "How much work was wasted?"}
	s.Note = "Every row of the table has to be read and sent once; what was read or sent beyond that was in vain or, where the result is wrong, may be in the list twice."
	cells = byStrategy(ran(cells))
	names := scenarioNames(cells)
	for i, c := range cells {
		counts := reports.Safe
		if c.Tally.Safe == 0 {
			counts = reports.Duplicated
		}
		read := StackedRow{Strategy: c.Strategy, Scenario: names[i], Work: "read", Missing: whyNotDone(c), Wrong: counts != reports.Safe}
		sent := read
		sent.Work = "sent"
		for _, r := range c.Runs {
			if r.Verdict != counts {
				continue
			}
			cost := cmp.Or(r.Cost, &reports.Cost{Missing: whyUncounted(nil)})
			read.add(r.Rows.Table, cost.RowsRead, cost)
			sent.add(r.Rows.Table, cost.RowsSent, cost)
		}
		s.Rows = append(s.Rows, read, sent)
	}
	s.Finding = s.finding()
	return s
}

// add counts the work of a run. Where it is less than all of the table, some of
// it was not counted.
func (r *StackedRow) add(table int64, done *int64, cost *reports.Cost) {
	switch {
	case done == nil:
		r.Missing = whyUncounted(cost)
	case *done < table:
		r.Missing = "fewer rows were counted than arrived"
	default:
		r.First += table
		r.Again += *done - table
		r.Runs++
	}
}

func whyNotDone(c reports.Cell) string {
	switch {
	case c.Tally.N == 0:
		return "there was no run"
	case c.Tally.Safe+c.Tally.Duplicated > 0:
		return "the runs were not kept"
	}
	return "no run moved all rows: " + badRuns(c)
}

// Share says the part of the work that was done again; "-" if there is none.
func (r StackedRow) Share() string { return percent(r.share()) }

func (r StackedRow) result() string {
	if r.Wrong {
		return "wrong"
	}
	return "right"
}

// share is the part of the work that was done again.
func (r StackedRow) share() float64 {
	all := float64(r.First) + float64(r.Again)
	if r.First < 0 || r.Again < 0 || all <= 0 {
		return math.NaN()
	}
	return float64(r.Again) / all
}

// finding names the row with the largest share of wasted work: of those that are right,
// if there are any.
func (s Stacked) finding() string {
	worst := -1
	for i, r := range s.Rows {
		if math.IsNaN(r.share()) {
			continue
		}
		if worst < 0 || s.Rows[worst].Wrong && !r.Wrong || s.Rows[worst].Wrong == r.Wrong && r.share() > s.Rows[worst].share() {
			worst = i
		}
	}
	switch {
	case worst < 0:
		return "The work was counted in no run that moved all rows."
	case s.Rows[worst].Again == 0 && slices.ContainsFunc(s.Rows, func(r StackedRow) bool { return r.Wrong && r.Again > 0 }):
		return "Where the result was right, no row was read or sent a second time."
	case s.Rows[worst].Again == 0:
		return "No row was read or sent a second time."
	}
	r := s.Rows[worst]
	return fmt.Sprintf("The largest share of wasted work is %s, of the rows that %s %s under %s.", percent(r.share()), r.Strategy, r.Work, r.Scenario+map[bool]string{true: " with a wrong result"}[r.Wrong])
}

// The columns of stacked bars.
const (
	stackedWidth  = 900
	stackedWork   = 196
	stackedStart  = 240
	stackedEnd    = 600
	stackedShare  = 676 // its right end
	stackedRows   = 690
	stackedRight  = 830
	stackedHeight = 20
)

// SVG draws the chart.
func (s Stacked) SVG() template.HTML {
	if len(s.Rows) == 0 {
		return nothingToShow(s.ID, s.Title, s.Finding).html(40)
	}
	d := newDrawing(s.ID, stackedWidth, s.Title, described(s.Finding, s.Note))
	x := scale{low: 0, high: 1, start: stackedStart, end: stackedEnd}
	top := d.legend(margin, margin, []key{
		{func(x, y float64) { d.bar(x-12, x+12, x+12, y) }, "rows read or sent for the first time"},
		{func(x, y float64) { d.bar(x-12, x-12, x+12, y) }, "rows read or sent again, in vain"},
	}) + 6
	groups := make([]string, len(s.Rows))
	for i, r := range s.Rows {
		groups[i] = r.Strategy
	}
	placed := place(groups, top+22, stackedHeight)
	d.columnName(margin+12, top+11, "scenario", atStart)
	d.columnName(stackedShare, top+11, "again", atEnd)
	d.columnName(stackedRows, top+11, "rows", atStart)
	d.columnName(stackedRight, top+11, "result", atStart)
	if placed.bottom > tall {
		d.tickNames(x, top+11, sayWhole)
	}
	d.headings(placed)
	for i, r := range s.Rows {
		named := i > 0 && s.Rows[i-1].Strategy == r.Strategy && s.Rows[i-1].Scenario == r.Scenario
		r.draw(d, x, placed.at[i], named)
	}
	d.axis(x, placed.bottom+4, placed.bottom+4, "share of all rows read or sent", sayWhole)
	return d.html(placed.bottom + 4 + axisHeight)
}

func sayWhole(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// draw draws a row; named tells whether its scenario stands above it.
func (r StackedRow) draw(d *drawing, s scale, y float64, named bool) {
	if !named {
		d.text(margin+12, y, r.Scenario, lettering{room: stackedWork - margin - 24})
	}
	d.text(stackedWork, y, r.Work, lettering{room: stackedStart - stackedWork - 4})
	share := r.share()
	if math.IsNaN(share) {
		d.text(stackedStart, y, r.Missing, lettering{room: stackedEnd - stackedStart})
		d.text(stackedShare, y, "-", lettering{anchor: atEnd})
		return
	}
	d.bar(s.start, s.at(1-share), s.end, y)
	d.text(stackedShare, y, percent(share), lettering{anchor: atEnd})
	d.text(stackedRows, y, short(float64(r.Again))+" of "+short(float64(r.First)+float64(r.Again)), lettering{room: stackedRight - stackedRows - 8})
	d.text(stackedRight, y, r.result(), lettering{bold: r.Wrong, room: stackedWidth - stackedRight})
}

// bar is a bar whose first part is solid, and whose second is hatched.
func (d *drawing) bar(x1, x2, x3, y float64) {
	if x2 > x1 {
		d.rect(x1, y-6, x2-x1, 12, paint{fill: solid(plain), opacity: 0.45})
	}
	if x3 > x2 {
		d.rect(x2, y-6, x3-x2, 12, paint{fill: hatched(plain), stroke: plain})
	}
}

// Table is the chart's data.
func (s Stacked) Table() Table {
	t := Table{Caption: s.Title, Head: []string{"strategy", "scenario", "work", "rows for the first time", "rows again", "share again", "runs", "result", "why none"}}
	for _, r := range s.Rows {
		row := []string{r.Strategy, r.Scenario, r.Work, "-", "-", "-", say.Thousands(int64(r.Runs)), "-", r.Missing}
		if share := r.share(); !math.IsNaN(share) {
			row[3], row[4], row[5], row[7], row[8] = say.Thousands(r.First), say.Thousands(r.Again), percent(share), r.result(), "-"
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
