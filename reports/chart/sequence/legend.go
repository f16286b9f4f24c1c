package sequence

import (
	"onceover/reports"
	"onceover/reports/chart/svg"
)

// keys are the signs that may occur in the picture; those that do are shown.
func (d *drawing) keys() []svg.Key {
	seen := map[reports.StepOutcome]bool{}
	var bad, folded, gaps, held, late bool
	for _, r := range d.rows {
		if r.asks() || r.kind == stepRow && r.step.Outcome.Dies() {
			seen[r.step.Outcome] = true
		}
		bad, folded, gaps = bad || r.kind == stepRow && r.step.Bad, folded || r.times > 1, gaps || r.gapMS > 0
	}
	for _, h := range d.holds() {
		held, late = true, late || h.late > 0
	}
	frame := func(x, y float64, p svg.Paint) { d.Rect(x-barHalf, y-8, 2*barHalf, 16, p) }
	return []svg.Key{
		{Shown: seen[reports.StepAnswered], Word: "request and its reply", Draw: func(x, y float64) {
			d.Line(x-12, y-4, x+8, y-4, request)
			d.pointer(x+12, y-4, 1, 3, request)
			d.Line(x-9, y+5, x+12, y+5, reply)
			d.open(x-12, y+5, -3, thin)
		}},
		{Shown: seen[reports.StepCutBefore], Word: "cut before it arrives", Draw: func(x, y float64) {
			d.Line(x-12, y, x+2, y, request)
			d.Line(x-1, y+6, x+5, y-6, slash)
		}},
		{Shown: seen[reports.StepReplyLost], Word: "reply lost", Draw: func(x, y float64) {
			d.Line(x, y, x+12, y, reply)
			d.Line(x-9, y+6, x-4, y-6, slash)
			d.Line(x-4, y+6, x+1, y-6, slash)
		}},
		{Shown: seen[reports.StepGivenUp], Word: "given up, still on its way", Draw: func(x, y float64) {
			d.Line(x-12, y, x+10, y, onTheWay)
			d.open(x+12, y, 4, thin)
		}},
		{Shown: seen[reports.StepDies] || seen[reports.StepDiesAfter], Word: "the worker dies", Draw: func(x, y float64) { d.Cross(x, y, 6, deadly) }},
		{Shown: held, Word: "believes that it has the chunk", Draw: func(x, y float64) {
			frame(x, y, svg.Paint{Fill: svg.Solid(svg.Plain), Opacity: 0.18})
			frame(x, y, svg.Line(svg.Plain, 1))
		}},
		{Shown: late, Word: "still does, although its lease is over", Draw: func(x, y float64) {
			frame(x, y, svg.Paint{Fill: svg.Hatched(d.colour), Stroke: svg.Plain})
		}},
		{Shown: folded, Word: "repeated so often", Draw: func(x, y float64) { d.Text(x, y, "×2", svg.Style{Anchor: svg.Middle, Bold: true}) }},
		{Shown: gaps, Word: "time goes by", Draw: d.zigzag},
		{Shown: bad, Word: "here the promise is broken", Draw: func(x, y float64) { d.Mark(d.cx.Verdict, x, y, 14) }},
	}
}
