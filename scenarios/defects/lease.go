package defects

import (
	"cmp"
	"context"
	"fmt"

	"onceover/loader/lock"
)

// sweep opens a session that goes over the chunks and tries each.
func sweep(manner lock.Manner, try func(context.Context, lock.Env, int) (lock.Claim, error)) func(context.Context, lock.Env) (lock.Session, error) {
	return func(_ context.Context, env lock.Env) (lock.Session, error) {
		return lock.Sweep(env, manner, func(ctx context.Context, chunk int) (lock.Claim, error) {
			return try(ctx, env, chunk)
		}), nil
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
	got, err := env.Redis.SetNX(ctx, key, env.Token, env.TTL).Result()
	switch {
	case err != nil:
		return leased{}, fmt.Errorf("obtain %s: %w", key, err)
	case !got:
		return leased{}, lock.ErrHeld
	}
	c := leased{lock.NewUnlocked(env, chunk), key}
	if err := lock.Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
		return leased{}, cmp.Or(c.Release(ctx), err)
	}
	return c, nil
}

const compareAndDelete = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`

func (c leased) Release(ctx context.Context) error {
	return c.Env.Redis.Eval(ctx, compareAndDelete, []string{c.key}, c.Env.Token).Err()
}
