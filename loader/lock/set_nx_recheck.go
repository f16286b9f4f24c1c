package lock

import (
	"context"

	"github.com/bsm/redislock"
)

// SetNXRecheck is [SetNX] with the bit read under the lease. Nothing stops a commit that
// comes after the lease ran out.
var SetNXRecheck = Strategy{
	Name:    "set-nx-recheck",
	Summary: "lease by SET NX PX, and the bit is read under the lease",

	How: "A lease as in set-nx, with one change: the chunk's bit is read when the lease is held. " +
		"By then the previous holder has set the bit, or has not committed.",
	Rests: "On time. The gap between the look and the lock is closed, so nothing goes wrong while every worker is done before its lease runs out. " +
		"One that stands still for longer commits all the same: its transaction does not ask whether the lease is still its own, nor whether the chunk is marked by now. " +
		"The smallest change that makes it safe is a commit by a script that looks at the bit: then it is lease-lua.",
	Cost: "What set-nx costs, and the lease is taken in vain where the chunk was done already.",
	Use:  "To save work where doing it twice does no harm. It is the most that a lease alone can give.",

	Clocked: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		locker := redislock.New(env.Redis)
		return Sweep(env, UntilDone, func(ctx context.Context, chunk int) (Claim, error) {
			return obtainUnmarked(ctx, env, locker, chunk)
		}), nil
	},
}

// obtainUnmarked takes the lease on a chunk, and keeps it only if the chunk is not marked.
func obtainUnmarked(ctx context.Context, env Env, locker *redislock.Client, chunk int) (setNXClaim, error) {
	claim, err := obtain(ctx, env, locker, chunk)
	if err != nil {
		return claim, err
	}
	if err := Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
		_ = claim.Release(context.WithoutCancel(ctx)) // it runs out by itself
		return claim, err
	}
	return claim, nil
}
