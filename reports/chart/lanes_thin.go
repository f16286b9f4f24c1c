package chart

import (
	"math"
	"strings"

	"onceover/reports/timeline"
)

// doings are what a worker may do, what should not be overlooked first.
var doings = []timeline.Doing{
	timeline.Committing, timeline.Reading, timeline.Holding, timeline.Running,
	timeline.Waiting, timeline.Claiming, timeline.Idle, timeline.Starting,
}

// stretch is a part of a lane, in pixels, in which one thing is shown.
type stretch struct {
	doing    timeline.Doing
	from, to float64
}

// thinned shows a lane in columns of a width: what took up most of a column is
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

// thinning is a lane that is being thinned.
type thinning struct {
	all           []stretch
	start, column float64
	number        float64                    // of the column that is being filled; -1: none
	spent         map[timeline.Doing]float64 // in it, in columns
}

// flush ends a column.
func (t *thinning) flush() {
	most := timeline.Doing("")
	for _, doing := range doings {
		if t.spent[doing] > t.spent[most] {
			most = doing
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

// thin finds columns that are wide enough for a picture that is small enough.
func (d *lanesDrawing) thin() (lanes [][]stretch, column float64) {
	const least, bytesEach = 1, 22
	room := (lanesBytes - 20_000) / bytesEach
	for column = least; ; column *= 2 {
		lanes = lanes[:0]
		n := 0
		for _, lane := range d.shown {
			lanes = append(lanes, thinned(awake(lane), d.time.at, d.time.start, column))
			n += len(lanes[len(lanes)-1])
		}
		if n <= room || column > 64 {
			return lanes, column
		}
	}
}

// boxes is a path of boxes, one for each stretch of a kind.
func boxes(stretches []stretch, doing timeline.Doing, top, height float64) string {
	var path strings.Builder
	for _, s := range stretches {
		if s.doing == doing {
			w := number(s.to - s.from)
			path.WriteString("M" + number(s.from) + " " + number(top) + "h" + w + "v" + number(height) + "h-" + w + "z")
		}
	}
	return path.String()
}
