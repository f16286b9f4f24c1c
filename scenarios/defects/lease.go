package defects

import (
	"cmp"
	"context"
	"fmt"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// opening opens the sessions of a strategy.
type opening = func(context.Context, lock.Env) (lock.Session, error)

// noRetries is a strategy whose client never repeats a request by itself.
func noRetries(open opening) lock.Strategy { return lock.Strategy{MaxRetries: -1, Open: open} }

// attempt tries to claim one chunk.
type attempt[C lock.Claim] = func(ctx context.Context, env lock.Env, chunk int) (C, error)

// sweep opens a session that goes over the chunks and tries each.
func sweep[C lock.Claim](manner lock.Manner, try attempt[C]) opening {
	return func(_ context.Context, env lock.Env) (lock.Session, error) {
		return lock.Sweep(env, manner, func(ctx context.Context, chunk int) (lock.Claim, error) {
			return try(ctx, env, chunk)
		}), nil
	}
}

// but turns the claims of an attempt into others, which differ in one thing.
func but[C, D lock.Claim](try attempt[C], change func(C) D) attempt[D] {
	return func(ctx context.Context, env lock.Env, chunk int) (D, error) {
		claim, err := try(ctx, env, chunk)
		return change(claim), err
	}
}

// leased is a claim by a lease, taken and given back as it should be: SET NX PX
// with a token of one's own, the bit read under the lease, compare-and-delete.
// Nothing stops a commit that comes when the lease has run out.
type leased struct {
	lock.Unlocked
	key string
}

func takeLease(ctx context.Context, env lock.Env, chunk int) (leased, error) {
	return takeLeaseOn(ctx, env, chunk, env.Keys.Lock(chunk))
}

func takeLeaseOn(ctx context.Context, env lock.Env, chunk int, key string) (leased, error) {
	c, err := obtain(ctx, env, chunk, key)
	if err != nil {
		return c, err
	}
	if err := lock.Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
		return leased{}, cmp.Or(c.Release(ctx), err)
	}
	return c, nil
}

// obtain takes the lease alone, without a look at the bit.
func obtain(ctx context.Context, env lock.Env, chunk int, key string) (leased, error) {
	got, err := env.Redis.SetNX(ctx, key, env.Token, env.TTL).Result()
	switch {
	case err != nil:
		return leased{}, fmt.Errorf("obtain %s: %w", key, err)
	case !got:
		return leased{}, lock.ErrHeld
	}
	return leased{lock.NewUnlocked(env, chunk), key}, nil
}

const compareAndDelete = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

func (c leased) Release(ctx context.Context) error {
	return c.Env.Redis.Eval(ctx, compareAndDelete, []string{c.key}, c.Env.Token).Err()
}

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

// A worker that dies with it leaves a lock that nobody ever releases.
//
// Repair: a time to live, as takeLease gives it.
var lockWithoutTTL = Defect{
	Name:    "lock-without-ttl",
	Mistake: "The lock is released by its holder or not at all.",
	Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (leased, error) {
		env.TTL = 0
		return takeLease(ctx, env, chunk)
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Stuck,
}

// SET NX was executed and its reply lost. The client sends it again, and is told that
// the lock is taken: by itself. A worker that comes back when the lease has run out only
// loses time; this one does not, because its share is its own.
//
// Repair: compare the token of a lock that is taken with one's own, as bsm/redislock does.
var ownLockTakenForAnothers = Defect{
	Name:     "own-lock-taken-for-anothers",
	Mistake:  "A lock that is taken counts as somebody else's, although the client may have taken it by a request that it repeats.",
	Strategy: lock.Strategy{Open: sweep(lock.OnePass, takeLease)},
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.LoseReply: 1}},
	Want:     reports.Lost,
}
