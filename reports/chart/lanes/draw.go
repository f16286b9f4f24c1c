package lanes

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/steps"
	"onceover/reports/timeline"
)

// The most that is drawn. A picture has about mostBytes, however long the run.
const (
	mostLanes  = 24
	mostStrips = 10
	mostFlaws  = 4
	mostBytes  = 60_000
)

// Where the parts of the picture are, in pixels.
const (
	start       = 64  // of the axis of time
	end         = 790 // and its end: labels of the curve stand on the right
	stripsTop   = 26
	stripHeight = 20
	laneHeight  = 26
	barHeight   = 16
	curveHeight = 130
)

type drawing struct {
	*svg.Drawing
	Chart
	time               svg.Scale
	shown              []timeline.Lane   // the workers that are drawn
	faults             []timeline.Fault  // the faults that are drawn
	away               []timeline.Outage // the outages that are drawn
	lanesTop           float64
	curveTop, curveEnd float64
	column             float64 // how wide the columns are in which segments are shown
	drawn, segments    int     // stretches, and the segments that they stand for
}

var (
	dot    = svg.Paint{Fill: svg.Solid(svg.Plain)}
	edge   = svg.Line(svg.Plain, 1.4)
	deadly = svg.Line(svg.Plain, 2.5)
	band   = svg.Paint{Fill: svg.Hatched(svg.Grey)}                     // of a fault
	still  = svg.Paint{Stroke: svg.Plain, Width: 1.6, Dash: svg.Short}  // of a worker that stands still
	gone   = svg.Paint{Fill: svg.Hatched(svg.Grey), Opacity: 0.55}      // of a server that is away
	hit    = svg.Paint{Stroke: svg.Plain, Dash: svg.Fine, Opacity: 0.7} // from a fault to the worker that it hits
	torn   = svg.Paint{Stroke: svg.Plain, Width: 1.6, Dash: svg.Fine}   // of a life whose end is not told
	small  = svg.Style{Size: svg.Small}
)

// newDrawing picks what is drawn, and says where. If there are too many workers, it keeps those
// that most faults hit.
func newDrawing(c Chart) *drawing {
	t := c.Timeline
	last := t.EndMS
	if math.IsNaN(last) {
		last = 1
	}
	d := &drawing{
		Drawing: svg.New(c.ID, svg.FullWidth, c.Title, c.Finding), Chart: c,
		time:  svg.Scale{High: min(max(1, last), 1e15), Start: start, End: end},
		shown: slices.Clone(t.Lanes), faults: t.Faults[:min(mostStrips, len(t.Faults))], away: t.Outages[:min(mostStrips, len(t.Outages))],
	}
	if len(d.shown) > mostLanes {
		hits := map[int]int{}
		for _, f := range t.Faults {
			hits[f.Worker]++
		}
		slices.SortStableFunc(d.shown, func(a, b timeline.Lane) int { return cmp.Compare(hits[b.Worker], hits[a.Worker]) })
		d.shown = d.shown[:mostLanes]
		slices.SortFunc(d.shown, func(a, b timeline.Lane) int { return cmp.Compare(a.Worker, b.Worker) })
	}
	d.lanesTop = stripsTop + stripHeight*float64(len(d.faults)+len(d.away)) + 6
	d.curveTop = d.lanesTop + laneHeight*float64(len(d.shown)) + 30
	d.curveEnd = d.curveTop + curveHeight
	return d
}

// span is where a time begins and ends in the picture. It can always be seen.
func (d *drawing) span(s timeline.Span) (from, to float64) {
	const least = 3
	from, to = d.time.At(s.FromMS), d.time.At(s.ToMS)
	if to-from < least {
		from = min(from, end-least)
		to = from + least
	}
	return from, to
}

func (d *drawing) outages() {
	for _, o := range d.away {
		from, to := d.span(o.Span)
		d.Rect(from, d.lanesTop-4, to-from, d.curveEnd-d.lanesTop+4, gone)
	}
}

func (d *drawing) strips() {
	y := float64(stripsTop)
	for _, f := range d.faults {
		text := f.Text
		if f.Worker >= 0 {
			text += " hits " + format.Worker(f.Worker, f.Life)
		}
		switch {
		case f.Missed != "":
			text += ", without effect"
		case !f.Seen:
			text += ", not seen to take effect"
		}
		d.strip(f.Span, y, text)
		if i := slices.IndexFunc(d.shown, func(l timeline.Lane) bool { return l.Worker == f.Worker }); i >= 0 {
			x, lane := d.time.At(f.FromMS), d.lanesTop+laneHeight*float64(i)
			d.Line(x, y+stripHeight-4, x, lane+1, hit)
			d.Polyline(dot, x, lane+6, x-4, lane, x+4, lane)
		}
		y += stripHeight
	}
	for _, o := range d.away {
		d.strip(o.Span, y, steps.Server(o.Server)+" is away")
		y += stripHeight
	}
}

// strip is a band with its name beside it or, where there is no room, in it.
func (d *drawing) strip(s timeline.Span, y float64, text string) {
	const lead, air = 16, 5
	from, to := d.span(s)
	box := func(from, to float64) { d.Rect(from, y+3, to-from, stripHeight-7, band) }
	wide := svg.Width(svg.Clean(text), small)
	right, left := d.Width-to-8, from-8
	x, style := to+6, small
	switch gap := from + lead + wide + 2*air; {
	case wide <= right:
		box(from, to)
	case wide > left && gap <= to-lead:
		x = from + lead + air
		box(from, from+lead)
		box(gap, to)
	case wide <= left || left > right:
		x, style = from-6, svg.Style{Size: svg.Small, Anchor: svg.End, Room: left}
		box(from, to)
	default:
		style.Room = right
		box(from, to)
	}
	d.Text(x, y+stripHeight/2-0.5, text, style)
	d.Line(from, y+2, from, y+stripHeight-3, svg.Line(svg.Plain, 1))
	if !s.Open { // one that is open has no end
		d.Line(to, y+2, to, y+stripHeight-3, svg.Line(svg.Plain, 1))
	}
}

func (d *drawing) workers() {
	lanes := d.thin()
	middle := func(i int) float64 { return d.lanesTop + laneHeight*(float64(i)+0.5) + 1 }
	for i, l := range d.shown {
		d.Text(start-10, middle(i), fmt.Sprintf("w%d", l.Worker), svg.Style{Anchor: svg.End, Bold: true, Room: start - 12})
		d.segments += len(l.Segments)
		d.drawn += len(lanes[i])
	}
	for _, look := range looks {
		path := ""
		for i, stretches := range lanes {
			path += boxes(stretches, look.doing, middle(i)-look.height/2, look.height)
		}
		d.Path(look.paint, path)
	}
	for i, l := range d.shown {
		d.pauses(l, middle(i))
		for _, life := range l.Lives {
			d.life(life, middle(i))
		}
	}
}

func (d *drawing) pauses(l timeline.Lane, y float64) {
	end := 0.0 // of the last frame
	for _, s := range byStart(l.Pauses) {
		from, to := d.span(s)
		d.Rect(from, y-barHeight/2-2, to-from, barHeight+4, still)
		text := paused(l, s.FromMS)
		if from >= end && svg.Width(text, small)+8 <= to-from {
			d.Text((from+to)/2, y, text, svg.Style{Size: svg.Small, Anchor: svg.Middle})
		}
		end = max(end, to)
	}
}

func paused(l timeline.Lane, at float64) string {
	for _, s := range l.Segments {
		if s.Chunk < 0 || s.FromMS > at || at >= s.ToMS {
			continue
		}
		switch s.Doing {
		case timeline.Holding:
			return fmt.Sprintf("paused, has chunk %d", s.Chunk)
		case timeline.Reading, timeline.Committing:
			return fmt.Sprintf("paused, %s chunk %d", s.Doing, s.Chunk)
		}
	}
	return "paused"
}

func (d *drawing) life(life timeline.Life, y float64) {
	from, to := d.time.At(life.FromMS), d.time.At(life.ToMS)
	d.Line(from, y-5, from, y+5, edge)
	switch life.End {
	case reports.WorkerDone:
		d.Line(to, y-5, to, y+5, edge)
	case reports.WorkerKilled:
		d.Cross(to, y, 6, deadly)
	case reports.WorkerFailed:
		d.warning(to+4, y)
	default:
		d.Line(to, y, to+12, y, torn)
	}
}

func (d *drawing) warning(x, y float64) {
	d.Line(x, y-6, x, y+1.5, svg.Line(svg.Plain, 2.2))
	d.Circle(x, y+4.7, 1.4, dot)
}

// keys are the signs that may occur in the picture; those that do are shown.
func (d *drawing) keys() (keys []svg.Key) {
	did, ends, paused := map[timeline.Doing]bool{}, map[reports.Change]bool{}, false
	for _, l := range d.shown {
		paused = paused || len(l.Pauses) > 0
		for _, s := range l.Segments {
			did[s.Doing] = true
		}
		for _, life := range l.Lives {
			ends[life.End] = true
		}
	}
	for _, look := range slices.Backward(looks) {
		keys = append(keys, svg.Key{Shown: did[look.doing], Word: look.word, Draw: func(x, y float64) {
			d.Rect(x-10, y-look.height/2, 20, look.height, look.paint)
		}})
	}
	return append(keys,
		svg.Key{Shown: paused, Word: "stands still", Draw: func(x, y float64) { d.Rect(x-11, y-8, 22, 16, still) }},
		svg.Key{Shown: ends[reports.WorkerKilled], Word: "killed", Draw: func(x, y float64) { d.Cross(x, y, 6, deadly) }},
		svg.Key{Shown: ends[reports.WorkerFailed], Word: "ends with an error", Draw: d.warning},
		svg.Key{Shown: len(d.faults)+len(d.away) > 0, Word: "a fault, or a server is away", Draw: func(x, y float64) { d.Rect(x-11, y-6, 22, 12, band) }})
}

// notes list the parts that are not drawn and the gaps of the history.
func (d *drawing) notes() (all []string) {
	if d.segments > d.drawn {
		all = append(all, fmt.Sprintf("%s of %s segments drawn: each %s show what took up most of them",
			format.Thousands(d.drawn), format.Thousands(d.segments), steps.Took(d.column*d.time.High/(end-start))))
	}
	t := d.Timeline
	for _, less := range []struct {
		n, of int
		what  string
	}{{len(d.shown), len(t.Lanes), "workers"}, {len(d.faults), len(t.Faults), "faults"}, {len(d.away), len(t.Outages), "outages"}} {
		if less.n < less.of {
			all = append(all, fmt.Sprintf("%d of %d %s drawn", less.n, less.of, less.what))
		}
	}
	for _, flaw := range t.Flaws[:min(mostFlaws, len(t.Flaws))] {
		all = append(all, "the history is flawed: "+flaw)
	}
	if more := len(t.Flaws) - mostFlaws; more > 0 {
		all = append(all, fmt.Sprintf("and %d more flaws of the history", more))
	}
	return all
}
