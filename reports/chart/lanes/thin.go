package lanes

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"onceover/reports/chart/svg"
	"onceover/reports/timeline"
)

// look is how a segment is drawn, by what is done in it, and what it means.
type look struct {
	doing  timeline.Doing
	paint  svg.Paint
	height float64
	word   string
}

// looks are sorted by importance, the most important first. A worker begins with the last.
var looks = []look{
	{timeline.Running, shade(0.4), barHeight, "runs, reports no steps"},
	{timeline.Committing, shade(0.92), barHeight, "commits it"},
	{timeline.Reading, shade(0.55), barHeight, "reads it"},
	{timeline.Holding, shade(0.25), barHeight, "has a chunk"},
	{timeline.Waiting, svg.Paint{Stroke: svg.Plain, Opacity: 0.8}, barHeight / 2, "claims in vain, or waits"},
	{timeline.Claiming, shade(0.4), barHeight / 2, "claims a chunk"},
	{timeline.Idle, shade(0.6), 1.2, "idle"},
	{timeline.Starting, shade(0.35), 1.2, "starts"},
}

func shade(opacity float64) svg.Paint {
	return svg.Paint{Fill: svg.Solid(svg.Plain), Opacity: opacity}
}

type stretch struct {
	doing    timeline.Doing
	from, to float64
}

// thinned shows a lane in columns of a width: the longest activity of a column is
// drawn in it, columns that are alike are one stretch. Segments that fill whole
// columns keep their edges.
func thinned(segments []timeline.Segment, at func(ms float64) float64, start, column float64) []stretch {
	t := thinning{start: start, column: column, number: -1, spent: map[timeline.Doing]float64{}}
	for _, s := range segments {
		from, to := (at(s.FromMS)-start)/column, (at(s.ToMS)-start)/column
		for from < to {
			number := math.Floor(from)
			if number != t.number {
				t.flush()
				t.number = number
			}
			until := min(to, number+1)
			t.spent[s.Doing] += until - from
			from = until
		}
	}
	t.flush()
	return t.all
}

type thinning struct {
	all           []stretch
	start, column float64
	number        float64                    // of the column that is being filled; -1: none
	spent         map[timeline.Doing]float64 // in it, in columns
}

func (t *thinning) flush() {
	most := timeline.Doing("")
	for _, look := range looks {
		if t.spent[look.doing] > t.spent[most] {
			most = look.doing
		}
	}
	clear(t.spent)
	if t.number < 0 || most == "" {
		return
	}
	from, to := t.start+t.number*t.column, t.start+(t.number+1)*t.column
	if i := len(t.all) - 1; i >= 0 && t.all[i].doing == most && math.Abs(t.all[i].to-from) < 0.01 {
		t.all[i].to = to
		return
	}
	t.all = append(t.all, stretch{most, from, to})
}

// awake are the segments of a worker without the times in which it stood still.
func awake(l timeline.Lane) []timeline.Segment {
	if len(l.Pauses) == 0 {
		return l.Segments
	}
	pauses := byStart(l.Pauses)
	var all []timeline.Segment
	for _, s := range l.Segments {
		for _, p := range pauses {
			if p.FromMS >= s.ToMS || p.ToMS <= s.FromMS {
				continue
			}
			part := s
			part.ToMS = max(s.FromMS, p.FromMS)
			all = append(all, part)
			s.FromMS = p.ToMS
		}
		all = append(all, s)
	}
	return all
}

func byStart(spans []timeline.Span) []timeline.Span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b timeline.Span) int { return cmp.Compare(a.FromMS, b.FromMS) })
	return spans
}

// thin finds columns that are wide enough for a picture that is small enough.
func (d *drawing) thin() (lanes [][]stretch) {
	const bytesEach = 22
	for d.column = 1; ; d.column *= 2 {
		lanes = nil
		n := 0
		for _, lane := range d.shown {
			lanes = append(lanes, thinned(awake(lane), d.time.At, d.time.Start, d.column))
			n += len(lanes[len(lanes)-1])
		}
		if n <= (mostBytes-20_000)/bytesEach || d.column > 64 {
			return lanes
		}
	}
}

func boxes(stretches []stretch, doing timeline.Doing, top, height float64) string {
	var path strings.Builder
	for _, s := range stretches {
		if s.doing == doing {
			w := svg.Number(s.to - s.from)
			path.WriteString("M" + svg.Number(s.from) + " " + svg.Number(top) + "h" + w + "v" + svg.Number(height) + "h-" + w + "z")
		}
	}
	return path.String()
}
