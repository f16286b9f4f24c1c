// Package lanes draws how a run went on: a lane for each worker, the faults, and how
// many rows had arrived.
package lanes

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/steps"
	"onceover/reports/timeline"
)

// Chart shows the course of a run: the steps of each worker, the faults
// meanwhile, and how many rows had arrived. All of it has one axis of time. A long
// run is thinned, and the picture says so below.
type Chart struct {
	ID             string
	Title, Finding string
	Timeline       timeline.Timeline
	Rows           reports.RowCounts // as the check counted them; the zero value: they are not known
}

// Figure is the picture with its sentence and its table.
func (c Chart) Figure() *svg.Figure {
	return &svg.Figure{Title: c.Title, Finding: c.Finding, SVG: c.svg(), Table: c.table()}
}

func (c Chart) svg() template.HTML {
	if len(c.Timeline.Lanes)+len(c.Timeline.Faults)+len(c.Timeline.Outages) == 0 && c.Timeline.Check == nil {
		return svg.Nothing(c.ID, c.Title, c.Finding)
	}
	d := newDrawing(c)
	d.outages()
	d.strips()
	d.workers()
	d.curve()
	d.check()
	unit := "milliseconds"
	if inSeconds(d.time.High) {
		unit = "seconds"
	}
	d.Axis(d.time, d.curveEnd, unit+" since the run began", func(ms float64) string { return instant(ms, d.time.High) })
	y := d.Legend(8, d.curveEnd+svg.AxisHeight+6, d.keys())
	for _, note := range d.notes() {
		y += svg.KeyHeight
		d.Text(8, y-6, note, svg.Style{Size: svg.Small, Bold: true, Room: d.Width - 16})
	}
	return d.HTML(y + 6)
}

// table has a row for each worker, and then for each fault.
func (c Chart) table() svg.Table {
	t := svg.Table{Caption: c.Title, Head: []string{"worker, fault or server", "from", "to", "what happened"}}
	end := c.Timeline.EndMS
	add := func(what string, s timeline.Span, text string) {
		to := instant(s.ToMS, end)
		if s.Open {
			to = "not seen to end"
		}
		t.Add(what, instant(s.FromMS, end), to, text)
	}
	for _, lane := range c.Timeline.Lanes {
		add(fmt.Sprintf("w%d", lane.Worker), lived(lane), c.workerWords(lane))
	}
	for _, f := range c.Timeline.Faults {
		add(f.Text, f.Span, faultWords(f))
	}
	for _, o := range c.Timeline.Outages {
		add(steps.Server(o.Server)+" is away", o.Span, "from when it was seen to be gone until it was seen to answer again")
	}
	if check := c.Timeline.Check; check != nil {
		add("check", timeline.Span{FromMS: check.AtMS, ToMS: check.AtMS}, check.Text)
	}
	t.Limit("lines")
	return t
}

func lived(l timeline.Lane) timeline.Span {
	if len(l.Lives) == 0 {
		return timeline.Span{}
	}
	last := l.Lives[len(l.Lives)-1]
	return timeline.Span{FromMS: l.Lives[0].FromMS, ToMS: last.ToMS, Open: last.Open}
}

// workerWords sums up what a worker did.
func (c Chart) workerWords(lane timeline.Lane) string {
	words := []string{format.Plural(len(lane.Lives), "life", "lives"), "reports no steps"}
	if lane.Reports {
		words[1] = format.Plural(lane.Commits, "commit", "commits")
	}
	for _, life := range lane.Lives {
		if word := endWord(life); !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	for _, f := range c.Timeline.Faults {
		if f.Worker == lane.Worker {
			words = append(words, "hit by "+f.Kind+" at "+instant(f.FromMS, c.Timeline.EndMS))
		}
	}
	return strings.Join(words, ", ")
}

func endWord(life timeline.Life) string {
	switch life.End {
	case reports.WorkerDone:
		return "says that nothing is left"
	case reports.WorkerKilled:
		return "is killed"
	case reports.WorkerFailed:
		return "fails: " + life.Text
	}
	return "its end is not told"
}

func faultWords(f timeline.Fault) string {
	if f.Worker < 0 {
		return f.Effect()
	}
	return "hits " + format.Worker(f.Worker, f.Life) + ", " + f.Effect()
}

// inSeconds tells whether a run is so long that its time is told in seconds.
func inSeconds(end float64) bool { return end >= 10_000 }

// instant says when something happened, as the axis does.
func instant(ms, end float64) string {
	if inSeconds(end) {
		return svg.Round(ms/1000) + " s"
	}
	return svg.Round(ms) + " ms"
}
