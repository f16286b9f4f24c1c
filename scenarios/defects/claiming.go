package defects

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// The holder dies; the others have skipped its chunk and report that nothing is
// left. The published scheme has it.
//
// Repair: lock.UntilDone.
var skippedChunk = Defect{
	Name:     "skipped-chunk-never-taken-up",
	Mistake:  "The workers go over the chunks once, and what they skip is somebody else's business.",
	Strategy: noRetries(sweep(lock.OnePass, takeLease)),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Crash: 1}},
	Want:     reports.Lost,
}

// A dead worker's chunk has no claim that could expire, so no worker takes it over.
//
// Repair: a sweep over the bits at the end, until all are set.
var counterAsClaim = Defect{
	Name:    "counter-as-claim",
	Mistake: "A counter hands out the chunks, each to one worker, and never again.",
	Strategy: noRetries(handedOut(func(ctx context.Context, env lock.Env) (lock.Claim, error) {
		n, err := env.Redis.Incr(ctx, env.Keys.List+":next").Result()
		if err == nil && int(n) > env.Chunks {
			err = lock.ErrDone
		}
		return lock.NewUnlocked(env, int(n)-1), err
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Lost,
}

// A popped chunk is in the memory of one worker only. resque/resque#93,
// RichardKnop/machinery#586, sidekiq/sidekiq#5558, rq/rq#2015.
//
// Repair: a queue from which a chunk goes with its commit, in one transaction.
var popThenWork = Defect{
	Name:    "pop-then-work",
	Mistake: "A chunk is taken off the queue before it is loaded.",
	Strategy: noRetries(handedOut(func(ctx context.Context, env lock.Env) (lock.Claim, error) {
		queue := env.Keys.List + ":queue"
		if err := fill(ctx, env, queue); err != nil {
			return nil, err
		}
		chunk, err := env.Redis.LPop(ctx, queue).Int()
		if errors.Is(err, redis.Nil) {
			err = lock.ErrDone
		}
		return lock.NewUnlocked(env, chunk), err
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Lost,
}

// fill puts all chunks into the queue, once and at once.
func fill(ctx context.Context, env lock.Env, queue string) error {
	chunks := make([]any, env.Chunks)
	for i := range chunks {
		chunks[i] = i
	}
	return env.Redis.Eval(ctx,
		`if redis.call('SET', KEYS[2], 1, 'NX') then redis.call('RPUSH', KEYS[1], unpack(ARGV)) end return 1`,
		[]string{queue, queue + ":filled"}, chunks...).Err()
}

// handedOut opens a session that is given one chunk after the other.
func handedOut(next func(context.Context, lock.Env) (lock.Claim, error)) opening {
	return func(_ context.Context, env lock.Env) (lock.Session, error) { return handOut{env, next}, nil }
}

type handOut struct {
	env  lock.Env
	next func(context.Context, lock.Env) (lock.Claim, error)
}

func (s handOut) Next(ctx context.Context) (lock.Claim, error) { return s.next(ctx, s.env) }

func (handOut) Close() error { return nil }

// No worker takes over the share of one that dies. sidekiq/sidekiq#4635: the jobs of
// processes that a rolling restart replaced were never recovered.
//
// Repair: after its own share, each worker takes what is left of the others'.
var staticShares = Defect{
	Name:    "static-shares",
	Mistake: "The chunks are dealt out by number, and nobody looks at the share of a worker that died.",
	Strategy: noRetries(sweep(lock.OnePass, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		if chunk%env.Workers != env.Worker {
			return nil, lock.ErrHeld
		}
		return lookOnly(ctx, env, chunk)
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Crash: 1}},
	Want:  reports.Lost,
}

// A worker that starts, or starts again, throws away what was pushed, and the
// bits say that it is there.
//
// Repair: delete list and bitmap together, once, before any worker starts.
var clearsListOnStart = Defect{
	Name:    "clears-list-on-start",
	Mistake: "Each worker begins with an empty list, and leaves the marks of what was in it.",
	Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
		if err := env.Redis.Del(ctx, env.Keys.List).Err(); err != nil {
			return nil, fmt.Errorf("begin with an empty list: %w", err)
		}
		return sweep(lock.UntilDone, takeLease)(ctx, env)
	}),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Lost,
}
