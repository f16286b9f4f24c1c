package chart

import (
	"math"
	"strings"
)

// axis draws a scale at height y, with lines up to top, the ticks' names and
// the name of it all below. It takes up axisHeight.
func (d *drawing) axis(s scale, top, y float64, name string, spell func(float64) string) {
	line := paint{stroke: plain, opacity: 0.6}
	d.line(s.start, y, s.end, y, line)
	if s.hasZero() {
		d.line(s.zero-4, y, s.zero+4, y, line)
		x := (s.zero + s.start) / 2 // here the scale is broken
		d.polyline(line, x-5, y+4, x-1, y-4)
		d.polyline(line, x+1, y+4, x+5, y-4)
	}
	if top < y {
		d.grid(s, [][2]float64{{top, y}})
	}
	d.tickNames(s, y+13, spell)
	d.text((s.zeroOrStart()+s.end)/2, y+31, name, lettering{size: smallSize, anchor: atMiddle, room: s.end - s.zeroOrStart()})
}

const axisHeight = 42

// grid draws a faint line at each tick, between each pair of heights.
func (d *drawing) grid(s scale, spans [][2]float64) {
	var path strings.Builder
	for _, span := range spans {
		for _, v := range s.ticks(6) {
			path.WriteString("M" + number(s.at(v)) + " " + number(span[0]) + "V" + number(span[1]))
		}
	}
	if path.Len() > 0 {
		d.form(faint, "path", "d", path.String())
	}
}

// tickNames writes the values of ticks in a line whose middle is at y, those
// for which there is room.
func (d *drawing) tickNames(s scale, y float64, spell func(float64) string) {
	edge := math.Inf(-1)
	for _, v := range s.ticks(6) {
		x, label := s.at(v), spell(v)
		half := textWidth(label, smallSize, false) / 2
		if x-half < edge || x-half < 0 || x+half > d.width {
			continue
		}
		edge = x + half + 8
		d.text(x, y, label, lettering{size: smallSize, anchor: atMiddle})
	}
}
