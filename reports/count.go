package reports

import (
	"fmt"
	"slices"
	"strings"
)

// counted is how many cells are in which state.
type counted struct {
	cells, expected, worse, missed, unproven, reportOnly int
	interrupted                                          bool
}

func count(r *Results) counted {
	n := counted{cells: len(r.Cells), interrupted: r.Run.Status != Complete}
	for _, c := range r.Cells {
		switch c.State {
		case AsExpected:
			n.expected++
		case Worse:
			n.worse++
		case ControlMissed:
			n.missed++
		case ReportOnly:
			n.reportOnly++
		default:
			n.unproven++
		}
	}
	return n
}

// answer is the gate's status as far as the cells bear it out: what has
// checked nothing, or not all, has not passed, whatever was written down.
func (n counted) answer(status GateStatus) GateStatus {
	if status == Fail || (status == Pass && n.cells > 0 && !n.interrupted) {
		return status
	}
	return Unknown
}

func (n counted) summary() string {
	parts := []string{fmt.Sprintf("%d as expected", n.expected), fmt.Sprintf("%d worse", n.worse)}
	if n.missed > 0 {
		parts = append(parts, plural(n.missed, "control missed", "controls missed"))
	}
	parts = append(parts, fmt.Sprintf("%d inconclusive", n.unproven))
	if n.reportOnly > 0 {
		parts = append(parts, fmt.Sprintf("%d report only", n.reportOnly))
	}
	return strings.Join(parts, ", ")
}

// problems names what keeps the gate from passing.
func (n counted) problems() string {
	var parts []string
	if n.worse > 0 {
		parts = append(parts, fmt.Sprintf("%d worse", n.worse))
	}
	if n.missed > 0 {
		parts = append(parts, plural(n.missed, "control missed", "controls missed"))
	}
	if n.unproven > 0 {
		parts = append(parts, fmt.Sprintf("%d not proven", n.unproven))
	}
	if n.cells == 0 {
		parts = append(parts, "nothing was checked")
	}
	if n.interrupted {
		parts = append(parts, "interrupted")
	}
	if len(parts) == 0 {
		parts = append(parts, "see the reasons")
	}
	return strings.Join(parts, ", ")
}

// cell finds a cell by its ID.
func (r *Results) cell(id string) (Cell, bool) {
	i := slices.IndexFunc(r.Cells, func(c Cell) bool { return c.ID == id })
	if i < 0 {
		return Cell{}, false
	}
	return r.Cells[i], true
}
