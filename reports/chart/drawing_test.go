package chart

import (
	"math"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/reporttest"
)

// allForms uses all that a drawing offers, with one text everywhere.
func allForms(id, text string, v float64) string {
	d := svg.New(id, v, text, text)
	d.Line(v, 0, 1, v, svg.Line(svg.Plain, v))
	d.Rect(v, 1, -v, v, svg.Paint{Fill: svg.Hatched(svg.Plain), Stroke: svg.ColourOf(reports.Safe), Opacity: v})
	d.Circle(v, v, v, svg.Paint{Fill: svg.Dotted(svg.ColourOf(reports.Stuck)), Dash: svg.Dashed})
	d.Polyline(svg.Line(svg.ColourOf(reports.Lost), 2), 1, 2, v, v, 3)
	d.Cross(v, v, 4, svg.Faint)
	d.Arrow(0, 0, v, v, svg.Line(svg.ColourOf(reports.Duplicated), 1))
	d.Arrow(v, v, v, v, svg.Line(svg.ColourOf(reports.Duplicated), 1))
	for i, verdict := range reports.Verdicts() {
		d.Mark(verdict, v, float64(i), 12)
	}
	d.Group(text, func() { d.Text(10, 20, text, svg.Style{Room: 400, Bold: true}) })
	d.Text(400, 50, text, svg.Style{Room: 300, Anchor: svg.Middle, Size: svg.Small})
	d.Text(700, 90, text, svg.Style{Room: 300, Anchor: svg.End})
	bottom := d.Legend(10, 110, []svg.Key{{Shown: true, Word: text, Draw: func(x, y float64) { d.Circle(x, y, 3, svg.Faint) }}, {Shown: true, Word: text, Draw: func(x, y float64) { d.Mark(reports.Lost, x, y, 14) }}})
	return string(d.HTML(bottom))
}

func FuzzDrawing(f *testing.F) {
	for i, text := range reporttest.HostileTexts {
		f.Add(text, text, []float64{0, -0.04, 1e300, math.NaN(), math.Inf(1), math.Inf(-1), 12.345}[i%7])
	}
	f.Fuzz(func(t *testing.T, id, text string, v float64) {
		for _, fault := range lint(allForms(id, text, v)) {
			if strings.Contains(fault, "no title") && strings.TrimSpace(text) == "" {
				continue
			}
			t.Error(fault)
		}
	})
}
