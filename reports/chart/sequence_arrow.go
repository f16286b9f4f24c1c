package chart

import (
	"math"

	"onceover/reports"
)

// asked draws a request, and what became of it.
func (d *sequenceDrawing) asked(row sequenceRow) {
	s := row.step
	x, _ := d.lane(s.Worker, "")
	to, ok := d.lane(-1, s.Server)
	if !ok {
		to = d.column + d.room
	}
	y := row.top + requestLine
	d.text(d.column, y-10, s.Request, lettering{room: d.room})
	p, half := request, 3.5
	if s.Bad {
		p, half = line(d.verdict, 3.5), 6
	}
	from := x + barHalf + 1
	switch s.Outcome {
	case reports.StepCutBefore:
		d.cut(from, to, y, p)
	case reports.StepGivenUp:
		p.dash = fine
		d.line(from, y, to-2, y, p)
		d.open(to-2, y, 4, line(p.stroke, 1.2))
	default:
		d.line(from, y, to-2*half, y, p)
		d.pointer(to-1, y, 1, half, p)
	}
	d.circle(x, y, 3, paint{fill: solid(p.stroke)})
	d.arrived(s, y)
	d.replied(row, from, to)
}

// cut is a request whose connection breaks before it arrives.
func (d *sequenceDrawing) cut(from, to, y float64, p paint) {
	end := d.column + 0.6*(min(to, d.column+d.room)-d.column)
	d.line(from, y, end, y, p)
	slash := line(plain, 2.2)
	d.line(end-4, y+8, end+4, y-8, slash)
}

// open is an arrow's head that is not filled: it has not arrived.
func (d *sequenceDrawing) open(x, y, half float64, p paint) {
	d.polyline(p, x-2*half, y-half, x, y, x-2*half, y+half)
}

// replied draws the way back: the reply, or why there is none.
func (d *sequenceDrawing) replied(row sequenceRow, from, to float64) {
	s, y := row.step, row.top+replyLine
	text := s.Reply
	switch s.Outcome {
	case reports.StepCutBefore, reports.StepGivenUp:
		d.text(d.column, y, became(s), lettering{size: smallSize, room: d.room})
		return
	case reports.StepReplyLost:
		text = joined(text, "reply lost")
	case reports.StepDiesAfter:
		text = joined(text, lifeName(s.Worker, s.Life)+" dies")
	}
	d.back(row, joined(text, s.Text), from, to, y)
}

// back draws the line of a reply with its text in it.
func (d *sequenceDrawing) back(row sequenceRow, text string, from, to, y float64) {
	const margin = 14
	end := min(to, d.column+d.room) - margin
	room := end - d.column
	if row.step.Outcome != reports.StepAnswered {
		room = 0.7 * d.room // for the signs before it
	}
	begin := end
	if text != "" {
		begin = end - min(textWidth(clean(text), smallSize, false), room) - 5
		d.text(end-2, y, text, lettering{size: smallSize, anchor: atEnd, room: room})
	}
	p := reply
	if row.step.Bad {
		p.stroke = plain
	}
	d.line(end+3, y, to-1, y, p)
	switch row.step.Outcome {
	case reports.StepReplyLost:
		stop := begin - math.Min(46, max(10, (begin-from)/3))
		d.line(stop+6, y, begin-2, y, p)
		slash := line(plain, 2.2)
		d.line(stop-1, y+7, stop+5, y-7, slash)
		d.line(stop+5, y+7, stop+11, y-7, slash)
	case reports.StepDiesAfter:
		x, _ := d.lane(row.step.Worker, "")
		d.line(x+12, y, begin-2, y, p)
		d.cross(x, y, 7, deadly)
	default:
		d.line(from+2, y, begin-2, y, p)
		d.open(from, y, -3.5, line(plain, 1.2))
	}
}
