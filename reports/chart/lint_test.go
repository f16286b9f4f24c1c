package chart

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/chart/svg"
)

// elements and attributes are all that a drawing may consist of: nothing that a
// strict content policy takes away, and nothing that loads or runs.
var (
	elements   = []string{"svg", "title", "desc", "defs", "pattern", "path", "circle", "rect", "g", "text"}
	attributes = []string{
		"role", "aria-labelledby", "aria-describedby", "id", "width", "height", "viewBox", "x", "y", "cx", "cy", "r", "d", "transform",
		"fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity", "font-family", "font-size", "font-weight",
		"text-anchor", "patternUnits", "patternTransform",
	}
	colours = []string{"none", "currentColor", "#fff", "#121212", "#146F57", "#EC6B28", "#AB2D91", "#2F96FF", "#949494"}
)

// box is where a text stands.
type box struct {
	text                     string
	left, right, top, bottom float64
}

// linter reads a drawing.
type linter struct {
	faults        []string
	ids           map[string]bool
	links         []string
	path          []string // of open elements
	boxes         []box
	width, height float64
	named         map[string]string // title and desc of the svg
}

func (l *linter) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

// lint lists what is wrong with a drawing.
func lint(drawing string) []string {
	l := &linter{ids: map[string]bool{}, named: map[string]string{}}
	in := xml.NewDecoder(strings.NewReader(drawing))
	for {
		token, err := in.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return append(l.faults, "not well-formed: "+err.Error())
		}
		switch token := token.(type) {
		case xml.StartElement:
			l.path = append(l.path, token.Name.Local)
			l.element(token)
		case xml.EndElement:
			l.path = l.path[:len(l.path)-1]
		case xml.CharData:
			l.text(string(token))
		}
	}
	for _, link := range l.links {
		if !l.ids[link] {
			l.fault("link to %q", link)
		}
	}
	if strings.TrimSpace(l.named["svg title"]) == "" {
		l.fault("no title")
	}
	l.texts()
	return l.faults
}

func (l *linter) element(e xml.StartElement) {
	name := e.Name.Local
	if !slices.Contains(elements, name) || (len(l.path) == 1) != (name == "svg") {
		l.fault("<%s>", name)
	}
	get := map[string]string{}
	for _, a := range e.Attr {
		get[a.Name.Local] = a.Value
		l.attribute(a.Name.Local, a.Value)
	}
	switch name {
	case "svg":
		l.width, l.height = l.number(get["width"]), l.number(get["height"])
		if l.width < svg.FullWidth || get["viewBox"] != fmt.Sprintf("0 0 %s %s", get["width"], get["height"]) {
			l.fault("svg of width %q, viewBox %q", get["width"], get["viewBox"])
		}
		if get["role"] != "img" {
			l.fault("no image")
		}
		l.links = append(l.links, get["aria-labelledby"], get["aria-describedby"])
	case "text":
		size := 13.0
		if s, ok := get["font-size"]; ok {
			size = l.number(s)
		}
		l.boxes = append(l.boxes, l.box(get, size))
	}
}

func (l *linter) attribute(name, value string) {
	switch {
	case !slices.Contains(attributes, name):
		l.fault("%s=%q", name, value)
	case name == "id":
		if l.ids[value] || value == "" || strings.ContainsAny(value, " \t\n") {
			l.fault("id %q", value)
		}
		l.ids[value] = true
	case name == "fill" || name == "stroke":
		id, texture := strings.CutPrefix(value, "url(#")
		if texture {
			l.links = append(l.links, strings.TrimSuffix(id, ")"))
		} else if !slices.Contains(colours, value) {
			l.fault("%s=%q", name, value)
		}
	case slices.Contains([]string{"x", "y", "cx", "cy", "r", "width", "height"}, name):
		l.number(value)
	}
}

func (l *linter) number(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		l.fault("no number: %q", s)
	}
	return v
}

// box is an empty box at the place of a text. Its text follows.
func (l *linter) box(get map[string]string, size float64) box {
	x, y := l.number(get["x"]), l.number(get["y"])
	b := box{left: x, right: x, top: y - 0.76*size, bottom: y + 0.24*size}
	b.text = get["text-anchor"] + "\x00" + strconv.FormatFloat(size, 'f', -1, 64) + "\x00" + get["font-weight"]
	return b
}

func (l *linter) text(s string) {
	at := ""
	if len(l.path) > 0 {
		at = l.path[len(l.path)-1]
	}
	switch {
	case at == "text":
		l.widen(&l.boxes[len(l.boxes)-1], s)
	case at == "title" || at == "desc":
		if len(l.path) == 2 {
			l.named["svg "+at] += s
		}
	case strings.TrimSpace(s) != "":
		l.fault("text in <%s>: %q", at, s)
	}
}

func (l *linter) widen(b *box, s string) {
	style := strings.Split(b.text, "\x00")
	size, _ := strconv.ParseFloat(style[1], 64)
	wide := svg.Width(s, svg.Style{Size: size, Bold: style[2] == "bold"})
	switch svg.Anchor(style[0]) {
	case svg.End:
		b.left -= wide
	case svg.Middle:
		b.left, b.right = b.left-wide/2, b.right+wide/2
	default:
		b.right += wide
	}
	b.text = s
}

// texts finds texts that are cut off, and those that lie on each other.
func (l *linter) texts() {
	const rounding = 0.2
	for i, a := range l.boxes {
		if a.left < -rounding || a.right > l.width+rounding || a.top < 0 || a.bottom > l.height {
			l.fault("%q is cut off: %.0f to %.0f", a.text, a.left, a.right)
		}
		for _, b := range l.boxes[:i] {
			if a.left < b.right-rounding && b.left < a.right-rounding && a.top < b.bottom && b.top < a.bottom {
				l.fault("%q lies on %q", a.text, b.text)
			}
		}
	}
}

func TestLintSeesFaults(t *testing.T) {
	good := svg.New("a", svg.FullWidth, "title", "sentence")
	good.Rect(0, 0, 10, 10, svg.Paint{Fill: svg.Hatched(svg.ColourOf(reports.Lost))})
	good.Text(10, 20, "words", svg.Style{})
	whole := string(good.HTML(100))
	if faults := lint(whole); faults != nil {
		t.Fatal(faults)
	}
	for want, change := range map[string][2]string{
		"not well-formed":        {"</text>", ""},
		`<image>`:                {"<rect", "<image"},
		`style="x"`:              {"<rect ", `<rect style="x" `},
		`fill="red"`:             {`fill="url(#a-hatch-lost)"`, `fill="red"`},
		`link to "b"`:            {"url(#a-hatch-lost)", "url(#b)"},
		`id "a-title"`:           {`id="a-desc"`, `id="a-title"`},
		`no number: "NaN"`:       {`height="10"`, `height="NaN"`},
		"no title":               {">title<", "> <"},
		`text in <svg>: "\nx\n"`: {"<rect", "x\n<rect"},
		`no image`:               {`role="img" `, ""},
		`svg of width "700"`:     {`width="960"`, `width="700"`},
		`"words" is cut off`:     {`x="10"`, `x="950"`},
		`"words" lies on "more"`: {`<text `, `<text x="40" y="20">more</text><text `},
	} {
		faults := lint(strings.Replace(whole, change[0], change[1], 1))
		if !slices.ContainsFunc(faults, func(f string) bool { return strings.Contains(f, want) }) {
			t.Errorf("want %q, got %q", want, faults)
		}
	}
}
