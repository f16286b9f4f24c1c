package chart

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports/say"
	"onceover/reports/timeline"
)

// lanesDrawing is a picture of lanes in the making.
type lanesDrawing struct {
	*drawing
	Lanes
	time                scale
	shown               []timeline.Lane  // the workers that are drawn
	struck              []timeline.Fault // the faults that are drawn
	stripsTop, lanesTop float64
	curveTop, curveEnd  float64
	column              float64 // how wide the columns are in which segments are shown
	drawn, segments     int     // stretches, and what they stand for
}

// layout picks what is drawn, and says where.
func (d *lanesDrawing) layout() {
	d.struck = d.Timeline.Faults
	if len(d.struck) > mostStrips {
		d.struck = d.struck[:mostStrips]
	}
	d.shown = d.Timeline.Lanes
	if len(d.shown) > mostLanes {
		d.shown = slices.Clone(d.shown)
		slices.SortStableFunc(d.shown, func(a, b timeline.Lane) int { return cmp.Compare(d.strikes(b), d.strikes(a)) })
		d.shown = d.shown[:mostLanes]
		slices.SortFunc(d.shown, func(a, b timeline.Lane) int { return cmp.Compare(a.Worker, b.Worker) })
	}
	d.stripsTop = 26
	d.lanesTop = d.stripsTop + bandHeight*float64(len(d.struck)+len(d.away())) + 6
	d.curveTop = d.lanesTop + laneHeight*float64(len(d.shown)) + 30
	d.curveEnd = d.curveTop + curveHeight
}

// strikes counts the faults of a worker.
func (d *lanesDrawing) strikes(l timeline.Lane) (n int) {
	for _, f := range d.Timeline.Faults {
		if f.Worker == l.Worker {
			n++
		}
	}
	return n
}

// away are the outages that are drawn.
func (d *lanesDrawing) away() []timeline.Outage {
	return d.Timeline.Outages[:min(mostStrips, len(d.Timeline.Outages))]
}

// top is where the lane of a worker is; ok is false if it is not drawn.
func (d *lanesDrawing) top(worker int) (y float64, ok bool) {
	i := slices.IndexFunc(d.shown, func(l timeline.Lane) bool { return l.Worker == worker })
	return d.lanesTop + laneHeight*float64(i), i >= 0
}

// span is where a time begins and ends in the picture. It can always be seen.
func (d *lanesDrawing) span(s timeline.Span) (from, to float64) {
	const least = 3
	from, to = d.time.at(s.FromMS), d.time.at(s.ToMS)
	if to-from < least {
		from = min(from, d.time.end-least)
		to = from + least
	}
	return from, to
}

var (
	band  = paint{fill: hatched(inconclusive)}            // of a fault
	still = paint{stroke: plain, width: 1.6, dash: "4 3"} // of a worker that stands still
)

// outages lie behind everything.
func (d *lanesDrawing) outages() {
	for _, o := range d.away() {
		from, to := d.span(o.Span)
		d.rect(from, d.lanesTop-4, to-from, d.curveEnd-d.lanesTop+4, paint{fill: hatched(inconclusive), opacity: 0.55})
	}
}

// strips has a line for each fault and each outage.
func (d *lanesDrawing) strips() {
	y := d.stripsTop
	for _, f := range d.struck {
		text := f.Text
		if f.Worker >= 0 {
			text += " strikes " + lifeName(f.Worker, f.Life)
		}
		switch {
		case f.Missed != "":
			text += ", without effect"
		case !f.Seen:
			text += ", not seen to take effect"
		}
		d.strip(f.Span, y, text)
		if lane, ok := d.top(f.Worker); ok {
			d.strike(d.time.at(f.FromMS), y+bandHeight-4, lane)
		}
		y += bandHeight
	}
	for _, o := range d.away() {
		d.strip(o.Span, y, serverName(o.Server)+" is away")
		y += bandHeight
	}
}

// strip is a band with its name beside it or, where there is no room, in it.
func (d *lanesDrawing) strip(s timeline.Span, y float64, text string) {
	from, to := d.span(s)
	wide := textWidth(clean(text), smallSize, false)
	right, left := d.width-to-8, from-8
	middle := y + bandHeight/2 - 0.5
	const lead, air = 16, 5
	switch gap := from + lead + wide + 2*air; {
	case wide <= right:
		d.text(to+6, middle, text, lettering{size: smallSize})
	case wide <= left:
		d.text(from-6, middle, text, lettering{size: smallSize, anchor: atEnd})
	case gap <= to-lead:
		d.text(from+lead+air, middle, text, lettering{size: smallSize})
		d.band(from, from+lead, y)
		d.band(gap, to, y)
		d.bandEnds(s, from, to, y)
		return
	case right >= left:
		d.text(to+6, middle, text, lettering{size: smallSize, room: right})
	default:
		d.text(from-6, middle, text, lettering{size: smallSize, anchor: atEnd, room: left})
	}
	d.band(from, to, y)
	d.bandEnds(s, from, to, y)
}

func (d *lanesDrawing) band(from, to, y float64) {
	d.rect(from, y+3, to-from, bandHeight-7, band)
}

// bandEnds bound a band; one that is open has no end.
func (d *lanesDrawing) bandEnds(s timeline.Span, from, to, y float64) {
	edges := line(plain, 1)
	d.line(from, y+2, from, y+bandHeight-3, edges)
	if !s.Open {
		d.line(to, y+2, to, y+bandHeight-3, edges)
	}
}

// strike leads from the strip of a fault to the lane of the worker that it hits.
func (d *lanesDrawing) strike(x, from, lane float64) {
	p := paint{stroke: plain, dash: fine, opacity: 0.7}
	d.line(x, from, x, lane+1, p)
	d.polyline(paint{fill: solid(plain)}, x, lane+6, x-4, lane, x+4, lane)
}

// looks are how a segment is drawn, by what is done in it. What has no look is
// a line.
var looks = map[timeline.Doing]struct {
	paint
	height float64
}{
	timeline.Committing: {paint{fill: solid(plain), opacity: 0.92}, barHeight},
	timeline.Reading:    {paint{fill: solid(plain), opacity: 0.55}, barHeight},
	timeline.Holding:    {paint{fill: solid(plain), opacity: 0.25}, barHeight},
	timeline.Running:    {paint{fill: solid(plain), opacity: 0.4}, barHeight},
	timeline.Waiting:    {paint{stroke: plain, opacity: 0.8}, barHeight / 2},
	timeline.Claiming:   {paint{fill: solid(plain), opacity: 0.4}, barHeight / 2},
	timeline.Idle:       {paint{fill: solid(plain), opacity: 0.6}, 1.2},
	timeline.Starting:   {paint{fill: solid(plain), opacity: 0.35}, 1.2},
}

// workers draws the lanes.
func (d *lanesDrawing) workers() {
	lanes, column := d.thin()
	d.column = column
	for i, l := range d.shown {
		d.text(lanesStart-10, d.middle(i), fmt.Sprintf("w%d", l.Worker), lettering{anchor: atEnd, bold: true, room: lanesStart - 12})
		d.segments += len(l.Segments)
		d.drawn += len(lanes[i])
	}
	for _, doing := range doings {
		look := looks[doing]
		var path strings.Builder
		for i, stretches := range lanes {
			path.WriteString(boxes(stretches, doing, d.middle(i)-look.height/2, look.height))
		}
		if path.Len() > 0 {
			d.form(look.paint, "path", "d", path.String())
		}
	}
	for i, l := range d.shown {
		d.pauses(l, d.middle(i))
		for _, life := range l.Lives {
			d.lifeEnds(life, d.middle(i))
		}
	}
}

// middle is the height of the middle of a lane.
func (d *lanesDrawing) middle(i int) float64 { return d.lanesTop + laneHeight*(float64(i)+0.5) + 1 }

// pauses frame the times in which a worker stood still, and say what it was at.
func (d *lanesDrawing) pauses(l timeline.Lane, y float64) {
	end := 0.0 // of what is framed
	for _, s := range byStart(l.Pauses) {
		from, to := d.span(s)
		d.rect(from, y-barHeight/2-2, to-from, barHeight+4, still)
		text := paused(l, s.FromMS)
		if from >= end && textWidth(text, smallSize, false)+8 <= to-from {
			d.text((from+to)/2, y, text, lettering{size: smallSize, anchor: atMiddle})
		}
		end = max(end, to)
	}
}

// paused says what a worker was at when it began to stand still.
func paused(l timeline.Lane, at float64) string {
	for _, s := range l.Segments {
		if s.Chunk < 0 || s.FromMS > at || at >= s.ToMS {
			continue
		}
		switch s.Doing {
		case timeline.Holding:
			return fmt.Sprintf("paused, has chunk %d", s.Chunk)
		case timeline.Reading:
			return fmt.Sprintf("paused, reading chunk %d", s.Chunk)
		case timeline.Committing:
			return fmt.Sprintf("paused, committing chunk %d", s.Chunk)
		}
	}
	return "paused"
}

func byStart(spans []timeline.Span) []timeline.Span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b timeline.Span) int { return cmp.Compare(a.FromMS, b.FromMS) })
	return spans
}

// lifeEnds marks where a life begins again, and how it ends.
func (d *lanesDrawing) lifeEnds(life timeline.Life, y float64) {
	from, to := d.time.at(life.FromMS), d.time.at(life.ToMS)
	d.line(from, y-5, from, y+5, line(plain, 1.4))
	switch life.End {
	case timeline.EndDone:
		d.line(to, y-5, to, y+5, line(plain, 1.4))
	case timeline.EndKilled:
		d.cross(to, y, 6, deadly)
	case timeline.EndFailed:
		d.warning(to+4, y)
	default:
		d.line(to, y, to+12, y, paint{stroke: plain, width: 1.6, dash: fine})
	}
}

// warning is an exclamation mark.
func (d *lanesDrawing) warning(x, y float64) {
	d.line(x, y-6, x, y+1.5, line(plain, 2.2))
	d.circle(x, y+4.7, 1.4, paint{fill: solid(plain)})
}

// notes say what is not drawn, and what the history lacks.
func (d *lanesDrawing) notes() []string {
	var all []string
	if d.segments > d.drawn {
		all = append(all, fmt.Sprintf("%s of %s segments drawn: each %s show what took up most of them",
			say.Thousands(int64(d.drawn)), say.Thousands(int64(d.segments)), sequenceClock(d.column*d.time.high/(lanesEnd-lanesStart))))
	}
	less := func(n, of int, what string) {
		if n < of {
			all = append(all, fmt.Sprintf("%d of %d %s drawn", n, of, what))
		}
	}
	less(len(d.shown), len(d.Timeline.Lanes), "workers")
	less(len(d.struck), len(d.Timeline.Faults), "faults")
	less(len(d.away()), len(d.Timeline.Outages), "outages")
	for i, flaw := range d.Timeline.Flaws {
		if i == mostFlaws {
			all = append(all, fmt.Sprintf("and %d more flaws of the history", len(d.Timeline.Flaws)-mostFlaws))
			break
		}
		all = append(all, "the history is flawed: "+flaw)
	}
	return all
}
