package defects

import (
	"context"
	"fmt"

	"onceover/sim"
)

// takeOver takes a chunk that is nobody's, or that has had the same owner for as
// long as a lease. It does not take one that is finished.
func (s servers) takeOver(ctx context.Context, env sim.Env, chunk, mine int) (taken bool, err error) {
	for was := nobody; ; {
		if taken, err = s.exchangeOwner(ctx, chunk, was, mine); taken || err != nil {
			return taken, err
		}
		if was, err = oneNumber(ctx, s.db, fmt.Sprintf("SELECT done FROM chunks WHERE chunk = %d", chunk)); err != nil || was == finished {
			return false, err
		}
		if err := env.Sleep(ctx, env.TTL); err != nil {
			return false, err
		}
	}
}

// eachTakenOver is a loader that takes each chunk over, and pushes it.
func (s servers) eachTakenOver(ctx context.Context, env sim.Env, push pushing) error {
	mine := 1 + env.Worker + env.Workers*env.Life
	for chunk := range env.Chunks {
		taken, err := s.takeOver(ctx, env, chunk, mine)
		if err != nil {
			return err
		}
		if !taken {
			continue
		}
		elements, err := s.chunk(ctx, env, chunk)
		if err != nil {
			return err
		}
		if err := push(ctx, s, chunk, elements); err != nil {
			return err
		}
		if _, err := s.exchangeOwner(ctx, chunk, mine, finished); err != nil {
			return err
		}
	}
	return nil
}

// exchangeOwner makes a chunk somebody else's, unless it has become so already.
func (s servers) exchangeOwner(ctx context.Context, chunk, from, to int) (bool, error) {
	n, err := affected(s.db.ExecContext(ctx, fmt.Sprintf("UPDATE chunks SET done = %d WHERE chunk = %d AND done = %d", to, chunk, from)))
	return n == 1, err
}
