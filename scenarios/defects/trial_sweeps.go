package defects

import (
	"context"
	"errors"
	"strconv"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// lookGuarded claims a chunk whose bit is not set; the commit looks again.
func lookGuarded(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
	c, err := lookOnly(ctx, env, chunk)
	return guarded{c, env}, err
}

// swept is a session that goes over the chunks until all are marked.
func swept(env lock.Env) lock.Session {
	return lock.Sweep(env, lock.UntilDone, func(ctx context.Context, chunk int) (lock.Claim, error) {
		return lookGuarded(ctx, env, chunk)
	})
}

// inTurn asks one session until it is done, and then the next.
func inTurn(first, then lock.Session) func(context.Context, lock.Env) (lock.Claim, error) {
	return func(ctx context.Context, _ lock.Env) (lock.Claim, error) {
		claim, err := first.Next(ctx)
		if errors.Is(err, lock.ErrDone) {
			return then.Next(ctx)
		}
		return claim, err
	}
}

// countedThenSwept hands the chunks out by a counter, and then goes over those that
// are not marked. A worker can note which it has been given, and resume that.
func countedThenSwept(note bool) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		noted, me := env.Keys.List+":noted", strconv.Itoa(env.Worker)
		resume := note
		counted := handOut{env, func(ctx context.Context, env lock.Env) (lock.Claim, error) {
			if resume {
				resume = false
				chunk, err := env.Redis.HGet(ctx, noted, me).Int()
				if !errors.Is(err, redis.Nil) {
					return lock.NewUnlocked(env, chunk), err
				}
			}
			n, err := env.Redis.Incr(ctx, env.Keys.List+":next").Result()
			if err == nil && int(n) > env.Chunks {
				err = lock.ErrDone
			}
			if err == nil && note {
				err = env.Redis.HSet(ctx, noted, me, n-1).Err()
			}
			return guarded{lock.NewUnlocked(env, int(n)-1), env}, err
		}}
		return handOut{env, inTurn(counted, swept(env))}, nil
	}
}
