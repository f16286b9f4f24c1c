package chart

import (
	"fmt"
	"html/template"

	"onceover/reports"
)

// Sequence shows a counterexample step by step: a lifeline for each worker and
// each server, time runs down. It says who asked whom for what, and what became
// of it. Rows are as far apart as their texts need, not as their times: a jump
// in time is said. Only the steps that lead to what goes wrong are drawn if
// there are many, and how many are not.
type Sequence struct {
	ID             string
	Title, Finding string
	Counterexample reports.Counterexample
}

// SVG is the picture.
func (s Sequence) SVG() template.HTML {
	finding := s.Finding
	if finding == "" {
		finding = s.Counterexample.Sentence
	}
	if len(s.Counterexample.Steps) == 0 {
		return nothingToShow(s.ID, s.Title, finding).html(40)
	}
	p := planSequence(s.Counterexample)
	d := &sequenceDrawing{newDrawing(s.ID, p.width, s.Title, finding), p}
	d.rowsAndLanes()
	y := p.bottom + 12
	if p.shown < len(s.Counterexample.Steps) {
		d.text(8, y+4, d.leftOut(), lettering{bold: true, room: p.width - 8})
		y += 22
	}
	return d.html(d.legend(8, y, d.keys()) + 6)
}

func (d *sequenceDrawing) leftOut() string {
	return fmt.Sprintf("showing %d of %d steps; the table has them all", d.shown, len(d.cx.Steps))
}

// mostTableRows keeps a table readable, and a page small.
const mostTableRows = 1000

// Table has a row for each step.
func (s Sequence) Table() Table {
	cx := s.Counterexample
	t := Table{
		Caption: s.Title,
		Head:    []string{"step", "at", "who", "asks", "request", "reply", "what becomes of it"},
	}
	for i, step := range cx.Steps {
		if i == mostTableRows {
			t.Caption += fmt.Sprintf(" (the first %d of %d steps)", mostTableRows, len(cx.Steps))
			break
		}
		t.Rows = append(t.Rows, stepCells(cx, step))
	}
	return t
}

func stepCells(cx reports.Counterexample, s reports.Step) []string {
	number, who := "-", "everybody"
	if s.Number > 0 {
		number = fmt.Sprint(s.Number)
	}
	if s.Worker >= 0 {
		who = lifeName(s.Worker, s.Life)
	}
	what := became(s)
	if s.Rows != "" {
		what = joined(what, rowsWord(s.Rows)+" into the list")
	}
	if s.Bad {
		what = joined(what, violation(cx, s))
	}
	return []string{number, stepClock(s.AtMS), who, orNone(serverName(s.Server)), orNone(s.Request), orNone(s.Reply), orNone(what)}
}

// orNone leaves no place of a table empty.
func orNone(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// became says what became of a step: its own text if it has one and if the
// outcome does not ask for more.
func became(s reports.Step) string {
	switch s.Outcome {
	case reports.StepReplyLost, reports.StepDiesAfter:
		return joined(outcomeWords[s.Outcome], s.Text)
	case reports.StepDies:
		if s.Request != "" {
			return outcomeWords[s.Outcome]
		}
		return "the worker " + deathWord(s)
	}
	if s.Text != "" {
		return s.Text
	}
	return outcomeWords[s.Outcome]
}

// outcomeWords say what became of a request.
var outcomeWords = map[reports.StepOutcome]string{
	reports.StepCutBefore: "the connection breaks before it arrives",
	reports.StepReplyLost: "it is executed, and the reply is lost",
	reports.StepGivenUp:   "the client waits no longer, it is still on its way",
	reports.StepDies:      "the worker dies before it sends it",
	reports.StepDiesAfter: "it is executed, and the worker dies",
}
