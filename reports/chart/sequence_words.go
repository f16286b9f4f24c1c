package chart

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/say"
)

// violation says what goes wrong in a step.
func violation(cx reports.Counterexample, s reports.Step) string {
	first := slices.IndexFunc(cx.Steps, func(o reports.Step) bool { return s.First > 0 && o.Number == s.First })
	if first < 0 {
		return "violates: " + broken(cx.Verdict)
	}
	again := common(cx.Steps[first].Rows, s.Rows)
	if again == "" {
		return fmt.Sprintf("violates: %s, first in step %d", broken(cx.Verdict), s.First)
	}
	return fmt.Sprintf("violates: %s pushed again, first in step %d", rowsShort(again), s.First)
}

// text is what a row says that has no arrow.
func (r sequenceRow) text() (text string, bold bool) {
	s := r.step
	switch {
	case r.kind != stepRow || r.asks():
		return "", false
	case everybody(s):
		text = joined(joined(s.Request, s.Reply), s.Text)
		if r.gapMS > 0 {
			text = sequenceClock(r.gapMS) + " later: " + text
		}
		return text, true
	case s.Outcome == reports.StepDies:
		text = deathWord(s)
		if s.Request != "" {
			text += " before it sends " + s.Request
		}
		return lifeName(s.Worker, s.Life) + " " + text, true
	}
	return lifeName(s.Worker, s.Life) + " " + joined(joined(s.Request, s.Reply), s.Text), false
}

// deathWord says that a worker dies and, if the step says so, of what.
func deathWord(s reports.Step) string {
	if strings.HasPrefix(s.Text, "dies") {
		return s.Text
	}
	return "dies"
}

// common are the ids that are in both lists.
func common(a, b string) string {
	ids := strings.Fields(a)
	return strings.Join(slices.DeleteFunc(strings.Fields(b), func(id string) bool { return !slices.Contains(ids, id) }), " ")
}

// rowsWord names rows by their ids, a few of them.
func rowsWord(ids string) string {
	all := strings.Fields(ids)
	switch n := len(all); {
	case n == 0:
		return "no row"
	case n == 1:
		return "row " + all[0]
	case n <= 3:
		return "rows " + strings.Join(all[:n-1], ", ") + " and " + all[n-1]
	default:
		return fmt.Sprintf("rows %s, %s and %d more", all[0], all[1], n-2)
	}
}

// rowsShort says what there is little room for.
func rowsShort(ids string) string {
	if all := strings.Fields(ids); len(all) != 1 {
		return say.Plural(len(all), "row", "rows")
	}
	return rowsWord(ids)
}

// broken says what a verdict means.
func broken(v reports.Verdict) string {
	switch v {
	case reports.Lost:
		return "a row is lost"
	case reports.Duplicated:
		return "a row is duplicated"
	case reports.Stuck:
		return "the load is stuck"
	}
	word, _ := Shape(v)
	return word
}

// joined puts two remarks together, if there are two.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
