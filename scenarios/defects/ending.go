package defects

import (
	"cmp"
	"context"
	"errors"
	"math/bits"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// afterwards opens a session that does something when another says that nothing is
// left, and says so itself only if that goes well.
func afterwards(open opening, do func(context.Context, lock.Env) error) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		session, err := open(ctx, env)
		return handOut{env, func(ctx context.Context, env lock.Env) (lock.Claim, error) {
			claim, err := session.Next(ctx)
			if errors.Is(err, lock.ErrDone) {
				err = cmp.Or(do(ctx, env), err)
			}
			return claim, err
		}}, err
	}
}

// The published scheme ends when more bits are set than there are chunks. Its workers
// go home all the same, because the loop over the chunks ends; one that skipped a
// chunk and waits for the others by that rule waits for ever.
//
// Repair: >= in place of >.
var waitsForMoreThanAll = Defect{
	Name:     "waits-for-more-than-all",
	Mistake:  "A worker that has skipped a chunk waits until more chunks are done than there are.",
	Strategy: noRetries(skippedThenWaits(func(done, chunks int) bool { return done > chunks })),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:     reports.Stuck,
}

// skippedThenWaits opens a session that goes over the chunks once. If it skipped one it
// ends when the number of bits says so.
func skippedThenWaits(enough func(done, chunks int) bool) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		skipped := false
		return afterwards(sweep(lock.OnePass, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
			claim, err := takeLease(ctx, env, chunk)
			skipped = skipped || errors.Is(err, lock.ErrHeld)
			return claim, err
		}), func(ctx context.Context, env lock.Env) error {
			for skipped {
				done, err := env.Redis.BitCount(ctx, env.Keys.Chunks, nil).Result()
				if err != nil || enough(int(done), env.Chunks) {
					return err
				}
				if err := env.Sleep(ctx, env.TTL); err != nil {
					return err
				}
			}
			return nil
		})(ctx, env)
	}
}

// The first worker that sees all bits set cleans up after the job, and to one that is
// still in its loop no bit is set any more: it loads the whole table again. The
// production twin of the published scheme has it.
//
// Repair: the marks go with the job, by a hand that knows that no worker is left.
var finisherDeletesMarks = Defect{
	Name:    "finisher-deletes-marks",
	Mistake: "The worker that sees that nothing is left deletes the marks, which others have yet to look at.",
	Strategy: noRetries(afterwards(fencedBy(uncommitted), func(ctx context.Context, env lock.Env) error {
		return env.Redis.Del(ctx, env.Keys.Chunks).Err()
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:  reports.Duplicated,
}

// The new life of a worker begins where the old one began.
//
// Repair: a mark in Redis, in the transaction that pushes.
var progressInMemory = Defect{
	Name:    "progress-in-memory",
	Mistake: "How far a worker has come is in its memory only, and the rows are in Redis.",
	Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
		next := 0
		return handedOut(func(ctx context.Context, env lock.Env) (lock.Claim, error) {
			if next == env.Chunks {
				return nil, lock.ErrDone
			}
			next++
			return committing{lock.NewUnlocked(env, next-1), func(ctx context.Context, env lock.Env, _ int, elements [][]byte) error {
				return env.Redis.LPush(ctx, env.Keys.List, lock.Arguments(elements)...).Err()
			}}, nil
		})(ctx, env)
	}),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Duplicated,
}

// Chunks are not committed in the order of their numbers, and the gap below the last
// one is never looked at.
//
// Repair: go on at the first chunk that is not committed.
var resumesAfterTheLast = Defect{
	Name:     "resumes-after-the-last",
	Mistake:  "A worker that starts goes on behind the last chunk that is committed, whatever is missing before it.",
	Strategy: noRetries(resumingAt(afterTheLast)),
	Setup:    sim.Setup{Workers: 1, Chunks: 2, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:     reports.Lost,
}

// afterTheLast is the number behind that of the last bit that is set.
func afterTheLast(marked lock.Bitmap) int {
	if marked == "" {
		return 0
	}
	last := len(marked) - 1
	return 8*(last+1) - bits.TrailingZeros8(marked[last])
}

// resumingAt opens a session that leaves out the chunks below one, and waits for those
// that somebody has.
func resumingAt(first func(lock.Bitmap) int) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		marked, err := lock.ReadBitmap(ctx, env.Redis, env.Keys.Chunks)
		from := first(marked)
		return lock.Sweep(env, lock.Manner{Shuffle: true, Once: true}, func(ctx context.Context, chunk int) (lock.Claim, error) {
			if chunk < from {
				return nil, lock.ErrCommitted
			}
			for {
				claim, err := takeLease(ctx, env, chunk)
				if !errors.Is(err, lock.ErrHeld) {
					return claim, err
				}
				if err := env.Sleep(ctx, env.TTL); err != nil {
					return nil, err
				}
			}
		}), err
	}
}

// A worker that dies between the two leaves a chunk that is done and not counted. The
// next one finds nothing to do, and an end that never comes.
//
// Repair: count in the transaction that commits, or count the bits.
var countedApart = Defect{
	Name:    "counted-apart",
	Mistake: "The job ends when a counter has reached the number of chunks, and a commit and its count are two requests.",
	Strategy: noRetries(untilCounted(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		if err := inOneTransaction(ctx, env, chunk, elements); err != nil {
			return err
		}
		return env.Redis.Incr(ctx, finishedKey(env)).Err()
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Stuck,
}

func finishedKey(env lock.Env) string { return env.Keys.List + ":finished" }

// untilCounted opens the session of a single worker, which ends when the counter says so.
func untilCounted(commit commitFunc) opening {
	return afterwards(commitBy(commit), func(ctx context.Context, env lock.Env) error {
		for {
			n, err := env.Redis.Get(ctx, finishedKey(env)).Int()
			if err != nil && !errors.Is(err, redis.Nil) || n >= env.Chunks {
				return err
			}
			if err := env.Sleep(ctx, env.TTL); err != nil {
				return err
			}
		}
	})
}
