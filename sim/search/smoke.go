package search

import (
	"slices"

	"onceover/sim"
)

// smoke lets the workers go one after the other, and lets each single thing go
// wrong at each place. It finds what needs no luck with the order.
func (s *search) smoke(st *Stage) error {
	for first := range s.scene.Setup.Workers {
		var faults []sim.Chooser
		err := s.schedules(st, 1, func(int) sim.Chooser { return &noting{chooser: inTurn{first}} },
			func(c sim.Chooser, run sim.Run) { faults = c.(*noting).each(run.Log) })
		if err != nil || s.over() {
			return err
		}
		err = s.schedules(st, len(faults), func(i int) sim.Chooser { return faults[i] }, func(sim.Chooser, sim.Run) {})
		if err != nil || s.over() {
			return err
		}
	}
	return nil
}

// noting notes how many faults could have happened at each event.
type noting struct {
	chooser sim.Chooser
	faults  []int
}

func (n *noting) Choose(enabled []sim.Choice) int {
	faults := 0
	for _, c := range enabled {
		if c.ID.Kind.IsFault() {
			faults++
		}
	}
	n.faults = append(n.faults, faults)
	return n.chooser.Choose(enabled)
}

// each injects every fault that could have happened in a schedule.
func (n *noting) each(log []sim.EventID) (all []sim.Chooser) {
	for at, faults := range n.faults {
		for i := range faults {
			all = append(all, sim.Follow(log[:at], &faultThen{fault: i, rest: n.chooser}))
		}
	}
	return all
}

// inTurn lets one worker go as far as it can, then the next.
type inTurn struct{ first int }

func (t inTurn) Choose(enabled []sim.Choice) int {
	return highest(enabled, func(c sim.Choice) int {
		if c.ID.Worker == t.first {
			return 1
		}
		return -c.ID.Worker
	})
}

// faultThen lets the fault of that number happen, and goes on as rest does.
type faultThen struct {
	fault  int
	rest   sim.Chooser
	struck bool
}

func (f *faultThen) Choose(enabled []sim.Choice) int {
	if f.struck {
		return f.rest.Choose(enabled)
	}
	f.struck = true
	n := -1
	return slices.IndexFunc(enabled, func(c sim.Choice) bool {
		if c.ID.Kind.IsFault() {
			n++
		}
		return n == f.fault
	})
}
