package chart

import (
	"fmt"
	"slices"

	"onceover/reports"
)

// sequenceDrawing is a Sequence in the making.
type sequenceDrawing struct {
	*drawing
	*sequencePlan
}

var (
	lifeline = paint{stroke: plain, opacity: 0.45}
	request  = line(plain, 1.5)
	reply    = paint{stroke: plain, width: 1, dash: "4 3", opacity: 0.8}
	onTheWay = paint{stroke: plain, width: 1.5, dash: fine}
	deadly   = line(plain, 2.5)
)

// rowsAndLanes draws all but the legend: what runs down first, so that arrows
// lie above it.
func (d *sequenceDrawing) rowsAndLanes() {
	for _, l := range d.lanes {
		d.lifelines(l)
	}
	for _, h := range d.holds() {
		d.bar(h)
	}
	for _, row := range d.rows {
		switch row.kind {
		case gapRow:
			d.breaks(row.top + row.wide/2)
			d.text(d.column, row.top+row.wide/2, sequenceClock(row.gapMS)+" go by", lettering{size: smallSize, room: d.room})
		case leftRow:
			d.breaks(row.top + row.wide/2)
			d.text(d.column, row.top+row.wide/2, fmt.Sprintf("… %d steps are not drawn …", row.left), lettering{size: smallSize, bold: true, room: d.room})
		case bornRow:
			d.head(row.step.Worker, row.step.Life, row.top)
		case stepRow:
			d.step(row)
		}
	}
	d.connectors()
}

// lifelines draws the lives of a worker, or the one of a server.
func (d *sequenceDrawing) lifelines(l sequenceLane) {
	name, room := serverName(l.server), float64(serverApart)
	if l.worker >= 0 {
		first := slices.IndexFunc(d.rows, func(r sequenceRow) bool { return r.kind == stepRow && r.step.Worker == l.worker })
		name, room = lifeName(l.worker, d.rows[first].step.Life), d.apart
	}
	d.box(l.x, 0, name, room-6)
	for _, life := range l.alive {
		d.line(l.x, life[0], l.x, life[1], lifeline)
	}
}

// head is the name of a life, where its lifeline begins.
func (d *sequenceDrawing) head(worker, life int, y float64) {
	if x, ok := d.lane(worker, ""); ok {
		d.box(x, y, lifeName(worker, life), d.apart-6)
	}
}

// box frames a name. It is no wider than most.
func (d *sequenceDrawing) box(x, y float64, name string, most float64) {
	const least, air = 40, 8
	width := min(max(least, textWidth(clean(name), textSize, true)+air), most)
	d.rect(x-width/2, y+1, width, headHeight-2, line(plain, 1.2))
	d.text(x, y+headHeight/2, name, lettering{anchor: atMiddle, bold: true, room: width - air + 0.1})
}

// bar shows on a lifeline that its worker believes to have a chunk; once its
// lease is over, that it still does.
func (d *sequenceDrawing) bar(h hold) {
	x, ok := d.lane(h.worker, "")
	if !ok || h.to <= h.from {
		return
	}
	title := fmt.Sprintf("%s believes that it has chunk %d", lifeName(h.worker, h.life), h.chunk)
	d.group(title, func() {
		d.rect(x-barHalf, h.from, 2*barHalf, h.to-h.from, paint{fill: solid(plain), opacity: 0.18})
		if h.late > 0 && h.late < h.to {
			d.rect(x-barHalf, h.late, 2*barHalf, h.to-h.late, paint{fill: hatched(d.verdict)})
		}
		d.rect(x-barHalf, h.from, 2*barHalf, h.to-h.from, line(plain, 1))
	})
}

// breaks marks that a lot of time goes by, or that something is left out.
func (d *sequenceDrawing) breaks(y float64) {
	for _, l := range d.lanes {
		if l.at(y) {
			d.zigzag(l.x, y)
		}
	}
}

// margin says which step it is, when it takes place, and how often.
func (d *sequenceDrawing) margin(row sequenceRow, y float64) {
	if row.step.Number > 0 {
		d.text(numberEnd, y, fmt.Sprint(row.step.Number), lettering{anchor: atEnd, bold: true, room: numberEnd})
	}
	if d.tells(row) {
		d.text(clockEnd, y, stepClock(row.step.AtMS), lettering{size: smallSize, anchor: atEnd, room: clockEnd - numberEnd - 8})
	}
	if row.times > 1 {
		d.text(clockEnd, y+15, fmt.Sprintf("×%d", row.times), lettering{anchor: atEnd, bold: true, room: clockEnd - numberEnd - 8})
		end := row.top + row.wide - 4
		for _, other := range d.rows {
			if other.kind == stepRow && other.index < row.index+row.block && other.index >= row.index {
				end = other.top + other.wide - 4
			}
		}
		d.polyline(line(plain, 1.5), clockEnd+9, row.top+4, clockEnd+5, row.top+4, clockEnd+5, end, clockEnd+9, end)
	}
}

// tells is whether the clock says something new.
func (d *sequenceDrawing) tells(row sequenceRow) bool {
	last := ""
	for _, other := range d.rows {
		if other.kind != stepRow {
			continue
		}
		if other.index >= row.index {
			break
		}
		last = stepClock(other.step.AtMS)
	}
	return last != stepClock(row.step.AtMS)
}

// step draws one step.
func (d *sequenceDrawing) step(row sequenceRow) {
	s := row.step
	switch {
	case everybody(s):
		d.rule(row)
	case row.asks():
		d.margin(row, row.top+requestLine-6)
		d.asked(row)
	default:
		d.margin(row, row.top+noteRow/2)
		d.alone(row)
	}
	if s.Bad {
		y := row.top + row.wide - violationRow/2 - 2
		d.mark(d.cx.Verdict, d.column+8, y, 16)
		d.text(d.column+22, y, violation(d.cx, s), lettering{bold: true, room: d.room - 22})
	}
}

// rule runs through all lifelines, for what concerns everybody.
func (d *sequenceDrawing) rule(row sequenceRow) {
	y := row.textTop() + noteRow/2
	if row.gapMS > 0 {
		d.breaks(y)
	}
	d.margin(row, y)
	d.arrived(row.step, y)
	p := line(plain, 1.5)
	p.dash = dashed
	d.line(firstLane-20, y, d.column-6, y, p)
	d.says(row, y)
	room := d.textRoom(row)
	if end := d.column + room + 8; end < d.last() {
		d.line(end, y, d.last()+12, y, p)
	}
}

// alone is what a worker does without asking anybody, or a death before it could.
func (d *sequenceDrawing) alone(row sequenceRow) {
	s := row.step
	x, _ := d.lane(s.Worker, "")
	y := row.textTop() + noteRow/2
	d.arrived(s, y)
	if s.Outcome == reports.StepDies {
		d.cross(x, y, 7, deadly)
	} else {
		d.circle(x, y, 3, paint{fill: solid(plain)})
	}
	d.line(x+10, y, d.column-6, y, faint)
	d.says(row, y)
}

// says writes the text of a row that has no arrow.
func (d *sequenceDrawing) says(row sequenceRow, y float64) {
	_, bold := row.text()
	for i, line := range d.textLines(row) {
		d.text(d.column, y+lineStep*float64(i), line, lettering{bold: bold, room: d.textRoom(row) + 0.1})
	}
}

// arrived says which rows came into the list in a step.
func (d *sequenceDrawing) arrived(s reports.Step, y float64) {
	if s.Rows == "" {
		return
	}
	l := lettering{size: smallSize, bold: s.Bad, room: rightMargin - 30}
	d.text(d.last()+28, y, "+ "+rowsShort(s.Rows), l)
	if s.Bad && s.First > 0 {
		d.text(d.last()+28, y+14, "again", l)
	}
}

// connectors lead from what goes wrong to the step that it refers to.
func (d *sequenceDrawing) connectors() {
	for _, row := range d.rows {
		if row.kind != stepRow || !row.step.Bad || row.step.First <= 0 {
			continue
		}
		for _, first := range d.rows {
			if first.kind != stepRow || first.step.Number != row.step.First {
				continue
			}
			x := d.last() + 20
			from, to := first.arrival(), row.arrival()
			p := line(d.verdict, 2)
			d.polyline(p, d.last()+6, to, x, to, x, from, d.last()+12, from)
			d.pointer(d.last()+6, from, -1, 4, p)
		}
	}
}

// arrival is where the arrow of a row meets its server.
func (r sequenceRow) arrival() float64 {
	if r.asks() {
		return r.top + requestLine
	}
	return r.top + noteRow/2
}

// pointer is the head of an arrow that runs to the right, or with -1 to the left.
func (d *sequenceDrawing) pointer(x, y, direction, half float64, p paint) {
	back := x - direction*2*half
	d.polyline(paint{fill: solid(p.stroke), opacity: p.opacity}, x, y, back, y-half, back, y+half)
}
