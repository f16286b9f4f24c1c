// Package svg draws forms, texts, axes and legends as SVG that needs neither styles
// nor scripts: forms and colours stand in presentation attributes, and text takes the
// colour of the page.
//
// The same calls give the same bytes. Any text and any number may come in: text is
// escaped, put on one line and cut to its room, and never gets into an attribute that
// paints; NaN and infinities are not drawn. Widths of texts are estimated for a wide
// font, so that no two texts lie on each other.
package svg

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
)

// FullWidth is that of a drawing: all end at one right edge, which is that of the page. One that
// needs more room stands in a box that scrolls.
const FullWidth = 960

// Drawing is an SVG in the making. Coordinates are in CSS pixels, y downwards.
// Attributes stand in a fixed order and numbers are rounded, so the same data
// gives the same bytes.
type Drawing struct {
	Width       float64
	id          string
	title, desc string
	body        strings.Builder
	textures    []Fill // in use, in order of appearance
}

// New begins a drawing. All its ids begin with id, which is unique on the page;
// title is its name, desc says in a sentence what it shows.
func New(id string, width float64, title, desc string) *Drawing {
	return &Drawing{id: identifier(id), Width: max(FullWidth, sane(width)), title: cmp.Or(strings.TrimSpace(title), "chart"), desc: desc}
}

// NarrowWidth is what the least screen has room for.
const NarrowWidth = 288

// NewNarrow begins a drawing for small screens.
func NewNarrow(id, title, desc string) *Drawing {
	d := New(id, NarrowWidth, title, desc)
	d.Width = NarrowWidth
	return d
}

// Nothing is a drawing of no data, which says so.
func Nothing(id, title, desc string) template.HTML {
	d := New(id, FullWidth, title, desc)
	d.Text(8, 20, "There is nothing to show.", Style{})
	return d.HTML(40)
}

// HTML ends a drawing at a height.
func (d *Drawing) HTML(height float64) template.HTML {
	var out strings.Builder
	w, h := Number(d.Width), Number(max(1, sane(height)))
	element(&out, "svg", "role", "img", "aria-labelledby", d.id+"-title", "aria-describedby", d.id+"-desc", "width", w, "height", h,
		"viewBox", "0 0 "+w+" "+h, "font-family", "system-ui, sans-serif", "font-size", Number(textSize), "fill", "currentColor")
	out.WriteString(">")
	element(&out, "title", "id", d.id+"-title")
	out.WriteString(">" + escape(d.title) + "</title>")
	element(&out, "desc", "id", d.id+"-desc")
	out.WriteString(">" + escape(d.desc) + "</desc>\n")
	d.defs(&out)
	out.WriteString(d.body.String() + "</svg>")
	return template.HTML(out.String())
}

func (d *Drawing) defs(out *strings.Builder) {
	if len(d.textures) == 0 {
		return
	}
	out.WriteString("<defs>\n")
	for _, f := range d.textures {
		element(out, "pattern", "id", d.textureID(f), "width", "6", "height", "6", "patternUnits", "userSpaceOnUse", "patternTransform", "rotate(45)")
		out.WriteString(">")
		if f.texture == hatch {
			element(out, "path", "d", "M3 0v6", "stroke", f.colour.value(), "stroke-width", "2")
		} else {
			element(out, "circle", "cx", "3", "cy", "3", "r", "1.3", "fill", f.colour.value())
		}
		out.WriteString("/></pattern>\n")
	}
	out.WriteString("</defs>\n")
}

func (d *Drawing) textureID(f Fill) string {
	return d.id + "-" + string(f.texture) + "-" + string(f.colour)
}

func (d *Drawing) form(p Paint, name string, geometry ...string) {
	element(&d.body, name, append(geometry, d.attributes(p)...)...)
	d.body.WriteString("/>\n")
}

func (d *Drawing) attributes(p Paint) []string {
	filled := p.Fill.colour.value()
	if p.Fill.texture != "" && filled != "none" {
		if !slices.Contains(d.textures, p.Fill) {
			d.textures = append(d.textures, p.Fill)
		}
		filled = "url(#" + d.textureID(p.Fill) + ")"
	}
	all := []string{"fill", filled}
	if stroke := p.Stroke.value(); stroke != "none" {
		all = append(all, "stroke", stroke)
		if p.Width > 0 && p.Width != 1 {
			all = append(all, "stroke-width", Number(p.Width))
		}
		if p.Dash != "" {
			all = append(all, "stroke-dasharray", string(p.Dash))
		}
	}
	if p.Opacity > 0 && p.Opacity < 1 {
		all = append(all, "opacity", strconv.FormatFloat(p.Opacity, 'f', 2, 64))
	}
	return all
}

// Path draws a path, whose numbers are those of Number.
func (d *Drawing) Path(p Paint, path string) {
	if path != "" {
		d.form(p, "path", "d", path)
	}
}

func (d *Drawing) Line(x1, y1, x2, y2 float64, p Paint) { d.Polyline(p, x1, y1, x2, y2) }

// Rect draws a rectangle; one that is turned inside out has no extent.
func (d *Drawing) Rect(x, y, width, height float64, p Paint) {
	d.form(p, "rect", "x", Number(x), "y", Number(y), "width", Number(max(0, width)), "height", Number(max(0, height)))
}

func (d *Drawing) Circle(x, y, radius float64, p Paint) {
	d.form(p, "circle", "cx", Number(x), "cy", Number(y), "r", Number(max(0, radius)))
}

// Polyline draws lines from point to point: x, y, x, y ...
func (d *Drawing) Polyline(p Paint, points ...float64) {
	var path strings.Builder
	for i := 0; i+1 < len(points); i += 2 {
		path.WriteString([]string{"M", "L"}[min(i, 1)] + Number(points[i]) + " " + Number(points[i+1]))
	}
	d.Path(p, path.String())
}

// Marks draws dots at points: x, y, x, y ... In one path, for there may be thousands.
func (d *Drawing) Marks(p Paint, points ...float64) {
	var path strings.Builder
	for i := 0; i+1 < len(points); i += 2 {
		path.WriteString("M" + Number(points[i]) + " " + Number(points[i+1]) + "h.01")
	}
	if path.Len() > 0 {
		d.form(p, "path", "d", path.String(), "stroke-linecap", "round")
	}
}

// Crosses draws small ones at points, as Marks does.
func (d *Drawing) Crosses(p Paint, points ...float64) {
	var path strings.Builder
	for i := 0; i+1 < len(points); i += 2 {
		path.WriteString("M" + Number(points[i]-2.5) + " " + Number(points[i+1]-2.5) + "l5 5m0-5l-5 5")
	}
	d.Path(p, path.String())
}

// Cross draws an X: something ends here, not as it should.
func (d *Drawing) Cross(x, y, radius float64, p Paint) {
	x1, x2, y1, y2 := Number(x-radius), Number(x+radius), Number(y-radius), Number(y+radius)
	d.Path(p, "M"+x1+" "+y1+"L"+x2+" "+y2+"M"+x1+" "+y2+"L"+x2+" "+y1)
}

// Arrow draws a line with a head at its end. One that is shorter than its head
// is a head alone.
func (d *Drawing) Arrow(x1, y1, x2, y2 float64, p Paint) {
	const length, half = 7, 3.5
	away := math.Hypot(x2-x1, y2-y1)
	if away == 0 {
		return
	}
	dx, dy := (x2-x1)/away, (y2-y1)/away
	bx, by := x2-length*dx, y2-length*dy
	if away > length {
		d.Line(x1, y1, bx, by, p)
	}
	d.Polyline(Paint{Fill: Solid(p.Stroke), Opacity: p.Opacity}, x2, y2, bx-half*dy, by+half*dx, bx+half*dy, by-half*dx)
}

// Group holds forms that belong together; its title is shown to those who point at them.
func (d *Drawing) Group(title string, draw func()) {
	d.body.WriteString("<g><title>" + escape(title) + "</title>\n")
	draw()
	d.body.WriteString("</g>\n")
}

// element writes a start tag without its end: name, then attributes in pairs.
func element(out *strings.Builder, name string, attributes ...string) {
	out.WriteString("<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		out.WriteString(" " + attributes[i] + `="` + escape(attributes[i+1]) + `"`)
	}
}

// Number rounds to a tenth of a pixel. NaN and infinities are 0.
func Number(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "0"
	}
	// The addition turns -0 into 0.
	return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64)
}

// identifier turns any text into one that can be an id, and different ones into
// different ones.
func identifier(text string) string {
	var id strings.Builder
	for _, b := range []byte(text) {
		letter := 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
		switch {
		case letter, id.Len() > 0 && ('0' <= b && b <= '9' || b == '-'):
			id.WriteByte(b)
		default:
			id.WriteString("x_" + strconv.Itoa(int(b)) + "_")
		}
	}
	return cmp.Or(id.String(), "chart")
}
