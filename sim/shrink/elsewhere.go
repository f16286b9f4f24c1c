package shrink

import (
	"context"
	"errors"

	"onceover/faults"
	"onceover/sim"
)

// Elsewhere is a world other than the simulation, which carries schedules out with real
// processes.
type Elsewhere struct {
	Budget faults.Budget // what may go wrong
	// CarryOut follows a log as far as it fits, see [sim.Tolerant].
	CarryOut func(log []sim.EventID) (sim.Run, error)
}

// Shrink makes a counterexample smaller for as long as it comes to the same verdict. When the
// context ends, it returns the smallest that it has, and done is false.
func (e Elsewhere) Shrink(ctx context.Context, found sim.Run) (smallest sim.Run, done bool, err error) {
	s := &shrinking{ctx: ctx, other: &e, best: found}
	err = s.settle()
	if errors.Is(err, errUnfinished) {
		return s.best, false, nil
	}
	return s.best, err == nil, err
}

// Nearest looks for a schedule that differs from a counterexample in one thing and keeps the
// promise; nil if there is none, or if the context ends first.
func (e Elsewhere) Nearest(ctx context.Context, run sim.Run) (*Neighbour, error) {
	s := &shrinking{ctx: ctx, other: &e, best: run}
	n, err := s.nearest(nil)
	if errors.Is(err, errUnfinished) {
		err = nil
	}
	return n, err
}
