package format

import (
	"fmt"
	"strings"

	"onceover/reports"
)

// Summary counts the cells of each state, in words.
func Summary(n reports.Summary) string {
	parts := []string{number(n.AsExpected, "as expected"), number(n.Worse, "worse")}
	parts = append(parts, some(missed(n))...)
	parts = append(parts, number(n.Unproven, "inconclusive"))
	return strings.Join(append(parts, some(count{n.Gone, "gone"}, count{n.Better, "better"}, count{n.ReportOnly, "report only"})...), ", ")
}

func number(n int, what string) string { return fmt.Sprintf("%d %s", n, what) }

func missed(n reports.Summary) count {
	return count{n.Missed, map[bool]string{true: "control missed", false: "controls missed"}[n.Missed == 1]}
}

type count struct {
	n    int
	what string
}

func some(counts ...count) (parts []string) {
	for _, c := range counts {
		if c.n > 0 {
			parts = append(parts, number(c.n, c.what))
		}
	}
	return parts
}

// Kept says how the cells of a gate that passed compare with what was expected. Cells
// of which nothing was expected have neither passed nor failed.
func Kept(n reports.Summary) string {
	judged := n.Cells - n.ReportOnly
	of := ""
	if n.ReportOnly > 0 {
		of = " of which something is expected"
	}
	text := fmt.Sprintf("all %d cells%s are as expected", judged, of)
	switch {
	case judged == 0:
		text = "nothing is expected of any cell"
	case judged == 1:
		text = fmt.Sprintf("the only cell%s is as expected", of)
	}
	if judged > 0 && n.Better > 0 {
		text += fmt.Sprintf(" or better (%d better)", n.Better)
	}
	if n.ReportOnly > 0 && judged > 0 {
		text += fmt.Sprintf("; %d more %s report only", n.ReportOnly, map[bool]string{true: "is", false: "are"}[n.ReportOnly == 1])
	}
	return text
}

// Problems names what keeps the gate from passing.
func Problems(n reports.Summary) string {
	parts := some(count{n.Worse, "worse"}, missed(n), count{n.Gone, "gone"}, count{n.Unproven, "not proven"})
	if n.Cells == 0 {
		parts = append(parts, "nothing was checked")
	}
	if n.Interrupted {
		parts = append(parts, "interrupted")
	}
	if n.Absent > 0 {
		parts = append(parts, Plural(n.Absent, "shard is not here", "shards are not here"))
	}
	if len(parts) == 0 {
		parts = append(parts, "see the reasons")
	}
	return strings.Join(parts, ", ")
}

// Unchecked warns of content that was not compared, or is empty.
func Unchecked(r *reports.Results) string {
	var elements int64
	runs := 0
	for _, c := range r.Cells {
		more, in := c.Unchecked()
		elements, runs = elements+more, runs+in
	}
	if elements == 0 {
		return ""
	}
	return fmt.Sprintf("%s in %s had no payload to compare: it is known that rows arrived, and not what arrived (--require-content makes the gate ask for it)",
		Plural(elements, "element", "elements"), Plural(runs, "run", "runs"))
}

// NotChecked stands before that warning.
const NotChecked = "CONTENT NOT CHECKED"
