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
	// Later comes before Earlier in it, or, if Removed, Earlier does not happen.
	Earlier, Later int // indices into the events of the counterexample
	Removed        bool
}

// Nearest looks for a schedule that differs from a counterexample in one thing
// and keeps the promise; nil if there is none.
func Nearest(scene *sim.Scene, run sim.Run) (*Neighbour, error) {
	s := &shrinking{scene: scene, memory: scene.Memory(), best: run}
	return s.nearest()
}

// nearest changes one thing at a time, from the end, until it passes.
func (s *shrinking) nearest() (*Neighbour, error) {
	log := s.best.Log
	for at := len(log) - 2; at >= 0; at-- {
		if log[at].Worker == log[at+1].Worker {
			continue
		}
		swapped := slices.Clone(log)
		swapped[at], swapped[at+1] = swapped[at+1], swapped[at]
		run, err := s.passes(swapped)
		if err != nil {
			return nil, err
		}
		if run != nil {
			return &Neighbour{Run: *run, Earlier: at, Later: at + 1}, nil
		}
	}
	for at := range log {
		if !log[at].Kind.Fault() {
			continue
		}
		run, err := s.passes(slices.Delete(slices.Clone(log), at, at+1))
		if err != nil {
			return nil, err
		}
		if run != nil {
			return &Neighbour{Run: *run, Earlier: at, Removed: true}, nil
		}
	}
	return nil, nil
}

func (s *shrinking) passes(log []sim.EventID) (*sim.Run, error) {
	s.tried++
	run, err := s.memory.Run(sim.Tolerant(log), false)
	if err != nil || run.Verdict != reports.Safe {
		return nil, err
	}
	return &run, nil
}
