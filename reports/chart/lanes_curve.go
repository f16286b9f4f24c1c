package chart

import (
	"cmp"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/say"
	"onceover/reports/timeline"
)

// total is how much the table has, in the unit of the curve; 0: not known.
func (d *lanesDrawing) total() int64 {
	if d.Timeline.Arrived.Unit == timeline.Rows && d.Rows.Table > 0 {
		return d.Rows.Table
	}
	return d.Timeline.Arrived.Total
}

// list is how much the check found in the list; ok is false if that cannot be
// compared with the curve.
func (d *lanesDrawing) list() (n int64, ok bool) {
	return d.Rows.List, d.Timeline.Arrived.Unit == timeline.Rows && d.Rows.Table > 0
}

// curve draws what had arrived when, against what there is to arrive.
func (d *lanesDrawing) curve() {
	c := d.Timeline.Arrived
	total, list := d.total(), int64(0)
	if n, ok := d.list(); ok {
		list = n
	}
	amount := linear(0, float64(max(total, c.Last(), list, 1)), d.curveEnd, d.curveTop)
	d.amounts(amount)
	if table := amount.at(float64(total)); total > 0 && c.Last() > total {
		d.form(d.surplus(), "path", "d", d.steps(c.Points, amount, table)+"V"+number(table)+"z")
	}
	if len(c.Points) > 0 {
		d.form(line(plain, 2), "path", "d", d.steps(c.Points, amount, d.curveEnd))
	}
	labels := []curveLabel{{amount.at(float64(c.Last())), say.Thousands(c.Last()) + " acknowledged", false}}
	if total > 0 {
		y := amount.at(float64(total))
		p := line(plain, 1.5)
		p.dash = dashed
		d.line(lanesStart, y, lanesEnd, y, p)
		labels = append(labels, curveLabel{y, say.Thousands(total) + map[timeline.Unit]string{timeline.Rows: " in the table", timeline.Chunks: " in the plan"}[c.Unit], false})
	}
	if n, ok := d.list(); ok {
		y := amount.at(float64(n))
		d.circle(d.checkedAt(), y, 4, line(plain, 2))
		labels = append(labels, curveLabel{y, say.Thousands(n) + " in the list", true})
	}
	d.curveLabels(labels)
}

// amounts is the axis of the curve.
func (d *lanesDrawing) amounts(s scale) {
	d.text(8, d.curveTop-15, string(d.Timeline.Arrived.Unit), lettering{size: smallSize})
	for _, v := range s.ticks(3) {
		d.line(lanesStart, s.at(v), lanesEnd, s.at(v), faint)
		d.text(lanesStart-8, s.at(v), short(v), lettering{size: smallSize, anchor: atEnd})
	}
	d.line(lanesStart, d.curveTop, lanesStart, d.curveEnd, paint{stroke: plain, opacity: 0.6})
}

// steps is the curve as a path, as far as it is above a floor: one step a pixel
// at most.
func (d *lanesDrawing) steps(points []timeline.Point, amount scale, floor float64) string {
	var path strings.Builder
	path.WriteString("M" + number(lanesStart) + " " + number(floor))
	for i, p := range points {
		x := d.time.at(p.AtMS)
		if i+1 < len(points) && int(d.time.at(points[i+1].AtMS)) == int(x) {
			continue // the last of a pixel stands for all of it
		}
		if y := amount.at(float64(p.N)); y < floor {
			path.WriteString("H" + number(x) + "V" + number(y))
		}
	}
	path.WriteString("H" + number(d.checkedAt()))
	return path.String()
}

// surplus is the paint of rows that were acknowledged beyond those of the table.
func (d *lanesDrawing) surplus() paint {
	if c := d.Timeline.Check; c != nil && slices.Contains(c.Verdicts, reports.Duplicated) {
		return paint{fill: dotted(duplicated)}
	}
	return paint{fill: dotted(plain)}
}

// checkedAt is where the check is; without one, the end of the history.
func (d *lanesDrawing) checkedAt() float64 {
	if c := d.Timeline.Check; c != nil {
		return d.time.at(c.AtMS)
	}
	return d.time.at(d.Timeline.EndMS)
}

// curveLabel is what a line comes to, on the right of it.
type curveLabel struct {
	y    float64
	text string
	bold bool
}

// curveLabels keeps them apart.
func (d *lanesDrawing) curveLabels(labels []curveLabel) {
	const apart = 15
	slices.SortStableFunc(labels, func(a, b curveLabel) int { return cmp.Compare(a.y, b.y) })
	for i := len(labels) - 1; i >= 0; i-- { // not below the axis
		labels[i].y = min(labels[i].y, d.curveEnd-apart*float64(len(labels)-1-i))
	}
	last := labels[0].y - apart
	for _, l := range labels {
		last = max(l.y, last+apart)
		d.text(lanesEnd+10, last, l.text, lettering{size: smallSize, bold: l.bold, room: d.width - lanesEnd - 10})
	}
}

// check says when the list was compared with the table, and what came of it.
func (d *lanesDrawing) check() {
	c := d.Timeline.Check
	if c == nil {
		d.text(lanesEnd, 12, "not checked: the history ends here", lettering{size: smallSize, bold: true, anchor: atEnd})
		return
	}
	x := d.time.at(c.AtMS)
	d.line(x, d.lanesTop-4, x, d.curveEnd, line(plain, 1.2))
	text := "checked"
	if len(c.Verdicts) > 0 {
		text += ":"
		worst := reports.Worst(c.Verdicts...)
		d.mark(worst, x, 12, 16)
		for _, v := range c.Verdicts {
			text += " " + string(v)
		}
	}
	if x > d.width/2 {
		d.text(x-14, 12, text, lettering{bold: true, anchor: atEnd, room: x - 14})
	} else {
		d.text(x+14, 12, text, lettering{bold: true, room: d.width - x - 14})
	}
}
