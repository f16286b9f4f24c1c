package reports

import "slices"

// Summary is how many cells are in which state.
type Summary struct {
	Cells, AsExpected, Worse, Missed, Unproven, ReportOnly int
	Better                                                 int // than what is known to be bad
	Gone                                                   int // not among Cells
	Interrupted                                            bool
	Absent                                                 int // shards of a campaign of which others are there
}

// Partial tells whether not everything is there that was asked for.
func (n Summary) Partial() bool { return n.Interrupted || n.Absent > 0 }

// Summarize counts the cells of results by state.
func Summarize(r *Results) Summary {
	n := Summary{Cells: len(r.Cells), Absent: len(Absent(r.Invocations()))}
	spared := 0
	if slices.ContainsFunc(r.Cells, Cell.Decided) {
		spared = r.Run.Spared
	}
	n.Interrupted = r.Run.Status != Complete || r.Run.Done+spared < r.Run.Planned
	if n.Absent > 0 && len(r.Parts) > 0 {
		n.Interrupted = len(Stopped(r.Parts)) > 0 // that shards are absent is said apart
	}
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
	case recorded == Pass && n.Cells > 0 && n.Unproven == 0 && !n.Partial():
		return Pass
	}
	return Unknown
}

// Of finds the cell that a reason is about; one that is gone is not there.
func (r *Results) Of(reason Reason) (Cell, bool) { return First(r.Cells, reason.About) }

// About tells whether a reason is about a cell.
func (r Reason) About(c Cell) bool { return c.ID == r.Cell && (r.World == "" || c.World == r.World) }
