package defects

import (
	"cmp"
	"context"
	"fmt"

	"onceover/loader/lock"
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
