package svg

import (
	"math"
	"strings"
)

// Axis draws a scale at height y, with the ticks' names and the name of it all
// below. It takes up AxisHeight.
func (d *Drawing) Axis(s Scale, y float64, name string, spell func(float64) string) {
	line := Paint{Stroke: Plain, Opacity: 0.6}
	d.Line(s.Start, y, s.End, y, line)
	begin := s.Start
	if s.hasZero() {
		begin = s.Zero
		d.Line(s.Zero-4, y, s.Zero+4, y, line)
		x := (s.Zero + s.Start) / 2 // here the scale is broken
		d.Polyline(line, x-5, y+4, x-1, y-4)
		d.Polyline(line, x+1, y+4, x+5, y-4)
	}
	d.TickNames(s, y+13, spell)
	d.Text((begin+s.End)/2, y+31, name, Style{Size: Small, Anchor: Middle, Room: s.End - begin})
}

// AxisHeight is how much an axis takes up.
const AxisHeight = 42

// Grid draws a faint line at each tick, between each pair of heights.
func (d *Drawing) Grid(s Scale, spans [][2]float64) {
	var path strings.Builder
	for _, span := range spans {
		for _, v := range s.ticks(6) {
			path.WriteString("M" + Number(s.At(v)) + " " + Number(span[0]) + "V" + Number(span[1]))
		}
	}
	d.Path(Faint, path.String())
}

// TickNames writes the values of ticks in a line whose middle is at y, those for
// which there is room.
func (d *Drawing) TickNames(s Scale, y float64, spell func(float64) string) {
	edge := math.Inf(-1)
	for _, v := range s.ticks(6) {
		x, label := s.At(v), spell(v)
		half := Width(label, Style{Size: Small}) / 2
		if x-half < edge || x-half < 0 || x+half > d.Width {
			continue
		}
		edge = x + half + 8
		d.Text(x, y, label, Style{Size: Small, Anchor: Middle})
	}
}

// Levels draws the ticks of a vertical scale as faint lines between two x, with
// their names on the left.
func (d *Drawing) Levels(s Scale, left, right float64) {
	for _, v := range s.ticks(3) {
		d.Line(left, s.At(v), right, s.At(v), Faint)
		d.Text(left-8, s.At(v), Round(v), Style{Size: Small, Anchor: End})
	}
	d.Line(left, s.End, left, s.Start, Paint{Stroke: Plain, Opacity: 0.6})
}

// Key is one sign of a legend and what it means. The sign is drawn around x, y
// and is at most 26 pixels wide.
type Key struct {
	Word  string
	Draw  func(x, y float64)
	Shown bool
}

// KeyHeight is the height of a line of a legend.
const KeyHeight = 20

// Legend writes the keys that are shown from x to the right edge, in as many lines as
// it takes, the first with its top at y. It returns where it ends.
func (d *Drawing) Legend(x, y float64, keys []Key) float64 {
	const signWidth = 26
	at, line, bottom := x, y+KeyHeight/2, y
	for _, k := range keys {
		if !k.Shown {
			continue
		}
		wide := signWidth + 4 + Width(k.Word, Style{Size: Small})
		if at > x && at+wide > d.Width {
			at, line = x, line+KeyHeight
		}
		k.Draw(at+signWidth/2, line)
		d.Text(at+signWidth+4, line, k.Word, Style{Size: Small, Room: d.Width - at - signWidth - 4})
		at += wide + 14
		bottom = line + KeyHeight/2
	}
	return bottom
}
