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
	var all []stretch
	spent := map[timeline.Doing]float64{} // in the column that is being filled
	current := -1.0                       // its number
	flush := func() {
		if current < 0 {
			return
		}
		most := timeline.Doing("")
		for _, doing := range doings {
			if spent[doing] > spent[most] {
				most = doing
			}
		}
		clear(spent)
		if most == "" {
			return
		}
		from, to := start+current*column, start+(current+1)*column
		if i := len(all) - 1; i >= 0 && all[i].doing == most && math.Abs(all[i].to-from) < 0.01 {
			all[i].to = to
			return
		}
		all = append(all, stretch{most, from, to})
	}
	for _, s := range segments {
		from, to := (at(s.FromMS)-start)/column, (at(s.ToMS)-start)/column
		for from < to {
			number := float64(int(from))
			if number != current {
				flush()
				current = number
			}
			until := min(to, number+1)
			spent[s.Doing] += until - from
			from = until
		}
	}
	flush()
	return all
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
