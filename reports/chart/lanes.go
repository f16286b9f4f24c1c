package chart

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/say"
	"onceover/reports/timeline"
)

// Lanes shows how a run went on: what each worker did when, what went wrong
// meanwhile, and how many rows had arrived. All of it has one axis of time. Of
// long runs not every segment is drawn; how many are, stands below.
type Lanes struct {
	ID             string
	Title, Finding string
	Timeline       timeline.Timeline
	Rows           reports.RowCounts // as the check counted them; the zero value: they are not known
}

// What is drawn at most. A picture has about lanesBytes, however long the run.
const (
	mostLanes  = 24
	mostStrips = 10
	mostFlaws  = 4
	lanesBytes = 60_000
)

// Where the parts of lanes are, in pixels.
const (
	lanesWidth  = 980
	lanesStart  = 64  // of the axis of time
	lanesEnd    = 810 // and its end: what the curve comes to stands on the right
	bandHeight  = 20
	laneHeight  = 26
	barHeight   = 16
	curveHeight = 130
)

// SVG is the picture.
func (l Lanes) SVG() template.HTML {
	if len(l.Timeline.Lanes)+len(l.Timeline.Faults)+len(l.Timeline.Outages) == 0 && l.Timeline.Check == nil {
		return nothingToShow(l.ID, l.Title, l.Finding).html(40)
	}
	end := max(1, sane(l.Timeline.EndMS))
	d := &lanesDrawing{
		drawing: newDrawing(l.ID, lanesWidth, l.Title, l.Finding), Lanes: l,
		time: scale{high: end, start: lanesStart, end: lanesEnd},
	}
	d.layout()
	d.outages()
	d.strips()
	d.workers()
	d.curve()
	d.check()
	d.axis(d.time, d.curveEnd, d.curveEnd, timeName(end), func(ms float64) string { return instant(ms, end) })
	y := d.legend(8, d.curveEnd+axisHeight+6, d.keys())
	for _, note := range d.notes() {
		y += keyHeight
		d.text(8, y-6, note, lettering{size: smallSize, bold: true, room: d.width - 16})
	}
	return d.html(y + 6)
}

// Table says for each worker, and then for each fault, what there is to say.
func (l Lanes) Table() Table {
	t := Table{Caption: l.Title, Head: []string{"who or what", "from", "to", "what happened"}}
	end := l.Timeline.EndMS
	add := func(what string, s timeline.Span, text string) {
		to := instant(s.ToMS, end)
		if s.Open {
			to = "not seen to end"
		}
		t.Rows = append(t.Rows, []string{what, instant(s.FromMS, end), to, text})
	}
	for _, lane := range l.Timeline.Lanes {
		add(fmt.Sprintf("w%d", lane.Worker), lived(lane), l.workerWords(lane))
	}
	for _, f := range l.Timeline.Faults {
		add(orNone(f.Text), f.Span, faultWords(f))
	}
	for _, o := range l.Timeline.Outages {
		add(serverName(o.Server)+" is away", o.Span, "from when it was seen to be gone until it was seen to answer again")
	}
	if c := l.Timeline.Check; c != nil {
		t.Rows = append(t.Rows, []string{"check", instant(c.AtMS, end), "-", orNone(c.Text)})
	}
	if n := len(t.Rows); n > mostTableRows {
		t.Rows = t.Rows[:mostTableRows]
		t.Caption += fmt.Sprintf(" (the first %d of %d lines)", mostTableRows, n)
	}
	return t
}

// lived is from a worker's first birth to its last death.
func lived(l timeline.Lane) timeline.Span {
	if len(l.Lives) == 0 {
		return timeline.Span{}
	}
	last := l.Lives[len(l.Lives)-1]
	return timeline.Span{FromMS: l.Lives[0].FromMS, ToMS: last.ToMS, Open: last.Open}
}

// workerWords sums up what a worker did.
func (l Lanes) workerWords(lane timeline.Lane) string {
	words := []string{say.Plural(len(lane.Lives), "life", "lives")}
	if lane.Reports {
		words = append(words, say.Plural(lane.Commits, "commit", "commits"))
	} else {
		words = append(words, "reports no steps")
	}
	var ends []string
	for _, life := range lane.Lives {
		if word := endWord(life); !slices.Contains(ends, word) {
			ends = append(ends, word)
		}
	}
	words = append(words, ends...)
	for _, f := range l.Timeline.Faults {
		if f.Worker == lane.Worker {
			words = append(words, "struck by "+f.Kind+" at "+instant(f.FromMS, l.Timeline.EndMS))
		}
	}
	return strings.Join(words, ", ")
}

func endWord(life timeline.Life) string {
	switch life.End {
	case timeline.EndDone:
		return "says that nothing is left"
	case timeline.EndKilled:
		return "is killed"
	case timeline.EndFailed:
		return "fails: " + life.Text
	}
	return "its end is not told"
}

// faultWords says whom a fault struck, and whether that was seen.
func faultWords(f timeline.Fault) string {
	text := "not seen to take effect"
	switch {
	case f.Missed != "":
		text = "without effect: " + f.Missed
	case f.Seen:
		text = "seen: " + f.Said
	}
	if f.Worker >= 0 {
		text = "strikes " + lifeName(f.Worker, f.Life) + ", " + text
	}
	return text
}

// inSeconds tells whether a run is so long that its time is told in seconds.
func inSeconds(end float64) bool { return end >= 10_000 }

func timeName(end float64) string {
	if inSeconds(end) {
		return "seconds since the run began"
	}
	return "milliseconds since the run began"
}

// instant says when something happened, as the axis does.
func instant(ms, end float64) string {
	if inSeconds(end) {
		return short(ms/1000) + " s"
	}
	return short(ms) + " ms"
}
