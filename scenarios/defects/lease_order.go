package defects

import (
	"context"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// B reads the bit; A locks, commits and releases; B locks and loads the chunk
// again. No fault is needed. The published scheme of connection names has it.
//
// Repair: takeLease, which reads the bit under the lock.
var noRecheckAfterLock = Defect{
	Name:    "no-recheck-after-lock",
	Mistake: "The bit is read before the lock is obtained, and not again.",
	Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		if err := lock.Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
			return nil, err
		}
		return obtain(ctx, env, chunk, env.Keys.Lock(chunk))
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:  reports.Duplicated,
}

// The lock covers the reading, which is what takes long; the next worker finds
// it free and the bit not set.
//
// Repair: the two lines of Commit the other way round.
var releaseBeforeCommit = Defect{
	Name:     "release-before-commit",
	Mistake:  "The lock is released when the rows are read, and the commit comes after that.",
	Strategy: noRetries(sweep(lock.UntilDone, but(takeLease, func(l leased) early { return early{l} }))),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:     reports.Duplicated,
}

type early struct{ leased }

func (c early) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	if err := c.leased.Release(ctx); err != nil {
		return 0, err
	}
	return c.leased.Commit(ctx, elements)
}

func (c early) Release(context.Context) error { return nil }

// The commit timed out, so the lock is given back for somebody else to try; but
// the request is still on its way, and arrives. redis/redis-py#261: a command
// that timed out and was run all the same.
//
// Repair: a condition in the commit. To keep the lock until it runs out only
// makes it rare.
var releaseAfterTimeout = Defect{
	Name:     "release-after-timeout",
	Mistake:  "A commit that timed out counts as one that never happens, and the lock is given back.",
	Strategy: noRetries(sweep(lock.UntilDone, takeLease)),
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.LateRequest: 1}},
	Want:     reports.Duplicated,
}

// A GETBIT that failed reads as 0, and the chunk is loaded again: it fails open.
// go-redis' Val returns the zero value beside any error.
//
// Repair: Result, and its error.
var bitmapErrorAsZero = Defect{
	Name:    "bitmap-error-as-zero",
	Mistake: "The bit is read by Val, which is 0 when Redis did not answer.",
	Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		lease, err := obtain(ctx, env, chunk, env.Keys.Lock(chunk))
		if err != nil {
			return nil, err
		}
		if env.Redis.GetBit(ctx, env.Keys.Chunks, int64(chunk)).Val() == 1 {
			_ = lease.Release(ctx)
			return nil, lock.ErrCommitted
		}
		return lease, nil
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Cut: 1}},
	Want:  reports.Duplicated,
}
