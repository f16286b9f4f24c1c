package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/say"
)

// stepView is a numbered step of a counterexample with what follows from it.
type stepView struct {
	Number int
	Lines  []lineView
	Bad    string // how the promise is broken here
	Rows   string
}

// lineView is who does what in a sentence around the request.
type lineView struct{ Who, Request, What string }

func stepViews(x reports.Counterexample) []stepView {
	var all []stepView
	for _, step := range x.Steps {
		if step.Number > 0 || len(all) == 0 {
			all = append(all, stepView{Number: step.Number})
		}
		last := &all[len(all)-1]
		last.Lines = append(last.Lines, lineOf(step))
		last.Rows = strings.TrimSpace(last.Rows + " " + step.Rows)
		last.Bad = cmp.Or(last.Bad, broken(step))
	}
	return all
}

func lineOf(s reports.Step) lineView {
	l := lineView{Who: who(s), Request: s.Request, What: what(s)}
	if s.Server != "" && s.Outcome != reports.StepDies {
		l.Who = strings.TrimSpace(l.Who + " asks " + serverName(s.Server))
	}
	if s.Request != "" {
		l.Who += ":"
		if s.Outcome == reports.StepDies {
			l.Who = who(s) + " dies before it sends:"
		}
	}
	return l
}

// who does a step: a worker. After a death it has another sign, the same as in the drawing.
func who(s reports.Step) string {
	switch {
	case s.Worker < 0:
		return ""
	case s.Life > 3:
		return fmt.Sprintf("w%d'%d", s.Worker, s.Life)
	}
	return fmt.Sprintf("w%d%s", s.Worker, strings.Repeat("'", max(0, s.Life)))
}

func serverName(name string) string {
	switch name {
	case "redis":
		return "Redis"
	case "mysql":
		return "MySQL"
	}
	return name
}

// what becomes of a step, after its request.
func what(s reports.Step) string {
	var parts []string
	if s.Reply != "" {
		parts = append(parts, "→ "+s.Reply)
	}
	if text := outcome(s); text != "" && !strings.HasPrefix(s.Text, text+":") {
		parts = append(parts, text)
	}
	if s.Text != "" {
		parts = append(parts, s.Text)
	}
	return strings.Join(parts, "; ")
}

func outcome(s reports.Step) string {
	switch s.Outcome {
	case reports.StepCutBefore:
		return "the connection breaks before the request arrives"
	case reports.StepReplyLost:
		return "it is done, and the reply is lost"
	case reports.StepGivenUp:
		return "the worker waits no longer, and the request is still on its way"
	case reports.StepDies:
		if s.Request == "" {
			return "dies"
		}
	case reports.StepDiesAfter:
		return "it is done, and the worker dies"
	}
	return ""
}

func broken(s reports.Step) string {
	switch {
	case !s.Bad:
		return ""
	case s.First > 0:
		return fmt.Sprintf("Here the promise is broken: this was done before, in step %d.", s.First)
	}
	return "Here the promise is broken."
}

// arrivedView is a row that did not come as often as it should: once.
type arrivedView struct {
	Row     string
	Arrived int
	Steps   string // that brought it
}

// mostArrived is how many wrong rows of a counterexample are listed.
const mostArrived = 12

// arrivals compares what arrived with what should have. The steps say what came; what is
// not in the list is in the witnesses of the run.
func arrivals(x reports.Counterexample, run reports.Run) (wrong []arrivedView, rest string) {
	rows, steps := pushed(x.Steps)
	lost := map[string]bool{}
	for _, w := range run.Witnesses {
		if w.Outcome == "lost" && !lost[w.Row] {
			lost[w.Row] = true
			wrong = append(wrong, arrivedView{Row: w.Row, Arrived: 0, Steps: cmp.Or(strings.Join(steps[w.Row], ", "), "none")})
		}
	}
	right := 0
	for _, row := range rows {
		shown := len(steps[row])
		in := strings.Join(steps[row], ", ")
		n := max(shown, timesInList(run, row))
		if n > shown {
			in += fmt.Sprintf("; %s beyond these steps", say.Plural(n-shown, "time", "times"))
		}
		switch {
		case lost[row]:
		case n == 1:
			right++
		default:
			wrong = append(wrong, arrivedView{row, n, in})
		}
	}
	// What was pushed may be gone again where rows are lost, so nothing is said of the others there.
	if right > 0 && x.Verdict == reports.Duplicated {
		rest = fmt.Sprintf("%s that these steps push came once, as it should be.", say.Plural(right, "other row", "other rows"))
	}
	if n := len(wrong); n > mostArrived {
		rest = strings.TrimSpace(fmt.Sprintf("%d of %d wrong rows are listed. ", mostArrived, n) + rest)
		wrong = slices.Clip(wrong[:mostArrived])
	}
	return wrong, rest
}

// timesInList is how often the check found a row that it names, or 0.
func timesInList(run reports.Run, row string) int {
	for _, w := range run.Witnesses {
		if w.Row == row && w.Outcome == "duplicated" {
			return int(w.Times)
		}
	}
	return 0
}

// pushed are the rows that come into the list, and the numbers of the steps that bring each.
func pushed(all []reports.Step) (rows []string, steps map[string][]string) {
	steps = map[string][]string{}
	for i, step := range all {
		for row := range strings.FieldsSeq(step.Rows) {
			if steps[row] == nil {
				rows = append(rows, row)
			}
			steps[row] = append(steps[row], fmt.Sprint(numberOf(all, i)))
		}
	}
	return rows, steps
}

// numberOf is the number of a step, or that of the one that it follows from.
func numberOf(steps []reports.Step, i int) int {
	for i > 0 && steps[i].Number == 0 {
		i--
	}
	return steps[i].Number
}
