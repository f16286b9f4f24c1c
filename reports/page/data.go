package page

import (
	"encoding/json"
	"fmt"
	"slices"

	"onceover/reports"
)

// The copies of the results that the page may hold, from all to the least.
const (
	wholeCopy   = iota
	plainCopy   // of runs in which nothing is remarkable, only their numbers
	sampledCopy // of those, the first few of each cell
	leastCopy   // no runs but the first bad ones, no steps of counterexamples
	copies
)

const (
	sampledRuns = 6   // the least of which a median has an interval
	leastRuns   = 1   // bad ones
	leastRun    = 300 // bytes that a run takes at least
)

// data is the block of JSON for programs that are given the page alone, and a sentence on
// the parts that it leaves out. Cells, tallies and gate are complete in any case.
func (s *source) data() (json.RawMessage, string, error) {
	runs := 0
	for _, c := range s.Cells {
		runs += len(c.Runs)
	}
	for level := range copies {
		if level < sampledCopy && runs > s.detail.data/leastRun {
			continue // it cannot be small enough
		}
		made := once(s, fmt.Sprint("copy ", level), func() copied { return s.copyOf(level) })
		if made.err != nil {
			return nil, "", fmt.Errorf("embed results: %w", made.err)
		}
		if len(made.block) <= s.detail.data || level == copies-1 {
			if made.left != "" {
				s.leave("In the data block: %s", made.left)
			}
			return made.block, made.left, nil
		}
	}
	return nil, "", nil
}

type copied struct {
	block json.RawMessage
	left  string
	err   error
}

func (s *source) copyOf(level int) copied {
	r, left := abridge(s.Results, level)
	text, err := json.Marshal(r)
	return copied{bidi.ReplaceAllFunc(text, escaped), left, err}
}

// abridge leaves out the least important parts, and says so in the copy itself.
func abridge(r *reports.Results, level int) (*reports.Results, string) {
	if level == wholeCopy {
		return r, ""
	}
	c := *r
	c.Cells = slices.Clone(r.Cells)
	runs, kept := 0, 0
	for i := range c.Cells {
		runs += len(c.Cells[i].Runs)
		c.Cells[i].Runs = abridgeRuns(c.Cells[i].Runs, level)
		kept += len(c.Cells[i].Runs)
		if level == leastCopy {
			c.Cells[i].Counterexamples = withoutSteps(c.Cells[i].Counterexamples)
		}
	}
	c.Abridged = fmt.Sprintf([copies]string{
		plainCopy:   "Unremarkable runs keep only their numbers (%s of %s runs)",
		sampledCopy: "%s of %s runs are kept, the unremarkable ones without anything but their numbers",
		leastCopy:   "%s of %s runs are kept, and no steps of counterexamples",
	}[level]+"; results.json has everything.", thousands(kept), thousands(runs))
	return &c, c.Abridged
}

func abridgeRuns(runs []reports.Run, level int) []reports.Run {
	var kept []reports.Run
	quiet, loud := 0, 0
	for _, run := range runs {
		if remarkable(run) {
			if loud++; level < leastCopy || loud <= leastRuns {
				kept = append(kept, run)
			}
			continue
		}
		if quiet++; level == plainCopy || level == sampledCopy && quiet <= sampledRuns {
			run.Why, run.Plan, run.Replay, run.Folder, run.Faults, run.Witnesses = "", "", "", "", nil, nil
			kept = append(kept, run)
		}
	}
	return kept
}

// remarkable: something was found in the run, or it proved nothing.
func remarkable(r reports.Run) bool {
	return r.Verdict != reports.Safe || slices.ContainsFunc(r.Faults, func(f reports.Fault) bool { return !f.Confirmed })
}

func withoutSteps(all []reports.Counterexample) []reports.Counterexample {
	short := slices.Clone(all)
	for i := range short {
		short[i].Steps = []reports.Step{}
	}
	return short
}
