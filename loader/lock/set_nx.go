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
	Open: func(_ context.Context, env Env) (Session, error) {
		locker := redislock.New(env.Redis)
		return Sweep(env, UntilDone, func(ctx context.Context, chunk int) (Claim, error) {
			if err := marked(ctx, env, chunk); err != nil {
				return nil, err
			}
			lease, err := locker.Obtain(ctx, env.Keys.Lock(chunk), env.TTL, &redislock.Options{Token: env.Token})
			if errors.Is(err, redislock.ErrNotObtained) {
				return nil, ErrHeld
			}
			if err != nil {
				return nil, fmt.Errorf("obtain the lease on chunk %d: %w", chunk, err)
			}
			return setNXClaim{unlocked{env, chunk}, lease}, nil
		}), nil
	},
}

type setNXClaim struct {
	unlocked
	lease *redislock.Lock
}

// Release takes no offence at a lease that ran out: neither do its users.
func (c setNXClaim) Release(ctx context.Context) error {
	err := c.lease.Release(ctx)
	if err != nil && !errors.Is(err, redislock.ErrLockNotHeld) {
		return fmt.Errorf("release the lease on chunk %d: %w", c.chunk, err)
	}
	return nil
}
