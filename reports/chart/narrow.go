package chart

import (
	"html/template"

	"onceover/reports/chart/svg"
)

// Narrow is the plot for a small screen: each row has its name and its number above what is drawn, and not beside it.
func (p Plot[R]) Narrow() template.HTML {
	const line, space = 20.0, 6.0
	d := svg.NewNarrow(p.ID+"-narrow", p.Title, p.Finding())
	s := p.scale(p.Rows)
	s.Start, s.End, s.Zero = margin+4, d.Width-margin-12, 0
	y := d.Legend(0, margin, p.keys(d, p.Rows)) + space
	last := ""
	for i, r := range p.Rows {
		if group, _ := p.names(r.at()); i == 0 || group != last {
			d.Text(0, y+headingHeight/2, group, svg.Style{Bold: true, Room: d.Width})
			y += headingHeight
			last = group
		}
		number, bold := p.number(r)
		end := svg.Style{Anchor: svg.End, Bold: bold}
		room := d.Width - svg.Width(number, end) - 8
		d.Text(0, y+line/2, p.label(r), svg.Style{Room: room})
		d.Text(d.Width, y+line/2, number, end)
		y += line
		if text := p.missing(r); text != "" {
			d.Text(s.Start, y+line/2, text, svg.Style{Size: svg.Small, Room: d.Width - s.Start})
		} else {
			d.Grid(s, [][2]float64{{y, y + line}})
			p.draw(d, s, y+line/2, r)
		}
		y += line + space
	}
	d.Axis(s, y, p.axis, p.tick)
	return d.HTML(y + svg.AxisHeight)
}

// label is the name of a row, with what stands between it and the drawing.
func (p Plot[R]) label(r R) string {
	_, name := p.names(r.at())
	begin := p.scale(p.Rows).Start
	for _, c := range p.columns {
		if c.x > 0 && c.x < begin && c.value != nil {
			name += " " + c.value(r)
		}
	}
	return name
}

// number is the main number of a row, and what is wrong with it.
func (p Plot[R]) number(r R) (text string, bold bool) {
	if p.missing(r) != "" {
		return "", false
	}
	for _, c := range p.columns {
		switch {
		case c.x > 0 && c.right:
			text = c.value(r)
		case c.bold != nil && c.bold(r) && c.value != nil:
			text, bold = text+" "+c.value(r), true
		}
	}
	return text, bold
}
