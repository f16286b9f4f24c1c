package defects

import (
	"context"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// takeJob takes the one lock of the whole job, under which a worker loads the
// first chunk that is not marked. The lock still protects the next chunk when this
// one is done, so freeing another worker's lock does harm.
func takeJob(ctx context.Context, env lock.Env, chunk int) (leased, error) {
	return takeLeaseOn(ctx, env, chunk, env.Keys.List+":lock")
}

// Client A's DEL is executed and its reply is lost; B obtains the lock; A's
// client sends the DEL again, and B's lock is gone: A takes B's chunk too.
// More often the lock just runs out before its holder releases it:
// laravel/framework#26213, nexspence/nexspence#223, rfyiamcool/go_redis_lock#1.
//
// Repair: leased.Release, compare-and-delete in one script.
var unlockWithoutToken = Defect{
	Name:     "unlock-without-token",
	Mistake:  "The lock is deleted without a look at whose it is by now.",
	Strategy: lock.Strategy{Open: sweep(lock.UntilDone, but(takeJob, func(l leased) deleted { return deleted{l} }))},
	Setup:    sim.Setup{Workers: 2, Chunks: 2, Rows: 1, Budget: faults.Budget{faults.LoseReply: 1}},
	Want:     reports.Duplicated,
}

type deleted struct{ leased }

func (c deleted) Release(ctx context.Context) error {
	return c.Env.Redis.Del(ctx, c.key).Err()
}

// Between GET and DEL the lock becomes another's: it runs out, or, as here, the
// DEL was executed already and the client sends it again.
// spring-projects/spring-integration#8699, livekit/livekit PR#1044.
//
// Repair: the same two commands in one script.
var unlockGetThenDel = Defect{
	Name:     "unlock-get-then-del",
	Mistake:  "The token is compared by the client, and then the lock is deleted by a second command.",
	Strategy: lock.Strategy{Open: sweep(lock.UntilDone, but(takeJob, func(l leased) comparedAndDeleted { return comparedAndDeleted{l} }))},
	Setup:    sim.Setup{Workers: 2, Chunks: 2, Rows: 1, Budget: faults.Budget{faults.LoseReply: 1}},
	Want:     reports.Duplicated,
}

type comparedAndDeleted struct{ leased }

func (c comparedAndDeleted) Release(ctx context.Context) error {
	if c.Env.Redis.Get(ctx, c.key).Val() != c.Env.Token {
		return nil
	}
	return c.Env.Redis.Del(ctx, c.key).Err()
}

// The cleanup is deferred before the lock is known to be held, so a worker that is
// refused frees the holder's lock. laravel/framework#26213 tells how
// the holder notices nothing.
//
// Repair: compare-and-delete, or no release without a lock.
var unlockThoughRefused = Defect{
	Name:    "unlock-though-refused",
	Mistake: "The release is deferred before it is known whether the lock was obtained.",
	Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (_ lock.Claim, err error) {
		defer func() {
			if err != nil {
				env.Redis.Del(ctx, env.Keys.Lock(chunk))
			}
		}()
		return takeLease(ctx, env, chunk)
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 2, Rows: 1},
	Want:  reports.Duplicated,
}

// An error on the way out skips the line that unlocks; the lock has no time to
// live, and the next worker, which may be the same one, waits for ever.
// MetPX/sarracenia PR#1649 returned early without it. A worker that dies leaves
// the same lock behind.
//
// Repair: a time to live, as takeLease gives it, and the release deferred.
var unlockOnSuccessOnly = Defect{
	Name:    "unlock-on-success-only",
	Mistake: "Only the way without errors releases the lock, which has no time to live.",
	Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		env.TTL = 0
		lease, err := takeLease(ctx, env, chunk)
		return &releasedIfCommitted{leased: lease}, err
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Cut: 1}},
	Want:  reports.Stuck,
}

type releasedIfCommitted struct {
	leased
	committed bool
}

func (c *releasedIfCommitted) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	outcome, err := c.leased.Commit(ctx, elements)
	c.committed = err == nil
	return outcome, err
}

func (c *releasedIfCommitted) Release(ctx context.Context) error {
	if !c.committed {
		return nil
	}
	return c.leased.Release(ctx)
}
