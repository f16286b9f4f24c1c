package defects

import (
	"slices"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/mysqlmodel"
)

// Trial is a way to load a table as somebody would hand it in: the usual search,
// which is told nothing of it, has to judge it. Some are wrong and some are right.
// A defect shows that the search sees a mistake where it is sought; a trial shows
// that it is sought where it is.
type Trial struct {
	Name  string
	About string // one sentence: the mistake, or why it is right

	Strategy lock.Strategy // without Open if Program is set
	Program  sim.Program   // what a worker runs, if it is no strategy

	// Tables stand in MySQL beside that of the job, see sim.Setup; nil: none.
	Tables func(chunks int) []mysqlmodel.Table

	// Wants are the verdicts of which the search has to reach one; empty if it is right.
	Wants []reports.Verdict
	// Beyond says of a wrong one what the usual search would have to allow to find
	// it, and does not; "" if it finds it.
	Beyond string
}

// Right tells whether nothing is wrong with it.
func (t Trial) Right() bool { return len(t.Wants) == 0 }

// Accepts tells whether a search that came to this verdict has judged it right.
func (t Trial) Accepts(v reports.Verdict) bool {
	if t.Right() || t.Beyond != "" {
		return v == reports.Safe
	}
	return slices.Contains(t.Wants, v)
}

// Runs is what a worker runs.
func (t Trial) Runs() sim.Program {
	if t.Program != nil {
		return t.Program
	}
	return sim.Loader(t.Strategy)
}

// Trials lists the trials by what they rest on.
func Trials() []Trial {
	all := slices.Concat(leaseTrials, scriptTrials, tableTrials, queueTrials, waitTrials)
	for i := range all {
		all[i].Strategy.Name, all[i].Strategy.Summary = all[i].Name, all[i].About
	}
	return all
}

// FindTrial returns the trial of that name.
func FindTrial(name string) (Trial, bool) {
	all := Trials()
	i := slices.IndexFunc(all, func(t Trial) bool { return t.Name == name })
	if i < 0 {
		return Trial{}, false
	}
	return all[i], true
}
