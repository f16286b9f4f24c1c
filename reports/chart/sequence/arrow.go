package sequence

import (
	"math"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/steps"
)

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
