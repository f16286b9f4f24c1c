package chart

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
)

// leastWidth of a drawing: narrower ones cannot be read once a small screen has
// shrunk them, so they stand in a box that scrolls.
const leastWidth = 720

// drawing is an SVG in the making. Coordinates are in CSS pixels, y downwards.
// Attributes stand in a fixed order and numbers are rounded, so the same data
// gives the same bytes.
type drawing struct {
	id          string
	width       float64
	title, desc string
	body        strings.Builder
	textures    []fill // in use, in order of appearance
}

// newDrawing begins a drawing. All its ids begin with id, which is unique on the
// page; title is its name, desc says in a sentence what it shows.
func newDrawing(id string, width float64, title, desc string) *drawing {
	return &drawing{id: identifier(id), width: max(leastWidth, sane(width)), title: cmp.Or(strings.TrimSpace(title), "chart"), desc: desc}
}

// html ends a drawing, which is so high.
func (d *drawing) html(height float64) template.HTML {
	var out strings.Builder
	w, h := number(d.width), number(max(1, sane(height)))
	element(&out, "svg", "role", "img", "aria-labelledby", d.id+"-title", "aria-describedby", d.id+"-desc", "width", w, "height", h,
		"viewBox", "0 0 "+w+" "+h, "font-family", "system-ui, sans-serif", "font-size", number(textSize), "fill", "currentColor")
	out.WriteString(">")
	element(&out, "title", "id", d.id+"-title")
	out.WriteString(">" + escape(d.title) + "</title>")
	element(&out, "desc", "id", d.id+"-desc")
	out.WriteString(">" + escape(d.desc) + "</desc>\n")
	d.defs(&out)
	out.WriteString(d.body.String())
	out.WriteString("</svg>")
	return template.HTML(out.String())
}

func (d *drawing) defs(out *strings.Builder) {
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

func (d *drawing) textureID(f fill) string {
	return d.id + "-" + string(f.texture) + "-" + string(f.colour)
}

// form writes an element with its geometry and its paint.
func (d *drawing) form(p paint, name string, geometry ...string) {
	element(&d.body, name, append(geometry, d.attributes(p)...)...)
	d.body.WriteString("/>\n")
}

func (d *drawing) attributes(p paint) []string {
	filled := p.fill.colour.value()
	if p.fill.texture != "" && filled != "none" {
		if !slices.Contains(d.textures, p.fill) {
			d.textures = append(d.textures, p.fill)
		}
		filled = "url(#" + d.textureID(p.fill) + ")"
	}
	all := []string{"fill", filled}
	if stroke := p.stroke.value(); stroke != "none" {
		all = append(all, "stroke", stroke)
		if p.width > 0 && p.width != 1 {
			all = append(all, "stroke-width", number(p.width))
		}
		if p.dash != unbroken {
			all = append(all, "stroke-dasharray", string(p.dash))
		}
	}
	if p.opacity > 0 && p.opacity < 1 {
		all = append(all, "opacity", strconv.FormatFloat(p.opacity, 'f', 2, 64))
	}
	return all
}

func (d *drawing) line(x1, y1, x2, y2 float64, p paint) {
	d.form(p, "path", "d", "M"+number(x1)+" "+number(y1)+"L"+number(x2)+" "+number(y2))
}

// rect draws a rectangle; one that is turned inside out has no extent.
func (d *drawing) rect(x, y, width, height float64, p paint) {
	d.form(p, "rect", "x", number(x), "y", number(y), "width", number(max(0, width)), "height", number(max(0, height)))
}

func (d *drawing) circle(x, y, radius float64, p paint) {
	d.form(p, "circle", "cx", number(x), "cy", number(y), "r", number(max(0, radius)))
}

// polyline draws lines from point to point: x, y, x, y ...
func (d *drawing) polyline(p paint, points ...float64) {
	var path strings.Builder
	for i := 0; i+1 < len(points); i += 2 {
		path.WriteString([]string{"M", "L"}[min(i, 1)] + number(points[i]) + " " + number(points[i+1]))
	}
	d.form(p, "path", "d", path.String())
}

// cross draws an X: something ends here, not as it should.
func (d *drawing) cross(x, y, radius float64, p paint) {
	x1, x2, y1, y2 := number(x-radius), number(x+radius), number(y-radius), number(y+radius)
	d.form(p, "path", "d", "M"+x1+" "+y1+"L"+x2+" "+y2+"M"+x1+" "+y2+"L"+x2+" "+y1)
}

// arrow draws a line with a head at its end. One that is shorter than its head
// is a head alone.
func (d *drawing) arrow(x1, y1, x2, y2 float64, p paint) {
	const length, half = 7, 3.5
	away := math.Hypot(x2-x1, y2-y1)
	if away == 0 {
		return
	}
	dx, dy := (x2-x1)/away, (y2-y1)/away
	bx, by := x2-length*dx, y2-length*dy
	if away > length {
		d.line(x1, y1, bx, by, p)
	}
	d.polyline(paint{fill: solid(p.stroke), opacity: p.opacity}, x2, y2, bx-half*dy, by+half*dx, bx+half*dy, by-half*dx)
}

// mark draws the sign of a verdict around a point.
func (d *drawing) mark(v reports.Verdict, x, y, size float64) {
	_, form := Shape(v)
	scale := strconv.FormatFloat(math.Round(100*size/16)/100, 'f', -1, 64)
	element(&d.body, "g", "transform", "translate("+number(x-size/2)+" "+number(y-size/2)+") scale("+scale+")")
	d.body.WriteString(">" + form + "</g>\n")
}

// described is what a drawing shows and what is counted in it.
func described(finding, note string) string { return strings.TrimSpace(finding + " " + note) }

// verdicts draws the sign and the word of each verdict, from x to the right.
func (d *drawing) verdicts(all []reports.Verdict, x, y float64) {
	for i, v := range all {
		if i > 0 {
			d.text(x, y, "+", lettering{})
			x += textWidth("+", textSize, false) + 5
		}
		name, _ := Shape(v)
		d.mark(v, x+7, y, 14)
		d.text(x+18, y, name, lettering{})
		x += 18 + textWidth(name, textSize, false) + 5
	}
}

// group holds forms that belong together; a title, if there is one, is shown
// to those who point at them.
func (d *drawing) group(title string, draw func()) {
	d.body.WriteString("<g>")
	if title != "" {
		d.body.WriteString("<title>" + escape(title) + "</title>")
	}
	d.body.WriteString("\n")
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

// number rounds to a tenth of a pixel. What is no number is 0.
func number(v float64) string {
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
	if id.Len() == 0 {
		return "chart"
	}
	return id.String()
}
