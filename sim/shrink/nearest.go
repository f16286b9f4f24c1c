package shrink

import (
	"slices"

	"onceover/reports"
	"onceover/sim"
)

// Neighbour is a schedule that differs from a counterexample in one thing, and
// keeps the promise. What differs is the explanation.
type Neighbour struct {
	Run sim.Run
	// Event comes after After in it, or, if Removed, does not happen.
	Event, After int // indices into the events of the counterexample
	Removed      bool
}

// nearest puts one event off, as little as possible and as late as possible,
// until nothing goes wrong; or else leaves out a fault.
func (s *shrinking) nearest() (*Neighbour, error) {
	log := s.best.Log
	for distance := 1; distance < len(log); distance++ {
		for at := len(log) - 1 - distance; at >= 0; at-- {
			to := at + distance
			if slices.ContainsFunc(log[at+1:to+1], func(e sim.EventID) bool { return e.Worker == log[at].Worker }) {
				continue
			}
			later := slices.Insert(slices.Delete(slices.Clone(log), at, at+1), to, log[at])
			if run, err := s.passes(later); err != nil || run != nil {
				return &Neighbour{Run: *run, Event: at, After: to}, err
			}
		}
	}
	for at := range log {
		if !log[at].Kind.Fault() {
			continue
		}
		if run, err := s.passes(slices.Delete(slices.Clone(log), at, at+1)); err != nil || run != nil {
			return &Neighbour{Run: *run, Event: at, Removed: true}, err
		}
	}
	return nil, nil
}

func (s *shrinking) passes(log []sim.EventID) (*sim.Run, error) {
	s.tried++
	run, err := s.memory.Run(sim.Tolerant(log), false)
	if err != nil {
		return &run, err
	}
	if run.Verdict != reports.Safe {
		return nil, nil
	}
	return &run, nil
}
