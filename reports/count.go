package reports

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports/say"
)

// Summary is how many cells are in which state.
type Summary struct {
	Cells, AsExpected, Worse, Missed, Unproven, ReportOnly int
	Interrupted                                            bool
}

// Summarize counts the cells of results by state.
func Summarize(r *Results) Summary {
	n := Summary{Cells: len(r.Cells), Interrupted: r.Run.Status != Complete}
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
		default:
			n.Unproven++
		}
	}
	return n
}

// Answer is the gate's status as far as the cells bear it out: what has
// checked nothing, or not all, has not passed, whatever was written down.
func (n Summary) Answer(status GateStatus) GateStatus {
	if status == Fail || (status == Pass && n.Cells > 0 && !n.Interrupted) {
		return status
	}
	return Unknown
}

// String counts the cells of each state, in words.
func (n Summary) String() string {
	parts := []string{fmt.Sprintf("%d as expected", n.AsExpected), fmt.Sprintf("%d worse", n.Worse)}
	if n.Missed > 0 {
		parts = append(parts, say.Plural(n.Missed, "control missed", "controls missed"))
	}
	parts = append(parts, fmt.Sprintf("%d inconclusive", n.Unproven))
	if n.ReportOnly > 0 {
		parts = append(parts, fmt.Sprintf("%d report only", n.ReportOnly))
	}
	return strings.Join(parts, ", ")
}

// Problems names what keeps the gate from passing.
func (n Summary) Problems() string {
	var parts []string
	if n.Worse > 0 {
		parts = append(parts, fmt.Sprintf("%d worse", n.Worse))
	}
	if n.Missed > 0 {
		parts = append(parts, say.Plural(n.Missed, "control missed", "controls missed"))
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

// Cell finds a cell by its ID.
func (r *Results) Cell(id string) (Cell, bool) {
	i := slices.IndexFunc(r.Cells, func(c Cell) bool { return c.ID == id })
	if i < 0 {
		return Cell{}, false
	}
	return r.Cells[i], true
}
