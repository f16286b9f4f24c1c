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
