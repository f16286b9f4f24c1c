package defects

import (
	"cmp"
	"context"
	"errors"

	"onceover/loader/lock"
	"onceover/reports"
)

// waitTrials wait in other ways than for a while, or let Redis draw their tokens.
var waitTrials = []Trial{
	{
		Name:  "wait-for-replicas",
		About: "A commit counts when a replica has it, and WAIT without a timeout waits for one for ever where there is none.",
		Strategy: noRetries(sweep(lock.UntilDone, but(lookGuarded, func(c lock.Claim) replicated {
			return replicated{c.(guarded)}
		}))),
		Wants: []reports.Verdict{reports.Stuck},
	},
	{
		Name:     "polls-for-a-lock-without-end",
		About:    "A worker asks for a lock that never expires again and again, without a pause, also when its holder is dead.",
		Strategy: noRetries(sweep(lock.UntilDone, pollsFor)),
		Wants:    []reports.Verdict{reports.Stuck},
	},
	{
		Name:  "token-drawn-by-redis",
		About: "A script draws the token of each worker with math.random, and the commit looks at the bit.",
		Strategy: noRetries(withToken(`return tostring(math.random())`, but(takeLease, func(l leased) fenced {
			return fenced{l, l.Env.Token, uncommitted}
		}))),
	},
	{
		Name:     "token-drawn-after-seeding",
		About:    "The script that draws the tokens seeds the generator, so that all workers get the same one, and each takes the lock of another for its own.",
		Strategy: noRetries(withToken(`math.randomseed(7) return tostring(math.random())`, takeReentrant)),
		Wants:    []reports.Verdict{reports.Duplicated},
	},
}

// replicated is a claim whose commit also waits for a replica.
type replicated struct{ guarded }

func (c replicated) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	outcome, err := c.guarded.Commit(ctx, elements)
	if err == nil {
		err = c.env.Redis.Wait(ctx, 1, 0).Err()
	}
	return outcome, err
}

// pollsFor takes a lock without an expiry, and asks for it until it is free or nothing
// is left to do under it.
func pollsFor(ctx context.Context, env lock.Env, chunk int) (leased, error) {
	key := env.Keys.Lock(chunk)
	for {
		got, err := env.Redis.SetNX(ctx, key, env.Token, 0).Result()
		if err != nil {
			return leased{}, err
		}
		err = lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
		c := leased{lock.NewUnlocked(env, chunk), key}
		switch {
		case got && err == nil:
			return c, nil
		case got:
			return leased{}, cmp.Or(c.Release(ctx), err)
		case err != nil:
			return leased{}, err
		}
	}
}

// withToken sweeps with a token that a script draws when the session is opened.
func withToken[C lock.Claim](script string, try attempt[C]) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		token, err := env.Redis.Eval(ctx, script, nil).Text()
		if err != nil {
			return nil, err
		}
		env.Token = token
		return sweep(lock.UntilDone, try)(ctx, env)
	}
}

// takeReentrant takes a lock without an expiry, or finds that it has it.
func takeReentrant(ctx context.Context, env lock.Env, chunk int) (leased, error) {
	env.TTL = 0
	c, err := takeLease(ctx, env, chunk)
	key := env.Keys.Lock(chunk)
	if !errors.Is(err, lock.ErrHeld) || env.Redis.Get(ctx, key).Val() != env.Token {
		return c, err
	}
	return leased{lock.NewUnlocked(env, chunk), key}, lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
}
