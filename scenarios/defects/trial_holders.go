package defects

import (
	"cmp"
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// killingTheLast opens a session in which whoever takes a lease kills the
// connection of its last holder.
func killingTheLast(commitsOn func(lock.Env, *redis.Conn) lock.Transactor) opening {
	return func(_ context.Context, env lock.Env) (lock.Session, error) {
		conn := env.Redis.EphemeralConn()
		try := func(ctx context.Context, chunk int) (lock.Claim, error) {
			own, err := conn.ClientID(ctx).Result()
			if err != nil {
				return nil, err
			}
			key := env.Keys.Lock(chunk)
			last, err := conn.Eval(ctx, takeAfter, []string{key, key + ":by"}, env.Token, env.TTL.Milliseconds(), own).Int64()
			switch {
			case err != nil:
				return nil, err
			case last < 0:
				return nil, lock.ErrHeld
			case last > 0 && last != own:
				if err := conn.ClientKillByFilter(ctx, "ID", fmt.Sprint(last)).Err(); err != nil {
					return nil, err
				}
			}
			claim := held{leased{lock.NewUnlocked(env, chunk), key}, commitsOn(env, conn), conn}
			if err := lock.Unmarked(ctx, conn, env.Keys, chunk); err != nil {
				return nil, cmp.Or(claim.Release(ctx), err)
			}
			return claim, nil
		}
		return oneConn{lock.Sweep(env, lock.UntilDone, try), conn}, nil
	}
}

// held is a lease with a connection, over which it is also released: not before
// a commit that is under way there.
type held struct {
	leased
	on   lock.Transactor
	conn *redis.Conn
}

func (c held) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return lock.PushAndMark(ctx, c.on, c.Env.Keys, c.Chunk(), elements)
}

func (c held) Release(ctx context.Context) error {
	return c.conn.Eval(ctx, `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1], KEYS[2]) end return 0`,
		[]string{c.key, c.key + ":by"}, c.Env.Token).Err()
}
