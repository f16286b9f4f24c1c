package reports

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports/format"
)

// Summary is how many cells are in which state.
type Summary struct {
	Cells, AsExpected, Worse, Missed, Unproven, ReportOnly int
	Better                                                 int // than what is known to be bad
	Gone                                                   int // not among Cells
	Interrupted                                            bool
}

// Summarize counts the cells of results by state.
func Summarize(r *Results) Summary {
	n := Summary{Cells: len(r.Cells), Interrupted: r.Run.Status != Complete || r.Run.Done < r.Run.Planned}
	for _, c := range r.Cells {
		switch c.State {
		case AsExpected:
			n.AsExpected++
		case Worse:
			n.Worse++
		case ControlMissed:
			n.Missed++
		case ReportOnly:
			n.ReportOnly++
		case Better:
			n.Better++
		default:
			n.Unproven++
		}
	}
	for _, reason := range r.Gate.Reasons {
		if _, is := r.Of(reason); reason.State == Gone && !is {
			n.Gone++
		}
	}
	return n
}

// Answer is the gate's status as far as the states support it: a gate has not passed
// if nothing was checked, or not everything.
func (n Summary) Answer(recorded GateStatus) GateStatus {
	switch {
	case recorded == Fail || n.Worse > 0 || n.Missed > 0 || n.Gone > 0:
		return Fail
	case recorded == Pass && n.Cells > 0 && n.Unproven == 0 && !n.Interrupted:
		return Pass
	}
	return Unknown
}

// String counts the cells of each state, in words.
func (n Summary) String() string {
	parts := []string{fmt.Sprintf("%d as expected", n.AsExpected), fmt.Sprintf("%d worse", n.Worse)}
	if n.Missed > 0 {
		parts = append(parts, format.Plural(n.Missed, "control missed", "controls missed"))
	}
	parts = append(parts, fmt.Sprintf("%d inconclusive", n.Unproven))
	if n.Gone > 0 {
		parts = append(parts, fmt.Sprintf("%d gone", n.Gone))
	}
	if n.Better > 0 {
		parts = append(parts, fmt.Sprintf("%d better", n.Better))
	}
	if n.ReportOnly > 0 {
		parts = append(parts, fmt.Sprintf("%d report only", n.ReportOnly))
	}
	return strings.Join(parts, ", ")
}

// Kept says how the cells of a gate that passed stand to what was expected. Those of
// which nothing was expected have neither passed nor failed.
func (n Summary) Kept() string {
	judged := n.Cells - n.ReportOnly
	of := "all " + format.Plural(judged, "cell", "cells")
	if judged == 1 {
		of = "the only cell"
	}
	if n.ReportOnly > 0 {
		of += " of which something is expected"
	}
	are := "are"
	if judged == 1 {
		are = "is"
	}
	text := fmt.Sprintf("%s %s as expected", of, are)
	switch {
	case judged == 0:
		text = "nothing is expected of any cell"
	case n.Better > 0:
		text += fmt.Sprintf(" or better (%d better)", n.Better)
	}
	if n.ReportOnly > 0 && judged > 0 {
		text += fmt.Sprintf("; %d more %s report only", n.ReportOnly, map[bool]string{true: "is", false: "are"}[n.ReportOnly == 1])
	}
	return text
}

// Problems names what keeps the gate from passing.
func (n Summary) Problems() string {
	var parts []string
	if n.Worse > 0 {
		parts = append(parts, fmt.Sprintf("%d worse", n.Worse))
	}
	if n.Missed > 0 {
		parts = append(parts, format.Plural(n.Missed, "control missed", "controls missed"))
	}
	if n.Gone > 0 {
		parts = append(parts, fmt.Sprintf("%d gone", n.Gone))
	}
	if n.Unproven > 0 {
		parts = append(parts, fmt.Sprintf("%d not proven", n.Unproven))
	}
	if n.Cells == 0 {
		parts = append(parts, "nothing was checked")
	}
	if n.Interrupted {
		parts = append(parts, "interrupted")
	}
	if len(parts) == 0 {
		parts = append(parts, "see the reasons")
	}
	return strings.Join(parts, ", ")
}

// Of finds the cell that a reason is about; one that is gone is not there.
func (r *Results) Of(reason Reason) (Cell, bool) {
	i := slices.IndexFunc(r.Cells, reason.About)
	if i < 0 {
		return Cell{}, false
	}
	return r.Cells[i], true
}

// About tells whether a reason is about a cell.
func (r Reason) About(c Cell) bool { return c.ID == r.Cell && (r.World == "" || c.World == r.World) }
