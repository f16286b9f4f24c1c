package search

import (
	"cmp"
	"slices"

	"onceover/sim"
)

// smoke lets the workers go one after the other, and lets each single thing go
// wrong at each place. It finds what needs no luck with the order.
func (s *search) smoke(st *Stage) error {
	workers := s.scene.Setup.Workers
	for first := range min(workers, cmp.Or(s.options.Smoke, workers)) {
		turns := inTurn(first)
		var offered []int // faults, at each event
		var faults []sim.Chooser
		choose := func(enabled []sim.Choice) int {
			n := 0
			for _, c := range enabled {
				if !request(c) {
					n++
				}
			}
			offered = append(offered, n)
			return turns(enabled)
		}
		err := s.schedules(st, 1, func(int) (sim.Chooser, func(sim.Run)) {
			return choose, func(run sim.Run) { faults = each(offered, run.Log, turns) }
		})
		if err != nil || s.over() {
			return err
		}
		err = s.schedules(st, len(faults), func(i int) (sim.Chooser, func(sim.Run)) { return faults[i], func(sim.Run) {} })
		if err != nil || s.over() {
			return err
		}
	}
	return nil
}

// each injects every fault that was offered in a schedule.
func each(offered []int, log []sim.EventID, rest sim.Chooser) (all []sim.Chooser) {
	for at, faults := range offered {
		for i := range faults {
			all = append(all, sim.Follow(log[:at], faultThen(i, rest)))
		}
	}
	return all
}

// inTurn lets one worker go as far as it can, then the next.
func inTurn(first int) sim.Chooser {
	return func(enabled []sim.Choice) int {
		return highest(enabled, func(c sim.Choice) int {
			if c.ID.Worker == first {
				return 1
			}
			return -c.ID.Worker
		})
	}
}

// faultThen lets the fault of that number happen, and goes on as rest does.
func faultThen(fault int, rest sim.Chooser) sim.Chooser {
	struck := false
	return func(enabled []sim.Choice) int {
		if struck {
			return rest(enabled)
		}
		struck = true
		n := -1
		return slices.IndexFunc(enabled, func(c sim.Choice) bool {
			if !request(c) {
				n++
			}
			return n == fault
		})
	}
}
