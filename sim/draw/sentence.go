package draw

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/sim"
)

// Sentence explains in words what the schedule came to.
func Sentence(c Case) string {
	if c.Passing == nil {
		return verdictSentence(c)
	}
	return verdictSentence(c) + " " + passingSentence(c)
}

func verdictSentence(c Case) string {
	text := c.Run.Why + "."
	text = strings.ToUpper(text[:1]) + text[1:]
	switch c.Run.Verdict {
	case reports.Duplicated:
		if by := pushes(c); len(by) > 1 {
			return fmt.Sprintf("Row %d is pushed in %s.", c.Run.Row, strings.Join(by, " and again in ")) + because(c)
		}
	case reports.Lost:
		return text + leftAlone(c)
	case reports.Stuck:
		return text + oldError(c)
	}
	return text
}

func pushes(c Case) []string {
	var by []string
	for i, s := range numbered(c.Run.Trace) {
		if holds(s.Rows, c.Run.Row) {
			by = append(by, fmt.Sprintf("step %d by %s", i+1, worker(s)))
		}
	}
	return by
}

func holds(ids string, row int64) bool {
	return slices.Contains(strings.Fields(ids), strconv.FormatInt(row, 10))
}

func passingSentence(c Case) string {
	p := c.Passing
	if p.Removed {
		return fmt.Sprintf("Without step %d nothing goes wrong.", p.Event+1)
	}
	return fmt.Sprintf("If step %d came only after step %d, nothing would go wrong.", p.Event+1, p.After+1)
}

// numbered are the steps that are events: they have a number.
func numbered(trace []sim.Step) []sim.Step {
	return slices.DeleteFunc(shown(trace), func(s sim.Step) bool { return s.Note })
}

// shown leaves out the steps that were done at once, such as reads of the table.
func shown(trace []sim.Step) []sim.Step {
	return slices.DeleteFunc(slices.Clone(trace), func(s sim.Step) bool { return s.Quiet })
}

func worker(s sim.Step) string {
	if s.Worker < 0 {
		return "nobody"
	}
	return format.Worker(s.Worker, s.Life)
}
