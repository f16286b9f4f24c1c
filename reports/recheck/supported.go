package recheck

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/gate"
)

// Supported returns results without the verdicts that their own evidence contradicts
// (see contradiction). It lowers a state that the verdicts of its cell contradict, adds
// reasons that are missing, and takes back a gate that passed all the same. It only
// makes results worse, and leaves honest ones as they are.
func Supported(r *reports.Results) *reports.Results {
	s := *r
	s.Cells, s.Gate.Reasons = slices.Clone(r.Cells), slices.Clone(r.Gate.Reasons)
	for i := range s.Cells {
		c := &s.Cells[i]
		recorded := c.State
		c.State = supportedState(*c)
		contradiction := contradiction(r, *c)
		if contradiction != nil && c.State.Holds() {
			c.State = reports.NotProven
		}
		if c.State.Holds() || c.State == recorded && names(s.Gate, *c) {
			continue
		}
		text := doubt(*c, recorded)
		if contradiction != nil {
			text += ": " + contradiction.Error()
		}
		s.Gate.Reasons = append(s.Gate.Reasons, reports.Reason{Cell: c.ID, World: c.World, State: c.State, Text: text})
	}
	s.Gate.Status = reports.Summarize(&s).Answer(r.Gate.Status)
	switch {
	case s.Gate.ExitCode == reports.ExitPass && s.Gate.Status == reports.Unknown && gate.ShareHolds(&s):
	case s.Gate.ExitCode != reports.ExitPass && s.Gate.Status == reports.Pass:
		s.Gate.Status = reports.Unknown
	case s.Gate.ExitCode == reports.ExitPass:
		s.Gate.ExitCode = map[reports.GateStatus]int{reports.Fail: reports.ExitFail, reports.Unknown: reports.ExitUnknown}[s.Gate.Status]
	}
	return &s
}

func names(g reports.Gate, c reports.Cell) bool {
	return slices.ContainsFunc(g.Reasons, func(r reports.Reason) bool { return r.About(c) && r.State == c.State })
}

func doubt(c reports.Cell, recorded reports.State) string {
	text := fmt.Sprintf("expected %s, and %s", c.Expected, format.Count(c.Tally))
	if c.State != recorded {
		text += fmt.Sprintf("; recorded as %q, which that does not support", recorded)
	}
	return text
}

// supportedState judges a cell again. A state that is unknown here, or rests on a
// verdict or an expectation that is, proves nothing.
func supportedState(c reports.Cell) reports.State {
	switch c.State {
	case reports.Worse, reports.ControlMissed, reports.Gone, reports.NotProven:
		return c.State
	case reports.AsExpected, reports.ReportOnly, reports.Better:
	default:
		return reports.NotProven
	}
	judged := gate.Judge(c)
	switch {
	case !judged.Holds():
		return judged
	case !understood(c):
		return reports.NotProven
	}
	return c.State
}

// understood tells whether all verdicts of a cell have a meaning here.
func understood(c reports.Cell) bool {
	known := func(v reports.Verdict) bool { return slices.Contains(reports.Verdicts(), v) }
	return known(c.Verdict) && !slices.ContainsFunc(c.Runs, func(r reports.Run) bool { return !known(r.Verdict) })
}
