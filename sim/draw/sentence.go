package draw

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/sim"
)

// Sentence explains in words what the schedule came to.
func Sentence(c Case) string {
	text := verdictSentence(c)
	if p := c.Passing; p != nil {
		text += " " + passingSentence(c)
	}
	return text
}

func verdictSentence(c Case) string {
	switch c.Run.Verdict {
	case reports.Duplicated:
		if by := pushes(c); len(by) > 1 {
			return fmt.Sprintf("Row %d is pushed in %s.", c.Run.Row, strings.Join(by, " and again in ")) + because(c)
		}
	case reports.Lost:
		return capital(c.Run.Why) + "." + leftAlone(c)
	case reports.Stuck:
		return capital(c.Run.Why) + "." + oldError(c)
	}
	return capital(c.Run.Why) + "."
}

// pushes names the steps that put the bad row into the list.
func pushes(c Case) []string {
	var by []string
	for i, s := range numbered(c.Run.Trace) {
		if slices.Contains(strings.Fields(s.Rows), strconv.FormatInt(c.Run.Row, 10)) {
			by = append(by, fmt.Sprintf("step %d by %s", i+1, worker(s)))
		}
	}
	return by
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
	return slices.DeleteFunc(slices.Clone(trace), func(s sim.Step) bool { return s.Quiet || s.Note })
}

func worker(s sim.Step) string {
	if s.Worker < 0 {
		return "nobody"
	}
	name := "w" + strconv.Itoa(s.Worker)
	if s.Life > 0 {
		name += strings.Repeat("'", s.Life)
	}
	return name
}

func capital(text string) string {
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
