package chart

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/say"
)

// Dots compares the strategies in each scenario by a number: its median and
// the middle half of the runs, all on one scale from 0.
type Dots struct {
	ID      string // unique on the page
	Title   string
	Finding string // a sentence
	Note    string // what is counted
	Unit    string // of the values: rows/s
	Rows    []DotsRow
}

// DotsRow is one cell. Rows of the same scenario follow each other.
type DotsRow struct {
	Scenario, Strategy string
	Values             []float64 // one of each run that counts
	Runs               int       // all, those that do not count included
	Missing            string    // why there are no values
	Wrong              bool      // the values are of runs with a wrong result, because none was right
}

// NewThroughput shows how many rows a second each strategy moves. Only runs that
// did all of their work count: a speed of wrong output is none.
func NewThroughput(id string, cells []reports.Cell) Dots {
	d := newDots(id, "What does safety cost? Rows moved in a second", "rows/s", cells, nil, func(r reports.Run) (float64, string) {
		if r.RowsPerSec <= 0 {
			return 0, "its speed was not measured"
		}
		return r.RowsPerSec, ""
	})
	d.Note = "Only of right results: the speed of a wrong one is no speed."
	return d
}

// NewCommands shows how many commands Redis executes for each chunk.
func NewCommands(id string, cells []reports.Cell) Dots {
	d := newDots(id, "What does safety cost? Redis commands for each chunk", "commands/chunk", cells, wrong, func(r reports.Run) (float64, string) {
		if r.Cost == nil || r.Cost.RedisCommands == nil || r.Cost.Chunks == 0 {
			return 0, whyUncounted(r.Cost)
		}
		return float64(*r.Cost.RedisCommands) / float64(r.Cost.Chunks), ""
	})
	d.Note = "Counted by the server, over the whole run: also the commands within scripts and transactions, and those of workers that ask in vain for chunks that others hold. One request of a worker may be several of them."
	return d
}

// NewRedisTime shows how long Redis computes for every thousand rows.
func NewRedisTime(id string, cells []reports.Cell) Dots {
	d := newDots(id, "What does safety cost? Processor time of Redis", "ms/1000 rows", cells, wrong, func(r reports.Run) (float64, string) {
		if r.Cost == nil || r.Cost.RedisCPUMS == nil || r.Rows.Table == 0 {
			return 0, whyUncounted(r.Cost)
		}
		return 1000 * *r.Cost.RedisCPUMS / float64(r.Rows.Table), ""
	})
	d.Note = "Of the server's main thread, over the whole run, by the rows of the table: also what it spent on workers that wait."
	return d
}

// whyUncounted says why a run has no count.
func whyUncounted(c *reports.Cost) string {
	if c == nil {
		return "nothing was counted"
	}
	return cmp.Or(c.Missing, "that was not counted")
}

// wrong tells of which runs the cost is shown although their result is wrong. What a
// strategy took of the servers, it took in any case; but a run that was stuck waited
// for its deadline, and what that took says nothing of the strategy.
func wrong(r reports.Run) bool { return r.Verdict.Bad() && !slices.Contains(r.Found(), reports.Stuck) }

// newDots makes a row of each cell that was run: of its right runs or, where none was
// right, of those that count all the same; nil: none does. measure says why a run has no
// number.
func newDots(id, title, unit string, cells []reports.Cell, allTheSame func(reports.Run) bool, measure func(reports.Run) (float64, string)) Dots {
	d := Dots{ID: id, Title: title, Unit: unit}
	cells = byStrategy(ran(cells))
	names := scenarioNames(cells)
	var order []string
	for i, c := range cells {
		row := DotsRow{Scenario: names[i], Strategy: c.Strategy, Runs: max(c.Tally.N, len(c.Runs)), Missing: whyUnfinished(c)}
		row.measure(c.Runs, func(r reports.Run) bool { return r.Verdict == reports.Safe }, measure)
		if allTheSame != nil && c.Tally.Safe == 0 {
			row.measure(c.Runs, allTheSame, measure)
			row.Wrong = len(row.Values) > 0
		}
		if !slices.Contains(order, row.Scenario) {
			order = append(order, row.Scenario)
		}
		d.Rows = append(d.Rows, row)
	}
	slices.SortStableFunc(d.Rows, func(a, b DotsRow) int {
		return slices.Index(order, a.Scenario) - slices.Index(order, b.Scenario)
	})
	d.Finding = d.finding()
	return d
}

func (r *DotsRow) measure(runs []reports.Run, counts func(reports.Run) bool, measure func(reports.Run) (float64, string)) {
	for _, run := range runs {
		if !counts(run) {
			continue
		}
		if v, missing := measure(run); missing == "" {
			r.Values = append(r.Values, v)
		} else if run.Verdict == reports.Safe {
			r.Missing = missing
		}
	}
}

// Median says the median of the values; "-" if there are none.
func (r DotsRow) Median() string { return short(quantile(finite(r.Values), 0.5)) }

// whyUnfinished says why no run of a cell is of use for its costs.
func whyUnfinished(c reports.Cell) string {
	switch {
	case c.Tally.N == 0:
		return "there was no run"
	case c.Tally.Safe > 0:
		return "the runs were not kept"
	}
	return "no run was right: " + badRuns(c)
}

// badRuns counts the runs that were not safe by all that was found in them, the
// worst first, as in "3 lost + duplicated, 2 stuck". Of runs that were not kept, it is
// known only what the worst was.
func badRuns(c reports.Cell) string {
	kinds, count := []string{"lost", "duplicated", "stuck", "inconclusive"}, map[string]int{}
	if len(c.Runs) < c.Tally.N {
		count = map[string]int{"lost": c.Tally.Lost, "duplicated": c.Tally.Duplicated, "stuck": c.Tally.Stuck, "inconclusive": c.Tally.Inconclusive}
	} else {
		runs := slices.Clone(c.Runs)
		slices.SortStableFunc(runs, func(a, b reports.Run) int { return b.Verdict.Rank() - a.Verdict.Rank() })
		kinds = nil
		for _, r := range runs {
			if r.Verdict == reports.Safe {
				continue
			}
			kind := words(r.Found())
			if count[kind] == 0 {
				kinds = append(kinds, kind)
			}
			count[kind]++
		}
	}
	var parts []string
	for _, kind := range kinds {
		if count[kind] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[kind], kind))
		}
	}
	return strings.Join(parts, ", ")
}

// finding names the highest and the lowest median of the first scenario that
// has two that are right.
func (c Dots) finding() string {
	scenario, low, high, n := "", -1, -1, 0
	median := make([]float64, len(c.Rows))
	for i, r := range c.Rows {
		if median[i] = quantile(finite(r.Values), 0.5); r.Wrong || math.IsNaN(median[i]) {
			continue
		}
		if low < 0 || r.Scenario != scenario {
			if n > 1 {
				break
			}
			scenario, low, high, n = r.Scenario, i, i, 0
		}
		n++
		if median[i] < median[low] {
			low = i
		}
		if median[i] > median[high] {
			high = i
		}
	}
	switch {
	case low < 0:
		return "No run that was right has been measured, so there is nothing to compare."
	case low == high:
		return fmt.Sprintf("Under %s, %s comes to %s %s.", scenario, c.Rows[low].Strategy, short(median[low]), c.Unit)
	}
	return fmt.Sprintf("Under %s, the medians go from %s (%s) to %s %s (%s).", scenario,
		short(median[low]), c.Rows[low].Strategy, short(median[high]), c.Unit, c.Rows[high].Strategy)
}

// The columns of dots.
const (
	dotsWidth = 900
	dotsStart = 220
	dotsEnd   = 610
	dotsValue = 690 // its right end
	dotsRuns  = 704
	dotsRight = 800
)

// SVG draws the chart.
func (c Dots) SVG() template.HTML {
	if len(c.Rows) == 0 {
		return nothingToShow(c.ID, c.Title, c.Finding).html(40)
	}
	d := newDrawing(c.ID, dotsWidth, c.Title, described(c.Finding, c.Note))
	values, groups := make([][]float64, len(c.Rows)), make([]string, len(c.Rows))
	most, few := 0.0, false
	for i, r := range c.Rows {
		values[i], groups[i] = finite(r.Values), r.Scenario
		if n := len(values[i]); n > 0 {
			most = max(most, values[i][n-1])
			few = few || n < fewValues
		}
	}
	s := linear(0, most, dotsStart, dotsEnd)
	top := d.legend(margin, margin, c.keys(d, few)) + 6
	placed := place(groups, top+22, rowHeight)
	c.columnNames(d, s, top+11, placed.bottom > tall)
	d.headings(placed)
	d.grid(s, placed.spans(rowHeight, func(i int) bool { return len(values[i]) > 0 }))
	for i, r := range c.Rows {
		r.draw(d, s, placed.at[i], values[i])
	}
	d.axis(s, placed.bottom+4, placed.bottom+4, c.Unit, short)
	return d.html(placed.bottom + 4 + axisHeight)
}

// fewValues are too few for quartiles: each is drawn.
const fewValues = 4

func (c Dots) keys(d *drawing, few bool) []key {
	keys := []key{
		{func(x, y float64) { d.circle(x, y, 4.5, paint{fill: solid(plain)}) }, "median"},
		{func(x, y float64) { d.middleHalf(x-12, x+12, y) }, "the middle half of the runs"},
	}
	if slices.ContainsFunc(c.Rows, func(r DotsRow) bool { return r.Wrong }) {
		keys = append(keys, key{func(x, y float64) { d.cross(x, y, 5, line(plain, 2.5)) }, "median of runs with a wrong result"})
	}
	if few {
		keys = append(keys, key{func(x, y float64) { d.circle(x, y, 3.5, line(plain, 1)) }, fmt.Sprintf("single runs, where there are fewer than %d", fewValues)})
	}
	return keys
}

func (c Dots) columnNames(d *drawing, s scale, y float64, ticks bool) {
	d.columnName(margin+12, y, "strategy", atStart)
	d.columnName(dotsValue, y, "median", atEnd)
	d.columnName(dotsRuns, y, "of runs", atStart)
	d.columnName(dotsRight, y, "result", atStart)
	if ticks {
		d.tickNames(s, y, short)
	}
}

func (r DotsRow) draw(d *drawing, s scale, y float64, values []float64) {
	d.text(margin+12, y, r.Strategy, lettering{room: dotsStart - margin - 24})
	if len(values) == 0 {
		d.text(dotsStart, y, r.Missing, lettering{room: dotsEnd - dotsStart})
		d.text(dotsValue, y, "-", lettering{anchor: atEnd})
		return
	}
	d.text(dotsRight, y, r.result(), lettering{bold: r.Wrong, room: dotsWidth - dotsRight})
	if len(values) < fewValues {
		for _, v := range values {
			d.circle(s.at(v), y, 3.5, line(plain, 1))
		}
	} else {
		d.middleHalf(s.at(quantile(values, 0.25)), s.at(quantile(values, 0.75)), y)
	}
	median := quantile(values, 0.5)
	if r.Wrong {
		d.cross(s.at(median), y, 5, line(plain, 2.5))
	} else {
		d.circle(s.at(median), y, 4.5, paint{fill: solid(plain)})
	}
	d.text(dotsValue, y, short(median), lettering{anchor: atEnd, room: dotsValue - dotsEnd - margin})
	d.text(dotsRuns, y, ofRuns(len(values), max(r.Runs, len(values))), lettering{room: dotsRight - dotsRuns - 8})
}

// result says whether what the values were spent on came out right.
func (r DotsRow) result() string {
	if r.Wrong {
		return "wrong"
	}
	return "right"
}

// middleHalf is the bar between two quartiles.
func (d *drawing) middleHalf(x1, x2, y float64) {
	d.rect(x1, y-5, max(1, x2-x1), 10, paint{fill: solid(plain), opacity: 0.35})
}

// Table is the chart's data.
func (c Dots) Table() Table {
	t := Table{Caption: c.Title, Head: []string{"scenario", "strategy", "median, " + c.Unit, "lower quartile", "upper quartile", "of runs", "result", "why none"}}
	for _, r := range c.Rows {
		values := finite(r.Values)
		row := []string{r.Scenario, r.Strategy, short(quantile(values, 0.5)), "-", "-", say.Thousands(int64(len(values))) + " of " + say.Thousands(int64(r.Runs)), r.result(), "-"}
		if len(values) >= fewValues {
			row[3], row[4] = short(quantile(values, 0.25)), short(quantile(values, 0.75))
		}
		if len(values) == 0 {
			row[6], row[7] = "-", r.Missing
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
