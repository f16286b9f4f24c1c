package markdown

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/steps"
)

const mostSteps = 25

// counterexample is the first one of what is not as expected, or else the first
// one that there is, as numbered steps.
func counterexample(r *reports.Results) section {
	const name = "Counterexample"
	c, x, ok := first(r)
	if !ok {
		return section{name: name}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s: %s\n\n", code(c.ID), format.Verdict(x.Verdict), prose(x.Sentence))
	writeSteps(&b, x)
	if x.Passing != "" {
		fmt.Fprintf(&b, "\n%s\n", prose(x.Passing))
	}
	if x.ShrunkFrom > 0 {
		fmt.Fprintf(&b, "\nShrunk from %s to %s.\n", format.Plural(x.ShrunkFrom, "event", "events"), format.Plural(len(x.Steps), "step", "steps"))
	}
	if x.Repeated > 0 {
		fmt.Fprintf(&b, "\nCarried out again %s, each time the very same.\n", format.Plural(x.Repeated, "time", "times"))
	}
	if x.Replay != "" {
		b.WriteString("\n" + Block("sh", []string{x.Replay}))
	}
	return titled(name, b.String())
}

func first(r *reports.Results) (reports.Cell, reports.Counterexample, bool) {
	reasons := reports.Each(r.Gate.Reasons, func(reason reports.Reason) reports.Cell { c, _ := r.Of(reason); return c })
	c, ok := reports.First(slices.Concat(reasons, r.Cells), func(c reports.Cell) bool { return len(c.Counterexamples) > 0 })
	if !ok {
		return c, reports.Counterexample{}, false
	}
	return c, c.Counterexamples[0], true
}

// writeSteps writes the steps in the words of their drawing, with the consequences of a
// step below it.
func writeSteps(b *strings.Builder, x reports.Counterexample) {
	for i, s := range x.Steps {
		if i == mostSteps {
			fmt.Fprintf(b, "\nand %s.\n", format.Plural(len(x.Steps)-i, "more step", "more steps"))
			return
		}
		begin := "   - "
		if s.Number > 0 {
			begin = fmt.Sprintf("%d. ", s.Number)
		} else if i == 0 {
			begin = "- "
		}
		fmt.Fprintf(b, "%s%s\n", begin, stepWords(steps.In(x, s)))
	}
}

// stepWords is a step in a line.
func stepWords(w steps.Words) string {
	line := prose(w.Worker)
	if w.Server != "" {
		line += " asks " + prose(w.Server)
	}
	if w.Request != "" {
		line += " " + code(w.Request)
	}
	if w.Reply != "" {
		line += " and gets " + code(w.Reply)
	}
	if text := w.Outcome(); text != "" {
		line += ": " + prose(text)
	}
	return line + " (" + w.At + ")"
}
