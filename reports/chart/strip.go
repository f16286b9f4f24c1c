package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/say"
)

// Strip shows how long it took after each fault until the work that it hit was
// done: one mark for each fault. Those after which that was not seen to happen stand
// apart from the scale, where they cannot be taken for fast ones: they are counted,
// and are in no average.
type Strip struct {
	ID      string // unique on the page
	Title   string
	Finding string  // a sentence
	LeaseMS float64 // a line to compare with; 0: none
	Rows    []StripRow
}

// StripRow is one cell. Rows of the same strategy follow each other.
type StripRow struct {
	Strategy, Scenario string
	RecoveredMS        []float64 // since the fault
	CensoredMS         []float64 // not recovered for so long, and then nobody watched any more
	Missing            string    // why there are neither
}

// NewRecovery makes a row of each cell in which there was a fault. silent tells of
// which cells the workers report no steps; nil: of none.
func NewRecovery(id string, cells []reports.Cell, leaseMS int64, silent func(reports.Cell) bool) Strip {
	s := Strip{ID: id, Title: "How long until it works again?", LeaseMS: float64(leaseMS)}
	cells = byStrategy(ran(cells))
	names := scenarioNames(cells)
	for i, c := range cells {
		row := StripRow{Strategy: c.Strategy, Scenario: names[i]}
		for _, r := range c.Runs {
			row.RecoveredMS = append(row.RecoveredMS, r.RecoveryMS...)
			row.CensoredMS = append(row.CensoredMS, r.CensoredMS...)
		}
		if row.faults() == 0 {
			if row.Missing = whyUnmeasured(c, silent != nil && silent(c)); row.Missing == "" {
				continue
			}
		}
		s.Rows = append(s.Rows, row)
	}
	s.Finding = s.finding()
	return s
}

// whyUnmeasured says why no recovery was measured after the faults of a cell; empty:
// there were none. What was measured is whatever was not done yet when a fault hit it,
// and was reported when it was, or was not done by the end of the run.
func whyUnmeasured(c reports.Cell, silent bool) string {
	struck := reports.CountStruck([]reports.Cell{c})
	after := fmt.Sprintf("not measured, %s: ", say.Plural(struck.Confirmed, "fault", "faults"))
	switch {
	case struck.Confirmed == 0:
		return ""
	case silent:
		return after + "these workers do not report their steps"
	case struck.Of("lose-reply") == struck.Confirmed:
		return after + "the commit took effect, its reply was lost, and nobody reported it"
	}
	return after + "no open chunk was hit, or it was committed without a report"
}

func (r StripRow) faults() int { return len(finite(r.RecoveredMS)) + len(finite(r.CensoredMS)) }

func (r StripRow) median() float64 {
	return survivalMedian(finite(r.RecoveredMS), finite(r.CensoredMS))
}

// finding counts what did not recover, and names the cell that took longest.
func (s Strip) finding() string {
	faults, censored, slowest := 0, 0, -1
	for i, r := range s.Rows {
		faults += r.faults()
		censored += len(finite(r.CensoredMS))
		if m := r.median(); !math.IsNaN(m) && (slowest < 0 || m > s.Rows[slowest].median()) {
			slowest = i
		}
	}
	if faults == 0 {
		return "No recovery was measured."
	}
	text := fmt.Sprintf("Work went on after %d of %s", faults-censored, say.Plural(faults, "fault", "faults"))
	if censored > 0 {
		text += fmt.Sprintf("; after %d it did not, by the end of the run", censored)
	}
	if slowest >= 0 {
		r := s.Rows[slowest]
		text += fmt.Sprintf("; the highest median is %s (%s under %s)", sayTime(r.median()), r.Strategy, r.Scenario)
	}
	return text + "."
}

// sayTime says milliseconds.
func sayTime(ms float64) string {
	switch {
	case math.IsNaN(ms):
		return "-"
	case ms < 1 && ms > 0:
		return short(ms) + "ms"
	}
	return say.Duration(time.Duration(min(max(ms, 0), 1e12) * float64(time.Millisecond)))
}

// tickTime says a power of ten of milliseconds: 10 ms, 1 s, 1000 s.
func tickTime(ms float64) string {
	if ms < 1000 {
		return short(ms) + " ms"
	}
	return short(ms/1000) + " s"
}

// The columns of a strip.
const (
	stripWidth  = 910
	stripStart  = 200
	stripEnd    = 540
	stripMedian = 568
	stripLost   = 664
	stripHeight = 30
)

// scale has room for everything that is drawn on it; nothing is shown as faster than
// a millisecond.
func (s Strip) scale() scale {
	low, high := math.Inf(1), math.Inf(-1)
	add := func(v float64) { low, high = min(low, max(1, v)), max(high, max(1, v)) }
	for _, r := range s.Rows {
		for _, v := range finite(r.RecoveredMS) {
			add(v)
		}
	}
	if s.lease() {
		add(s.LeaseMS)
	}
	if low > high {
		low, high = 1, 1000
	}
	return logarithmic(low, high, stripStart, stripEnd)
}

func (s Strip) lease() bool { return s.LeaseMS > 0 && !math.IsInf(s.LeaseMS, 0) }

// SVG draws the chart.
func (s Strip) SVG() template.HTML {
	if len(s.Rows) == 0 {
		return nothingToShow(s.ID, s.Title, s.Finding).html(40)
	}
	d := newDrawing(s.ID, stripWidth, s.Title, s.Finding)
	x := s.scale()
	top := d.legend(margin, margin, s.keys(d)) + 6
	groups := make([]string, len(s.Rows))
	for i, r := range s.Rows {
		groups[i] = r.Strategy
	}
	placed := place(groups, top+22, stripHeight)
	d.columnName(margin+12, top+11, "scenario", atStart)
	d.columnName(stripMedian, top+11, "median", atStart)
	d.columnName(stripLost, top+11, "not recovered", atStart)
	if placed.bottom > tall {
		d.tickNames(x, top+11, tickTime)
	}
	d.headings(placed)
	spans := placed.spans(stripHeight, func(i int) bool { return s.Rows[i].faults() > 0 })
	d.grid(x, spans)
	if s.lease() {
		for _, span := range spans {
			d.line(x.at(s.LeaseMS), span[0], x.at(s.LeaseMS), span[1], paint{stroke: plain, width: 1.5, dash: dashed})
		}
	}
	for i, r := range s.Rows {
		r.draw(d, x, placed.at[i])
	}
	d.axis(x, placed.bottom+4, placed.bottom+4, "time since the fault", tickTime)
	return d.html(placed.bottom + 4 + axisHeight)
}

func (s Strip) keys(d *drawing) []key {
	keys := []key{
		{func(x, y float64) { d.marks(x-6, y, x+5, y) }, "a fault that was recovered from"},
		{func(x, y float64) { d.median(x, y) }, "median"},
		{func(x, y float64) { d.unended(x, y) }, "not recovered by the end of the run: beside the scale, not on it"},
	}
	if s.lease() {
		keys = append(keys, key{func(x, y float64) {
			d.line(x, y-9, x, y+9, paint{stroke: plain, width: 1.5, dash: dashed})
		}, "lease of locks, " + sayTime(s.LeaseMS)})
	}
	return keys
}

func (r StripRow) draw(d *drawing, s scale, y float64) {
	d.text(margin+12, y, r.Scenario, lettering{room: stripStart - margin - 24})
	recovered, censored := finite(r.RecoveredMS), finite(r.CensoredMS)
	if len(recovered)+len(censored) == 0 {
		d.text(stripStart, y, r.Missing, lettering{room: d.width - stripStart - margin})
		return
	}
	var stack beeswarm
	var points []float64
	for _, ms := range recovered {
		x := s.at(max(1, ms))
		points = append(points, x, y+stack.place(x))
	}
	d.marks(points...)
	median := r.median()
	if !math.IsNaN(median) {
		d.median(s.at(max(1, median)), y)
		d.text(stripMedian, y, sayTime(median), lettering{room: stripLost - stripMedian - 4})
	} else {
		d.text(stripMedian, y, "not reached", lettering{room: stripLost - stripMedian - 4})
	}
	if len(censored) > 0 {
		d.unended(stripLost+5, y)
	}
	d.text(stripLost+18, y, r.lost(), lettering{bold: len(censored) > 0, room: stripWidth - stripLost - 18})
}

// lost counts what did not recover, and says for how long that was watched.
func (r StripRow) lost() string {
	censored := finite(r.CensoredMS)
	text := ofRuns(len(censored), r.faults())
	if n := len(censored); n > 0 {
		text += ", watched " + watched(censored)
	}
	return text
}

func watched(sorted []float64) string {
	shortest, longest := sayTime(sorted[0]), sayTime(sorted[len(sorted)-1])
	if shortest == longest {
		return shortest
	}
	return shortest + " to " + longest
}

// beeswarm moves marks that would lie on each other up and down.
type beeswarm struct{ ends [3]float64 }

// place is how far a mark at x is moved. Marks come from left to right.
func (b *beeswarm) place(x float64) float64 {
	best := 0
	for i, end := range b.ends {
		if x >= end {
			best = i
			break
		}
		if end < b.ends[best] {
			best = i
		}
	}
	b.ends[best] = x + 6.5
	return []float64{0, -7, 7}[best]
}

// marks draws dots at points: x, y, x, y ... In one path, for there may be thousands.
func (d *drawing) marks(points ...float64) {
	var path strings.Builder
	for i := 0; i+1 < len(points); i += 2 {
		path.WriteString("M" + number(points[i]) + " " + number(points[i+1]) + "h.01")
	}
	if path.Len() > 0 {
		d.form(paint{stroke: plain, width: 5.5, opacity: 0.6}, "path", "d", path.String(), "stroke-linecap", "round")
	}
}

func (d *drawing) median(x, y float64) { d.line(x, y-12, x, y+12, line(plain, 2.5)) }

// unended is a hollow mark of a fault after which the end was not seen.
func (d *drawing) unended(x, y float64) {
	d.form(line(plain, 1.5), "path", "d", "M"+number(x-3)+" "+number(y-4.5)+"l7 4.5l-7 4.5z")
}

// Table is the chart's data.
func (s Strip) Table() Table {
	t := Table{Caption: s.Title, Head: []string{"strategy", "scenario", "recovered", "fastest", "median", "slowest", "not recovered", "watched for"}}
	for _, r := range s.Rows {
		recovered, censored := finite(r.RecoveredMS), finite(r.CensoredMS)
		row := []string{r.Strategy, r.Scenario, fmt.Sprint(len(recovered)), "-", "-", "-", ofRuns(len(censored), len(recovered)+len(censored)), "-"}
		if n := len(recovered); n > 0 {
			row[3], row[5] = sayTime(recovered[0]), sayTime(recovered[n-1])
		}
		if m := r.median(); !math.IsNaN(m) {
			row[4] = sayTime(m)
		} else if r.faults() > 0 {
			row[4] = "not reached"
		}
		if n := len(censored); n > 0 {
			row[7] = watched(censored)
		}
		if r.faults() == 0 {
			row[6] = r.Missing
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
