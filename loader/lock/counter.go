package lock

import (
	"context"
	"errors"
	"fmt"
)

// Counter hands out the chunks by counting, and then lets every worker go over what is not
// marked. It cannot tell a chunk of a dead worker from one that is being loaded.
var Counter = Strategy{
	Name:    "counter",
	Summary: "a counter hands out the chunks, and what is left unmarked is swept up",

	How: "Redis counts: each worker that asks gets the next number, and no other worker gets the same one. It loads the chunk of that number, and pushes the rows and sets the bit in one transaction. " +
		"When all numbers are given out, every worker goes over the chunks that are not marked, since their workers may have died.",
	Rests: "On nobody being at work any more when the sweep begins, and nothing ensures that: the first worker to run out of numbers sweeps up chunks that the others are still loading, and both push the rows. It needs no fault for that. " +
		"Without the sweep it would be the other way round, and the chunks of dead workers would be missing. " +
		"The smallest change that makes it safe is a commit by a script that looks at the bit, as in lua.",
	Cost: "One short request to claim a chunk, and never in vain. The cheapest way to divide work.",
	Use:  "To divide work among workers whose commits are safe by themselves. Not as a lock.",

	Open: func(_ context.Context, env Env) (Session, error) {
		return InTurn(&counting{env: env}, Sweep(env, UntilDone, func(ctx context.Context, chunk int) (Claim, error) {
			return look(ctx, env, chunk)
		})), nil
	},
}

// counting takes one number after the other. The counter stands among the job's owners.
type counting struct{ env Env }

func (s *counting) Next(ctx context.Context) (Claim, error) {
	for {
		number, err := s.env.Redis.HIncrBy(ctx, s.env.Keys.Owners, "next", 1).Result()
		switch {
		case err != nil:
			return nil, fmt.Errorf("take the next number: %w", err)
		case number > int64(s.env.Chunks):
			return nil, ErrDone
		}
		chunk := int(number - 1)
		if s.env.Claiming != nil {
			s.env.Claiming(ctx, chunk)
		}
		claim, err := look(ctx, s.env, chunk)
		if !errors.Is(err, ErrCommitted) {
			return claim, err
		}
	}
}

func (s *counting) Close() error { return nil }
