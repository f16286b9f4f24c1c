package sequence

import (
	"fmt"
	"math"
	"slices"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/steps"
)

type drawing struct {
	*svg.Drawing
	*plan
}

var (
	lifeline = svg.Paint{Stroke: svg.Plain, Opacity: 0.45}
	request  = svg.Line(svg.Plain, 1.5)
	reply    = svg.Paint{Stroke: svg.Plain, Width: 1, Dash: svg.Short, Opacity: 0.8}
	onTheWay = svg.Paint{Stroke: svg.Plain, Width: 1.5, Dash: svg.Fine}
	slash    = svg.Line(svg.Plain, 2.2)
	deadly   = svg.Line(svg.Plain, 2.5)
	thin     = svg.Line(svg.Plain, 1.2)
	dot      = svg.Paint{Fill: svg.Solid(svg.Plain)}
)

// rowsAndLanes draws all but the legend: lifelines first, so that arrows
// lie above it.
func (d *drawing) rowsAndLanes() {
	for _, l := range d.lanes {
		d.lifelines(l)
	}
	for _, h := range d.holds() {
		d.bar(h)
	}
	clock, passes := "", d.timePasses()
	for _, r := range d.rows {
		switch r.kind {
		case gapRow:
			d.pause(r, steps.Took(r.gapMS)+" go by", false)
		case leftRow:
			d.pause(r, fmt.Sprintf("… %d steps are not drawn …", r.left), true)
		case bornRow:
			if x, ok := d.lane(r.step.Worker, ""); ok {
				d.box(x, r.top, format.Worker(r.step.Worker, r.step.Life), d.apart-6)
			}
		case stepRow:
			d.step(r, passes && (r.step.Number > 0 || steps.Clock(r.step.AtMS) != clock))
			clock = steps.Clock(r.step.AtMS)
		}
	}
	d.connectors()
}

func (d *drawing) lifelines(l lane) {
	name, room := steps.Server(l.server), float64(serverApart)
	if l.worker >= 0 {
		first := slices.IndexFunc(d.rows, func(r row) bool { return r.kind == stepRow && r.step.Worker == l.worker })
		name, room = format.Worker(l.worker, d.rows[first].step.Life), d.apart
	}
	d.box(l.x, 0, name, room-6)
	for _, life := range l.alive {
		d.Line(l.x, life[0], l.x, life[1], lifeline)
	}
}

// box frames a name. It is no wider than most.
func (d *drawing) box(x, y float64, name string, most float64) {
	const least, air = 40, 8
	width := min(max(least, svg.Width(svg.Clean(name), svg.Style{Bold: true})+air), most)
	d.Rect(x-width/2, y+1, width, headHeight-2, thin)
	d.Text(x, y+headHeight/2, name, svg.Style{Anchor: svg.Middle, Bold: true, Room: width - air + 0.1})
}

// bar shows on a lifeline that its worker believes to have a chunk, also when its
// lease is over.
func (d *drawing) bar(h *hold) {
	x, ok := d.lane(h.worker, "")
	if !ok || h.to <= h.from {
		return
	}
	d.Group(fmt.Sprintf("%s believes that it has chunk %d", format.Worker(h.worker, h.life), h.chunk), func() {
		d.Rect(x-barHalf, h.from, 2*barHalf, h.to-h.from, svg.Paint{Fill: svg.Solid(svg.Plain), Opacity: 0.18})
		if h.late > 0 && h.late < h.to {
			d.Rect(x-barHalf, h.late, 2*barHalf, h.to-h.late, svg.Paint{Fill: svg.Hatched(d.colour)})
		}
		d.Rect(x-barHalf, h.from, 2*barHalf, h.to-h.from, svg.Line(svg.Plain, 1))
	})
}

func (d *drawing) pause(r row, text string, bold bool) {
	y := r.top + r.height/2
	d.breaks(y)
	d.Text(d.column, y, text, svg.Style{Size: svg.Small, Bold: bold, Room: d.room})
}

func (d *drawing) breaks(y float64) {
	for _, l := range d.lanes {
		if l.at(y) {
			d.zigzag(l.x, y)
		}
	}
}

func (d *drawing) zigzag(x, y float64) {
	for _, dy := range []float64{-3, 3} {
		d.Polyline(thin, x-6, y+dy+2.5, x-2, y+dy-2.5, x+2, y+dy+2.5, x+6, y+dy-2.5)
	}
}

// timePasses tells whether the clock of any step says something else than that of the first.
func (d *drawing) timePasses() bool {
	timed := reports.Those(d.rows, func(r row) bool { return r.kind == stepRow })
	return len(reports.Unique(timed, func(r row) string { return steps.Clock(r.step.AtMS) })) > 1
}

// step draws one step, with its clock if that is worth being said.
func (d *drawing) step(r row, clock bool) {
	y := r.noteTop + noteRow/2
	switch {
	case everybody(r.step):
		d.margin(r, y, clock)
		d.rule(r, y)
	case r.asks():
		d.margin(r, r.top+requestLine-6, clock)
		d.asked(r)
	default:
		d.margin(r, y, clock)
		d.alone(r, y)
	}
	if r.violates() {
		y := r.top + r.height - violationRow/2 - 2
		d.Mark(d.cx.Verdict, d.column+8, y, 16)
		d.Text(d.column+22, y, steps.Violation(d.cx, r.step), svg.Style{Bold: true, Room: d.room - 22})
	}
}

func (d *drawing) margin(r row, y float64, clock bool) {
	const clockRoom = clockEnd - numberEnd - 8
	if r.step.Number > 0 {
		d.Text(numberEnd, y, fmt.Sprint(r.step.Number), svg.Style{Anchor: svg.End, Bold: true, Room: numberEnd})
	}
	if clock {
		d.Text(clockEnd, y, steps.Clock(r.step.AtMS), svg.Style{Size: svg.Small, Anchor: svg.End, Room: clockRoom})
	}
	if r.times == 1 {
		return
	}
	d.Text(clockEnd, y+15, fmt.Sprintf("×%d", r.times), svg.Style{Anchor: svg.End, Bold: true, Room: clockRoom})
	end := r.top + r.height - 4
	for _, other := range d.rows {
		if other.kind == stepRow && other.index >= r.index && other.index < r.index+r.block {
			end = other.top + other.height - 4
		}
	}
	d.Polyline(request, clockEnd+9, r.top+4, clockEnd+5, r.top+4, clockEnd+5, end, clockEnd+9, end)
}

func (d *drawing) rule(r row, y float64) {
	if r.gapMS > 0 {
		d.breaks(y)
	}
	d.arrived(r.step, y)
	p := svg.Paint{Stroke: svg.Plain, Width: 1.5, Dash: svg.Dashed}
	d.Line(firstLane-20, y, d.column-6, y, p)
	d.says(r, y)
	if end := d.column + r.noteRoom + 8; end < d.last() {
		d.Line(end, y, d.last()+12, y, p)
	}
}

func (d *drawing) alone(r row, y float64) {
	x, _ := d.lane(r.step.Worker, "")
	d.arrived(r.step, y)
	if r.step.Outcome == reports.StepDies {
		d.Cross(x, y, 7, deadly)
	} else {
		d.Circle(x, y, 3, dot)
	}
	d.Line(x+10, y, d.column-6, y, svg.Faint)
	d.says(r, y)
}

func (d *drawing) says(r row, y float64) {
	for i, line := range r.note {
		d.Text(d.column, y+lineStep*float64(i), line, svg.Style{Bold: r.bold, Room: r.noteRoom + 0.1})
	}
}

func (d *drawing) arrived(s reports.Step, y float64) {
	if s.Rows == "" {
		return
	}
	l := svg.Style{Size: svg.Small, Bold: s.Bad, Room: rightMargin - 30}
	d.Text(d.last()+28, y, "+ "+steps.RowCount(s.Rows), l)
	if s.Bad && s.First > 0 {
		d.Text(d.last()+28, y+14, "again", l)
	}
}

func (d *drawing) connectors() {
	arrival := func(r row) float64 {
		if r.asks() {
			return r.top + requestLine
		}
		return r.top + noteRow/2
	}
	for _, r := range d.rows {
		first := slices.IndexFunc(d.rows, func(f row) bool {
			return f.kind == stepRow && f.step.Number == r.step.First
		})
		if r.kind != stepRow || !r.step.Bad || r.step.First <= 0 || first < 0 {
			continue
		}
		x, from, to := d.last()+20, arrival(d.rows[first]), arrival(r)
		p := svg.Line(d.colour, 2)
		d.Polyline(p, d.last()+6, to, x, to, x, from, d.last()+12, from)
		d.pointer(d.last()+6, from, -1, 4, p)
	}
}

func (d *drawing) asked(r row) {
	s := r.step
	x, _ := d.lane(s.Worker, "")
	to, ok := d.lane(-1, s.Server)
	if !ok {
		to = d.column + d.room
	}
	y := r.top + requestLine
	d.Text(d.column, y-10, s.Request, svg.Style{Room: d.room})
	p, half := request, 3.5
	if s.Bad {
		p, half = svg.Line(d.colour, 3.5), 6
	}
	from := x + barHalf + 1
	switch s.Outcome {
	case reports.StepCutBefore:
		end := d.column + 0.6*(min(to, d.column+d.room)-d.column)
		d.Line(from, y, end, y, p)
		d.Line(end-4, y+8, end+4, y-8, slash)
	case reports.StepGivenUp:
		p.Dash = svg.Fine
		d.Line(from, y, to-2, y, p)
		d.open(to-2, y, 4, svg.Line(p.Stroke, 1.2))
	default:
		d.Line(from, y, to-2*half, y, p)
		d.pointer(to-1, y, 1, half, p)
	}
	d.Circle(x, y, 3, svg.Paint{Fill: svg.Solid(p.Stroke)})
	d.arrived(s, y)
	d.replied(r, from, to)
}

// open is an arrow's head that is not filled: it has not arrived.
func (d *drawing) open(x, y, half float64, p svg.Paint) {
	d.Polyline(p, x-2*half, y-half, x, y, x-2*half, y+half)
}

// pointer is the head of an arrow that runs to the right, or with -1 to the left.
func (d *drawing) pointer(x, y, direction, half float64, p svg.Paint) {
	back := x - direction*2*half
	d.Polyline(svg.Paint{Fill: svg.Solid(p.Stroke), Opacity: p.Opacity}, x, y, back, y-half, back, y+half)
}

func (d *drawing) replied(r row, from, to float64) {
	s, y := r.step, r.top+replyLine
	text := s.Reply
	switch s.Outcome {
	case reports.StepCutBefore, reports.StepGivenUp:
		d.Text(d.column, y, steps.Became(s), svg.Style{Size: svg.Small, Room: d.room})
		return
	case reports.StepReplyLost:
		text = steps.Joined(text, "reply lost")
	case reports.StepDiesAfter:
		text = steps.Joined(text, format.Worker(s.Worker, s.Life)+" dies")
	}
	d.back(s, steps.Joined(text, s.Text), from, to, y)
}

func (d *drawing) back(s reports.Step, text string, from, to, y float64) {
	const margin = 14
	end := min(to, d.column+d.room) - margin
	style := svg.Style{Size: svg.Small, Anchor: svg.End, Room: end - d.column}
	if s.Outcome != reports.StepAnswered {
		style.Room = 0.7 * d.room // for the signs before it
	}
	begin := end
	if text != "" {
		begin = end - min(svg.Width(svg.Clean(text), style), style.Room) - 5
		d.Text(end-2, y, text, style)
	}
	p := reply
	d.Line(end+3, y, to-1, y, p)
	switch s.Outcome {
	case reports.StepReplyLost:
		stop := begin - math.Min(46, max(10, (begin-from)/3))
		d.Line(stop+6, y, begin-2, y, p)
		d.Line(stop-1, y+7, stop+5, y-7, slash)
		d.Line(stop+5, y+7, stop+11, y-7, slash)
	case reports.StepDiesAfter:
		x, _ := d.lane(s.Worker, "")
		d.Line(x+12, y, begin-2, y, p)
		d.Cross(x, y, 7, deadly)
	default:
		d.Line(from+2, y, begin-2, y, p)
		d.open(from, y, -3.5, thin)
	}
}
