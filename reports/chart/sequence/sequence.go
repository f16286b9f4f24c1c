// Package sequence draws a counterexample step by step, as a sequence diagram.
package sequence

import (
	"fmt"
	"html/template"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/steps"
)

// Diagram shows a counterexample: a lifeline for each worker and each server, time
// runs down. It shows each request, its reply and its outcome. Rows are as far
// apart as their texts need, not as their times: a jump in time is said. Where there
// are many steps, only those that lead to the violation are drawn, and how many are
// not is said.
type Diagram struct {
	ID, Title      string
	Counterexample reports.Counterexample
}

// Figure is the diagram with its sentence and its table.
func (g Diagram) Figure() *svg.Figure {
	return &svg.Figure{Title: g.Title, Finding: g.Counterexample.Sentence, SVG: g.svg(), Table: g.table()}
}

func (g Diagram) svg() template.HTML {
	cx := g.Counterexample
	if len(cx.Steps) == 0 {
		return svg.Nothing(g.ID, g.Title, cx.Sentence)
	}
	p := newPlan(cx)
	d := &drawing{svg.New(g.ID, p.width, g.Title, cx.Sentence), p}
	d.rowsAndLanes()
	y := p.bottom + 12
	if p.shown < len(cx.Steps) {
		d.Text(8, y+4, fmt.Sprintf("showing %d of %d steps; the table has them all", p.shown, len(cx.Steps)), svg.Style{Bold: true, Room: p.width - 8})
		y += 22
	}
	if !d.timePasses() {
		d.Text(8, y+4, "No time passes between these steps: only their order counts.", svg.Style{Size: svg.Small, Room: p.width - 8})
		y += 22
	}
	return d.HTML(d.Legend(8, y, d.keys()) + 6)
}

// table has a row for each step.
func (g Diagram) table() svg.Table {
	cx := g.Counterexample
	t := svg.Table{Caption: g.Title + ", step by step", Head: []string{"step", "at", "worker", "asks", "request", "reply", "what becomes of it"}}
	for _, step := range cx.Steps {
		w := steps.In(cx, step)
		t.Add(w.Number, strings.ReplaceAll(w.At, " ", "\u00a0"), w.Worker, w.Server, w.Request, w.Reply, w.Outcome())
	}
	t.Limit("steps")
	return t
}

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
