package svg

import (
	"slices"

	"onceover/reports"
	"onceover/reports/palette"
)

// Colour is one of the few colours of a drawing. Paint attributes are made of these
// constants alone, so that no text of a result can get there.
type Colour string

// Plain is the colour of the page's text: black on white, white on black.
const Plain Colour = "text"

// ColourOf is the colour of a verdict.
func ColourOf(v reports.Verdict) Colour { return Colour(Word(v)) }

// Grey is the colour of a verdict that proves nothing.
const Grey = Colour(reports.Inconclusive)

// value is the colour as an attribute has it.
func (c Colour) value() string {
	switch v := reports.Verdict(c); {
	case c == Plain:
		return "currentColor"
	case slices.Contains(reports.Verdicts(), v):
		return palette.Of(v).Page
	}
	return "none"
}

// texture is how an area is filled, so that it can be told from others without colours.
type texture string

const (
	hatch texture = "hatch" // slanting lines
	dots  texture = "dots"
)

// Fill is a colour, plain or as a texture. The zero value
// leaves an area empty.
type Fill struct {
	colour  Colour
	texture texture
}

func Solid(c Colour) Fill   { return Fill{colour: c} }
func Hatched(c Colour) Fill { return Fill{c, hatch} }
func Dotted(c Colour) Fill  { return Fill{c, dots} }

// Dash is how a line is broken.
type Dash string

const (
	Dashed Dash = "6 4"
	Short  Dash = "4 3"
	Fine   Dash = "1.5 3"
)

// Paint is how a form looks. The zero value is invisible.
type Paint struct {
	Fill    Fill
	Stroke  Colour
	Width   float64 // of the stroke; 0 is 1
	Dash    Dash    // empty: unbroken
	Opacity float64 // of all of it; 0 is 1
}

// Line is paint for lines.
func Line(c Colour, width float64) Paint { return Paint{Stroke: c, Width: width} }

// Faint is paint for guide lines.
var Faint = Paint{Stroke: Plain, Opacity: 0.22}
