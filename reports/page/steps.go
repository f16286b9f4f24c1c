package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/say"
	"onceover/reports/steps"
)

// stepView is a numbered step of a counterexample with what follows from it.
type stepView struct {
	Number int
	Lines  []lineView
	Bad    string // how the promise is broken here
	Rows   string
}

// lineView is a step in a sentence around its request.
type lineView struct{ Worker, Request, Became string }

func stepViews(x reports.Counterexample) []stepView {
	var all []stepView
	for _, step := range x.Steps {
		if step.Number > 0 || len(all) == 0 {
			all = append(all, stepView{Number: step.Number})
		}
		last := &all[len(all)-1]
		last.Lines = append(last.Lines, lineOf(x, step))
		last.Rows = strings.TrimSpace(last.Rows + " " + step.Rows)
		last.Bad = cmp.Or(last.Bad, broken(step))
	}
	return all
}

func lineOf(x reports.Counterexample, s reports.Step) lineView {
	w := steps.In(x, s)
	l := lineView{Worker: w.Worker, Request: w.Request, Became: w.Became}
	if s.Worker < 0 {
		l.Worker = ""
	}
	switch {
	case s.Outcome == reports.StepDies && s.Request != "":
		l.Worker, l.Became = l.Worker+" dies before it sends", ""
	case w.Server != "" && s.Outcome != reports.StepDies:
		l.Worker = strings.TrimSpace(l.Worker + " asks " + w.Server)
	}
	if s.Request != "" {
		l.Worker += ":"
	}
	if s.Reply != "" {
		l.Became = steps.Joined("→ "+s.Reply, l.Became)
	}
	return l
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
	rows, in := pushed(x.Steps)
	lost := map[string]bool{}
	for _, w := range run.Witnesses {
		if w.Outcome == "lost" && !lost[w.Row] {
			lost[w.Row] = true
			wrong = append(wrong, arrivedView{Row: w.Row, Arrived: 0, Steps: cmp.Or(strings.Join(in[w.Row], ", "), "none")})
		}
	}
	right := 0
	for _, row := range rows {
		shown := len(in[row])
		where := strings.Join(in[row], ", ")
		n := max(shown, timesInList(run, row))
		if n > shown {
			where += fmt.Sprintf("; %s beyond these steps", say.Plural(n-shown, "time", "times"))
		}
		switch {
		case lost[row]:
		case n == 1:
			right++
		default:
			wrong = append(wrong, arrivedView{row, n, where})
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
func pushed(all []reports.Step) (rows []string, in map[string][]string) {
	in = map[string][]string{}
	for i, step := range all {
		for row := range strings.FieldsSeq(step.Rows) {
			if in[row] == nil {
				rows = append(rows, row)
			}
			in[row] = append(in[row], fmt.Sprint(numberOf(all, i)))
		}
	}
	return rows, in
}

// numberOf is the number of a step, or that of the one that it follows from.
func numberOf(steps []reports.Step, i int) int {
	for i > 0 && steps[i].Number == 0 {
		i--
	}
	return steps[i].Number
}
