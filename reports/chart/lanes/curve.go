package lanes

import (
	"cmp"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
	"onceover/reports/timeline"
)

type label struct {
	y    float64
	text string
	bold bool
}

func (d *drawing) curve() {
	c, end := d.Timeline.Arrived, d.time.At(d.Timeline.EndMS)
	checked := c.Unit == timeline.Rows && d.Rows.Table > 0 // the check can be compared with the curve
	total, list, of := c.Total, int64(0), " in the plan"
	if checked {
		total, list = d.Rows.Table, d.Rows.List
	}
	if c.Unit == timeline.Rows {
		of = " in the table"
	}
	surplus := svg.Paint{Fill: svg.Dotted(svg.Plain)} // of the rows that were acknowledged beyond the table
	if check := d.Timeline.Check; check != nil {
		end = d.time.At(check.AtMS)
		if slices.Contains(check.Verdicts, reports.Duplicated) {
			surplus.Fill = svg.Dotted(svg.ColourOf(reports.Duplicated))
		}
	}
	amount := svg.Linear(0, float64(max(total, c.Last(), list, 1)), d.curveEnd, d.curveTop)
	d.Text(8, d.curveTop-15, string(c.Unit), small)
	d.Levels(amount, start, d.time.End)
	if table := amount.At(float64(total)); total > 0 && c.Last() > total {
		d.Path(surplus, d.path(amount, table, end)+"V"+svg.Number(table)+"z")
	}
	if len(c.Points) > 0 {
		d.Path(svg.Line(svg.Plain, 2), d.path(amount, d.curveEnd, end))
	}
	labels := []label{{amount.At(float64(c.Last())), format.Thousands(c.Last()) + " acknowledged", false}}
	if y := amount.At(float64(total)); total > 0 {
		d.Line(start, y, d.time.End, y, svg.Paint{Stroke: svg.Plain, Width: 1.5, Dash: svg.Dashed})
		labels = append(labels, label{y, format.Thousands(total) + of, false})
	}
	if y := amount.At(float64(list)); checked {
		d.Circle(end, y, 4, svg.Line(svg.Plain, 2))
		labels = append(labels, label{y, format.Thousands(list) + " in the list", true})
	}
	d.labels(labels)
}

// path is the curve as far as it is above a floor: one step a pixel at most.
func (d *drawing) path(amount svg.Scale, floor, end float64) string {
	points := d.Timeline.Arrived.Points
	var path strings.Builder
	path.WriteString("M" + svg.Number(start) + " " + svg.Number(floor))
	for i, p := range points {
		x := d.time.At(p.AtMS)
		if i+1 < len(points) && int(d.time.At(points[i+1].AtMS)) == int(x) {
			continue // the last of a pixel stands for all of it
		}
		if y := amount.At(float64(p.N)); y < floor {
			path.WriteString("H" + svg.Number(x) + "V" + svg.Number(y))
		}
	}
	path.WriteString("H" + svg.Number(end))
	return path.String()
}

// labels keeps labels apart, and above the axis.
func (d *drawing) labels(labels []label) {
	const apart = 15
	slices.SortStableFunc(labels, func(a, b label) int { return cmp.Compare(a.y, b.y) })
	last := labels[0].y - apart
	for i, l := range labels {
		lowest := d.curveEnd - apart*float64(len(labels)-1-i)
		last = max(min(l.y, lowest), last+apart)
		d.Text(end+10, last, l.text, svg.Style{Size: svg.Small, Bold: l.bold, Room: d.Width - end - 10})
	}
}

func (d *drawing) check() {
	c := d.Timeline.Check
	if c == nil {
		d.Text(end, 12, "not checked: the history ends here", svg.Style{Size: svg.Small, Bold: true, Anchor: svg.End})
		return
	}
	x := d.time.At(c.AtMS)
	d.Line(x, d.lanesTop-4, x, d.curveEnd, svg.Line(svg.Plain, 1.2))
	text := "checked"
	if len(c.Verdicts) > 0 {
		text += ":"
		d.Mark(reports.Worst(c.Verdicts...), x, 12, 16)
		for _, v := range c.Verdicts {
			text += " " + string(v)
		}
	}
	if x > d.Width/2 {
		d.Text(x-14, 12, text, svg.Style{Bold: true, Anchor: svg.End, Room: x - 14})
	} else {
		d.Text(x+14, 12, text, svg.Style{Bold: true, Room: d.Width - x - 14})
	}
}
