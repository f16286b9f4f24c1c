package shrink

import (
	"context"
	"errors"
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
// until nothing goes wrong; or else leaves out a fault. Where the cause is known
// only events that it is about change places: that of others may help as well,
// and explains nothing.
func (s *shrinking) nearest(cause *sim.Cause) (*Neighbour, error) {
	about := cause.Events()
	if len(about) > 0 && cause.Looked != sim.Unknown {
		if n, err := s.later(func(at, to int) bool { return at == cause.Looked && to >= cause.Before }); n != nil || err != nil {
			return n, err
		}
	}
	all := len(about) <= justThePushes
	n, err := s.later(func(at, to int) bool {
		return all || slices.Contains(about, at) && slices.Contains(about, to)
	})
	if n != nil || err != nil {
		return n, err
	}
	return s.without()
}

// justThePushes is how many events a cause has that explains nothing.
const justThePushes = 2

// later puts off one of those events that may be.
func (s *shrinking) later(may func(at, to int) bool) (*Neighbour, error) {
	log := s.best.Log
	for distance := 1; distance < len(log); distance++ {
		for at := len(log) - 1 - distance; at >= 0; at-- {
			to := at + distance
			if !may(at, to) || slices.ContainsFunc(log[at+1:to+1], func(e sim.EventID) bool { return e.Worker == log[at].Worker }) {
				continue
			}
			run, err := s.passes(moved(log, at, to))
			if err != nil {
				return nil, err
			}
			if run != nil {
				return &Neighbour{Run: *run, Event: at, After: to}, nil
			}
		}
	}
	return nil, nil
}

// without leaves out one fault.
func (s *shrinking) without() (*Neighbour, error) {
	log := s.best.Log
	for at := range log {
		if !log[at].Kind.IsFault() {
			continue
		}
		run, err := s.passes(slices.Delete(slices.Clone(log), at, at+1))
		if err != nil {
			return nil, err
		}
		if run != nil {
			return &Neighbour{Run: *run, Event: at, Removed: true}, nil
		}
	}
	return nil, nil
}

func (s *shrinking) passes(log []sim.EventID) (*sim.Run, error) {
	if err := s.goesOn(); err != nil {
		return nil, err
	}
	run, err := s.run(log)
	if err != nil || run.Verdict != reports.Safe {
		return nil, err
	}
	return &run, nil
}

// Nearest looks for a schedule that differs from a stored counterexample in one
// thing and keeps the promise; nil if there is none, or if the context ends first.
func Nearest(ctx context.Context, scene *sim.Scene, run sim.Run) (*Neighbour, error) {
	s := &shrinking{ctx: ctx, scene: scene, cache: scene.Cache(), best: run}
	n, err := s.nearest(run.Cause)
	if errors.Is(err, errUnfinished) {
		err = nil
	}
	return n, err
}
