package chart

import "onceover/reports"

// colour is one of the few colours of a drawing. Paint attributes are made of
// these constants alone, so that no text of a result can get there.
type colour string

const (
	nothing      colour = "none"
	plain        colour = "text" // that of the page's text: black on white, white on black
	safe         colour = "safe"
	lost         colour = "lost"
	duplicated   colour = "duplicated"
	stuck        colour = "stuck"
	inconclusive colour = "inconclusive"
)

var paints = map[colour]string{
	nothing: "none", plain: "currentColor", safe: colourSafe, lost: colourLost,
	duplicated: colourDuplicated, stuck: colourStuck, inconclusive: colourInconclusive,
}

// value is the colour as an attribute has it.
func (c colour) value() string {
	if paint, ok := paints[c]; ok {
		return paint
	}
	return "none"
}

// colourOf is the colour of a verdict, that of inconclusive if it is unknown.
func colourOf(v reports.Verdict) colour {
	name, _ := Shape(v)
	return colour(name)
}

// texture is how an area is filled, so that it can be told from others without colours.
type texture string

const (
	hatch texture = "hatch" // slanting lines
	dots  texture = "dots"
)

// fill is a colour, as it is or as a texture on what lies behind.
type fill struct {
	colour  colour
	texture texture
}

func solid(c colour) fill   { return fill{colour: c} }
func hatched(c colour) fill { return fill{c, hatch} }
func dotted(c colour) fill  { return fill{c, dots} }

// dash is how a line is broken.
type dash string

const (
	unbroken dash = ""
	dashed   dash = "6 4"
	fine     dash = "1.5 3"
)

// paint is how a form looks. The zero value is invisible.
type paint struct {
	fill    fill
	stroke  colour
	width   float64 // of the stroke; 0 is 1
	dash    dash
	opacity float64 // of all of it; 0 is 1
}

// line is paint for lines.
func line(c colour, width float64) paint { return paint{stroke: c, width: width} }

// faint is paint for what guides the eye and says nothing.
var faint = paint{stroke: plain, opacity: 0.22}
