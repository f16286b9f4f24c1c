package search

import (
	"slices"

	"onceover/sim"
)

// smoke lets the workers go one after the other, and lets each single thing go
// wrong at each place. It finds what needs no luck with the order.
func (s *search) smoke(st *Stage) error {
	for first := range s.scene.Setup.Workers {
		run, err := s.schedule(st, inTurn{first})
		if err != nil || s.over() {
			return err
		}
		for at := range run.Log {
			if err := s.faultsAt(st, first, run.Log[:at]); err != nil || s.over() {
				return err
			}
		}
	}
	return nil
}

// faultsAt tries each fault that can happen after some events.
func (s *search) faultsAt(st *Stage, first int, before []sim.EventID) error {
	for i := 0; ; i++ {
		c := &thenFault{before: before, fault: i, rest: inTurn{first}}
		run, err := s.schedule(st, c)
		if err != nil || run.Abandoned || s.over() {
			return err
		}
	}
}

// inTurn lets one worker go as far as it can, then the next.
type inTurn struct{ first int }

func (t inTurn) Choose(enabled []sim.Choice) int {
	best := -1
	for i, c := range enabled {
		if c.ID.Kind.Fault() {
			continue
		}
		if best < 0 || t.rank(c) < t.rank(enabled[best]) {
			best = i
		}
	}
	return best
}

func (t inTurn) rank(c sim.Choice) int {
	if c.ID.Worker == t.first {
		return -1
	}
	return c.ID.Worker
}

// thenFault follows some events, lets the fault of that number happen, and
// goes on as rest does. It abandons the schedule if there is no such fault.
type thenFault struct {
	before []sim.EventID
	fault  int
	rest   sim.Chooser
	next   int
}

func (f *thenFault) Choose(enabled []sim.Choice) int {
	at := f.next
	f.next++
	switch {
	case at < len(f.before):
		return slices.IndexFunc(enabled, func(c sim.Choice) bool { return c.ID == f.before[at] })
	case at > len(f.before):
		return f.rest.Choose(enabled)
	}
	n := -1
	return slices.IndexFunc(enabled, func(c sim.Choice) bool {
		if c.ID.Kind.Fault() {
			n++
		}
		return n == f.fault
	})
}
