package lock

import (
	"context"
	"errors"
	"fmt"

	"github.com/bsm/redislock"
)

// SetNX is the lease that most libraries offer: SET NX PX with a token, and
// compare-and-delete to release it. The bit is read before the lock and not
// again, and nothing stops a commit that comes after the lease ran out.
var SetNX = Strategy{
	Name:    "set-nx",
	Summary: "lease by SET NX PX with a token, released by compare-and-delete",

	How: "A lease. SET with NX and PX makes a key for the chunk, with a token of the worker's own and a time to live; only one worker can make it. " +
		"That worker loads the chunk, commits rows and bit in one transaction, and deletes the key if its token is still there. After a death the key runs out by itself. " +
		"As is common, the bit is read before the lease is taken and not again.",
	Rests: "On time: a worker has to be done before its lease runs out. A process, a machine or a network that stands still for longer breaks that, and the sleeper does not notice: " +
		"its commit does not ask whether the lease is still its own. The early look at the bit is a second gap, which needs no pause. " +
		"And a server that forgets its keys forgets the leases while their holders go on.",
	Cost: "Two short requests, to take the lease and to let go of it, beside the look at the bit and the commit. After a death the chunk waits until the lease has run out.",
	Use:  "To save work where doing it twice does no harm. Not where twice is a mistake.",

	Clocked: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		locker := redislock.New(env.Redis)
		return Sweep(env, UntilDone, func(ctx context.Context, chunk int) (Claim, error) {
			if err := Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
				return nil, err
			}
			return obtain(ctx, env, locker, chunk)
		}), nil
	},
}

// setNXClaim is a chunk of which a worker has, or had, the lease.
type setNXClaim struct {
	Unlocked
	lease *redislock.Lock
}

// obtain takes the lease on a chunk.
func obtain(ctx context.Context, env Env, locker *redislock.Client, chunk int) (setNXClaim, error) {
	lease, err := locker.Obtain(ctx, env.Keys.Lock(chunk), env.TTL, &redislock.Options{Token: env.Token})
	if errors.Is(err, redislock.ErrNotObtained) {
		return setNXClaim{}, ErrHeld
	}
	if err != nil {
		return setNXClaim{}, fmt.Errorf("obtain the lease on chunk %d: %w", chunk, err)
	}
	return setNXClaim{NewUnlocked(env, chunk), lease}, nil
}

// Release ignores a lease that ran out, as users of leases do.
func (c setNXClaim) Release(ctx context.Context) error {
	err := c.lease.Release(ctx)
	if err != nil && !errors.Is(err, redislock.ErrLockNotHeld) {
		return fmt.Errorf("release the lease on chunk %d: %w", c.chunk, err)
	}
	return nil
}
