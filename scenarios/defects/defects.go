package defects

import (
	"slices"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// Defect is one mistake.
type Defect struct {
	Name    string
	Mistake string // one sentence

	Strategy lock.Strategy // without Open if the mistake is not in a strategy
	Reads    bool          // the strategy shows only while rows are read from MySQL
	Program  sim.Program   // what a worker runs, if Strategy has no Open

	Setup sim.Setup       // the smallest in which it shows; without Name and Program
	Want  reports.Verdict // what it has to be caught as
}

// Scene is the complete set-up of the defect.
func (d Defect) Scene() sim.Setup {
	setup := d.Setup
	setup.Name, setup.Program = d.Name, d.Program
	switch {
	case setup.Program != nil:
	case d.Reads:
		setup.Program = sim.Loader(d.Strategy)
	default:
		setup.Program = sim.Bare(d.Strategy)
	}
	return setup
}

// All lists the defects: those of locks, of commits, of claims without a lock,
// and of reading.
func All() []Defect {
	all := slices.Concat(locks, commits, claims, reading)
	for i := range all {
		if all[i].Strategy.Open != nil {
			all[i].Strategy.Name, all[i].Strategy.Summary = all[i].Name, all[i].Mistake
		}
	}
	return all
}

// Find returns the defect of that name.
func Find(name string) (Defect, bool) {
	all := All()
	i := slices.IndexFunc(all, func(d Defect) bool { return d.Name == name })
	if i < 0 {
		return Defect{}, false
	}
	return all[i], true
}
