// Package steps puts the steps of a counterexample into words, the same in every form
// of a report.
package steps

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

// Words are a step in words. A part that the step does not have is empty.
type Words struct {
	Number         string
	At             string
	Worker         string // or everybody
	Server         string
	Request, Reply string
	Became         string // the outcome of the request, or the act of the worker
	Rows           string // that come into the list
	Violation      string // how the step breaks the promise
}

// In puts a step of a counterexample into words.
func In(cx reports.Counterexample, s reports.Step) Words {
	w := Words{At: Clock(s.AtMS), Worker: "everybody", Server: Server(s.Server), Request: s.Request, Reply: s.Reply, Became: Became(s), Rows: Rows(s.Rows)}
	if s.Number > 0 {
		w.Number = fmt.Sprint(s.Number)
	}
	if s.Worker >= 0 {
		w.Worker = format.Worker(s.Worker, s.Life)
	}
	if s.Bad {
		w.Violation = Violation(cx, s)
	}
	return w
}

// Outcome says all that comes of a step.
func (w Words) Outcome() string {
	text := w.Became
	if w.Rows != "" {
		text = Joined(text, w.Rows+" into the list")
	}
	return Joined(text, w.Violation)
}

var outcomes = map[reports.StepOutcome]string{
	reports.StepCutBefore: "the connection breaks before it arrives",
	reports.StepReplyLost: "it is executed, and the reply is lost",
	reports.StepGivenUp:   "the client waits no longer, it is still on its way",
	reports.StepDies:      "the worker dies before it sends it",
	reports.StepDiesAfter: "it is executed, and the worker dies",
}

// Became is the outcome of a step: the step's own text if it has one and if the
// outcome does not ask for more.
func Became(s reports.Step) string {
	switch {
	case s.Outcome == reports.StepReplyLost || s.Outcome == reports.StepDiesAfter:
		return Joined(outcomes[s.Outcome], s.Text)
	case s.Outcome == reports.StepDies && s.Request == "":
		return Death(s)
	case s.Outcome == reports.StepDies || s.Text == "":
		return outcomes[s.Outcome]
	}
	return s.Text
}

// Death says that a worker dies and, if the step says so, why.
func Death(s reports.Step) string {
	if strings.HasPrefix(s.Text, "dies") {
		return s.Text
	}
	return "dies"
}

// Violation says how a step breaks the promise.
func Violation(cx reports.Counterexample, s reports.Step) string {
	broken := svg.Word(cx.Verdict)
	switch cx.Verdict {
	case reports.Lost, reports.Duplicated:
		broken = "a row is " + broken
	case reports.Stuck:
		broken = "the load is stuck"
	}
	first := slices.IndexFunc(cx.Steps, func(o reports.Step) bool { return s.First > 0 && o.Number == s.First })
	if first < 0 {
		return "violates: " + broken
	}
	if again := common(cx.Steps[first].Rows, s.Rows); again != "" {
		broken = RowCount(again) + " pushed again"
	}
	return fmt.Sprintf("violates: %s, first in step %d", broken, s.First)
}

func common(a, b string) string {
	ids := strings.Fields(a)
	return strings.Join(slices.DeleteFunc(strings.Fields(b), func(id string) bool { return !slices.Contains(ids, id) }), " ")
}

// Rows names rows by their ids, a few of them.
func Rows(ids string) string {
	all := strings.Fields(ids)
	switch n := len(all); {
	case n == 0:
		return ""
	case n == 1:
		return "row " + all[0]
	case n <= 3:
		return "rows " + strings.Join(all[:n-1], ", ") + " and " + all[n-1]
	default:
		return fmt.Sprintf("rows %s, %s and %d more", all[0], all[1], n-2)
	}
}

// RowCount counts rows, and names a single one.
func RowCount(ids string) string {
	if all := strings.Fields(ids); len(all) != 1 {
		return format.Plural(len(all), "row", "rows")
	}
	return Rows(ids)
}

// Joined puts two remarks together, if there are two.
func Joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}

// Server is the proper name of a server.
func Server(name string) string { return cmp.Or(properNames[name], name) }

var properNames = map[string]string{"redis": "Redis", "mysql": "MySQL"}

// Clock says when a step takes place, to the millisecond.
func Clock(ms float64) string {
	if ms >= 1000 && ms < 1e6 {
		return fmt.Sprintf("%.3f s", ms/1000)
	}
	return Took(ms)
}

// Took says how long something takes.
func Took(ms float64) string {
	switch {
	case ms >= 1000:
		return svg.Round(ms/1000) + " s"
	case ms >= 100:
		return fmt.Sprintf("%.0f ms", ms)
	case ms > 0 && ms < 0.1:
		return fmt.Sprintf("%.0f µs", 1000*ms)
	}
	return svg.Round(ms) + " ms"
}
