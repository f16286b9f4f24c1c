// Package witness tells how one row of a run on real servers went bad: of the
// history of the run it keeps the few events that explain it.
//
// A history holds what was observed, not why. So a sentence says who did what
// in which order, and draws no conclusion that the events do not bear out.
package witness

import "onceover/reports"

// Of explains how the first row of that verdict went bad. ok is false if the
// run has no such row, or if its history does not show what became of it, as
// with workers that report no steps.
func Of(run reports.Run, verdict reports.Verdict, events []reports.Event) (_ reports.Counterexample, ok bool) {
	return reports.Counterexample{}, false
}
