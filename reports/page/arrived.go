package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// arrivedView is a row that did not come as often as it should: once.
type arrivedView struct {
	Row     string
	Arrived int
	Steps   string // that brought it
}

const mostArrived = 12

// arrivals compares the rows that arrived with the table. The steps name the rows that came; a row that is
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
			where += fmt.Sprintf("; %s beyond these steps", format.Plural(n-shown, "time", "times"))
		}
		switch {
		case lost[row]:
		case n == 1:
			right++
		default:
			wrong = append(wrong, arrivedView{row, n, where})
		}
	}
	// Where rows are lost, a pushed row may be gone again, so nothing is said of the others.
	if right > 0 && x.Verdict == reports.Duplicated {
		rest = fmt.Sprintf("%s that these steps push came once, as it should be.", format.Plural(right, "other row", "other rows"))
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
