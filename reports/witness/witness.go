// Package witness tells how one row of a run on real servers went bad: of the
// history of the run it keeps the few events that explain it.
//
// A history holds what workers reported and what was done to them, in the order
// in which the harness heard of it. It does not hold why something happened. So
// a sentence says who reported what before whom, and no more; what was done and
// not reported is said to be unknown. There is nothing to tell of workers that
// report no steps, of elements that are no rows, and of jobs that are stuck.
package witness

import (
	"path"

	"onceover/reports"
)

// Of explains how the first row of that verdict went bad. ok is false if the
// run has no such row, or if its history does not show what became of it.
func Of(run reports.Run, verdict reports.Verdict, events []reports.Event) (_ reports.Counterexample, ok bool) {
	bad, ok := reports.First(run.Witnesses, func(w reports.Witness) bool { return w.Outcome == string(verdict) && w.Chunk >= 0 })
	if !ok {
		return reports.Counterexample{}, false
	}
	s := newStory(bad, events)
	tell := s.lost
	if verdict == reports.Duplicated {
		tell = s.duplicated
	}
	sentence := tell()
	if sentence == "" {
		return reports.Counterexample{}, false
	}
	c := s.counterexample(sentence)
	c.Verdict, c.Replay = verdict, run.Replay
	if run.Folder != "" {
		c.File = path.Join(run.Folder, reports.HistoryFile)
	}
	return c, true
}
