package perfetto

import (
	"cmp"
	"slices"

	"onceover/reports"
)

// How many runs get a trace: of each cell so many bad ones, and one that is usual;
// and no more than that in all.
const (
	mostBad = 3
	mostAll = 100
)

// Choice is a run that is worth a trace.
type Choice struct {
	PID  int // for Write
	Cell reports.Cell
	Run  reports.Run
}

// Choose returns the runs that are worth a trace, and how many bad runs there are
// beside them: the first bad runs of each cell and, of those that were safe, the
// one with the median duration. Where these are too many, bad runs go first.
// Runs in the simulated world have no history, but a schedule to replay.
func Choose(r *reports.Results) (chosen []Choice, left int) {
	var usual []Choice
	bad := 0
	for i, c := range r.Cells {
		if c.Search != nil || c.World == reports.WorldSim {
			continue
		}
		taken := 0
		var safe []reports.Run
		for _, run := range c.Runs {
			switch {
			case run.Folder == "":
			case run.Verdict == reports.Safe:
				safe = append(safe, run)
			case run.Verdict.Bad():
				bad++
				if taken < mostBad && len(chosen) < mostAll {
					chosen = append(chosen, Choice{i + 1, c, run})
					taken++
				}
			}
		}
		if len(safe) > 0 {
			slices.SortStableFunc(safe, func(a, b reports.Run) int { return cmp.Compare(a.DurationMS, b.DurationMS) })
			usual = append(usual, Choice{i + 1, c, safe[(len(safe)-1)/2]})
		}
	}
	left = bad - len(chosen)
	return append(chosen, usual[:min(len(usual), mostAll-len(chosen))]...), left
}
