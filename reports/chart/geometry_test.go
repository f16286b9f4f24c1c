package chart

import (
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"onceover/reports/chart/svg"
)

var pathPart = regexp.MustCompile(`([A-Za-z])|(-?[\d.]+)`)

// outside lists the forms of a drawing that leave it. Strokes may, by their width.
func outside(drawing string) (faults []string) {
	const rounding = 0.2
	var width, height float64
	var own []bool // of the open elements: whether they have coordinates of their own
	for in := xml.NewDecoder(strings.NewReader(drawing)); ; {
		token, err := in.Token()
		if err != nil {
			return faults
		}
		switch e := token.(type) {
		case xml.EndElement:
			own = own[:len(own)-1]
		case xml.StartElement:
			get := attributesOf(e)
			_, moved := get["transform"]
			inside := len(own) > 0 && own[len(own)-1]
			own = append(own, inside || moved || e.Name.Local == "pattern")
			if e.Name.Local == "svg" {
				width, height = value(get["width"]), value(get["height"])
			}
			for _, p := range corners(e.Name.Local, get) {
				if !inside && (p[0] < -rounding || p[0] > width+rounding || p[1] < -rounding || p[1] > height+rounding) {
					faults = append(faults, e.Name.Local+" at "+svg.Number(p[0])+", "+svg.Number(p[1]))
				}
			}
		}
	}
}

func attributesOf(e xml.StartElement) map[string]string {
	all := map[string]string{}
	for _, a := range e.Attr {
		all[a.Name.Local] = a.Value
	}
	return all
}

func value(text string) float64 {
	v, _ := strconv.ParseFloat(text, 64)
	return v
}

// corners are points of a form that bound it.
func corners(name string, get map[string]string) [][2]float64 {
	switch name {
	case "rect":
		x, y := value(get["x"]), value(get["y"])
		return [][2]float64{{x, y}, {x + value(get["width"]), y + value(get["height"])}}
	case "circle":
		x, y, r := value(get["cx"]), value(get["cy"]), value(get["r"])
		return [][2]float64{{x - r, y - r}, {x + r, y + r}}
	case "path":
		return visited(get["d"])
	}
	return nil
}

// visited are the points of a path of M, L, H, V, h, v and z.
func visited(path string) (points [][2]float64) {
	command, x, y, first := "", 0.0, 0.0, 0.0
	half := false
	for _, part := range pathPart.FindAllStringSubmatch(path, -1) {
		if part[1] != "" {
			command, half = part[1], false
			continue
		}
		v, _ := strconv.ParseFloat(part[2], 64)
		switch command {
		case "H":
			x = v
		case "V":
			y = v
		case "h":
			x += v
		case "v":
			y += v
		default:
			if !half {
				first, half = v, true
				continue
			}
			x, y, half = first, v, false
		}
		points = append(points, [2]float64{x, y})
	}
	return points
}

func TestFormsOutsideAreNoticed(t *testing.T) {
	for want, draw := range map[string]func(d *svg.Drawing){
		"rect at 1060, 12": func(d *svg.Drawing) { d.Rect(1, 2, 1059, 10, svg.Line(svg.Plain, 1)) },
		"circle at -2, 2":  func(d *svg.Drawing) { d.Circle(1, 5, 3, svg.Line(svg.Plain, 1)) },
		"path at 5, 120":   func(d *svg.Drawing) { d.Path(svg.Faint, "M10 20h-5v100V10z") },
		"": func(d *svg.Drawing) {
			d.Mark("lost", 20, 20, 16)
			d.Line(0, 0, 800, 100, svg.Faint)
		},
	} {
		d := svg.New("a", svg.FullWidth, "title", "sentence")
		draw(d)
		if got := strings.Join(outside(string(d.HTML(100))), "; "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
