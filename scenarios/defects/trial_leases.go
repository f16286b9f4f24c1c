package defects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
	"onceover/reports"
)

// leaseTrials divide the chunks by keys of Redis that run out, or by who is alive.
var leaseTrials = []Trial{
	{
		Name:     "lease-and-plain-push",
		About:    "The commit pushes and marks in one transaction, and does not look whether the lease is still held.",
		Strategy: noRetries(sweep(lock.UntilDone, takeLease)),
		Wants:    []reports.Verdict{reports.Duplicated},
	},
	{
		Name:     "lease-and-script",
		About:    "One script looks at the bit, pushes and marks, so that a lease that ran out costs only time.",
		Strategy: noRetries(fencedBy(uncommitted)),
	},
	{
		Name:  "lock-of-the-host",
		About: "The lock has the name of the host, and whoever finds the own host's name takes it for granted that the lock is the own one.",
		Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (leased, error) {
			env.Token = "host-a"
			lease, err := takeLease(ctx, env, chunk)
			if errors.Is(err, lock.ErrHeld) && env.Redis.Get(ctx, env.Keys.Lock(chunk)).Val() == env.Token {
				lease, err = leased{lock.NewUnlocked(env, chunk), env.Keys.Lock(chunk)}, nil
			}
			return lease, err
		})),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "old-deadline-deleted",
		About: "A lock whose deadline has passed is deleted and then taken by SETNX, so that two who saw the old deadline both get it.",
		Strategy: noRetries(sweep(lock.UntilDone, takeByDeadline(beforeDeadline, func(ctx context.Context, env lock.Env, key, _ string, deadline int64) (bool, error) {
			if err := env.Redis.Del(ctx, key).Err(); err != nil {
				return false, err
			}
			return env.Redis.SetNX(ctx, key, deadline, 0).Result()
		}))),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "old-deadline-exchanged",
		About: "A lock whose deadline has passed goes to whoever gets the old deadline back for the new one, and the commit looks at the bit.",
		Strategy: noRetries(sweep(lock.UntilDone, takeByDeadline(uncommitted, func(ctx context.Context, env lock.Env, key, old string, deadline int64) (bool, error) {
			was, err := env.Redis.SetArgs(ctx, key, deadline, redis.SetArgs{Get: true}).Result()
			if errors.Is(err, redis.Nil) {
				return true, nil
			}
			return was == old, err
		}))),
	},
	{
		Name:  "fence-lets-the-old-in-first",
		About: "The fence refuses tokens smaller than the greatest that it has seen, so that the old holder may push first and the new one after it.",
		Strategy: noRetries(sweep(lock.UntilDone, numbered(lockOfChunk,
			`tonumber(ARGV[2]) >= tonumber(redis.call('GET', KEYS[3] .. ':seen') or 0) and redis.call('SET', KEYS[3] .. ':seen', ARGV[2])`,
			func(ctx context.Context, l leased) (int64, error) {
				return l.Env.Redis.Incr(ctx, l.key+":given").Result()
			}, leased.Release))),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "fence-expires",
		About: "The counter of the fence has a time to live like the lock, and counts from one again when both have run out.",
		Strategy: noRetries(sweep(lock.UntilDone, numbered(lockOfChunk, stillNewest, func(ctx context.Context, l leased) (int64, error) {
			number, err := l.Env.Redis.Incr(ctx, l.key+":fence").Result()
			if err == nil {
				err = l.Env.Redis.PExpire(ctx, l.key+":fence", l.Env.TTL).Err()
			}
			return number, err
		}, leased.Release))),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "fence-deleted-with-lock",
		About: "The one lock of the job is released together with the counter of its fence, and the next holder gets a number that an older one has.",
		Strategy: noRetries(sweep(lock.UntilDone, numbered(lockOfJob, stillNewest, func(ctx context.Context, l leased) (int64, error) {
			return l.Env.Redis.Incr(ctx, l.key+":fence").Result()
		}, func(l leased, ctx context.Context) error {
			return l.Env.Redis.Eval(ctx, `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1], KEYS[2]) end return 0`,
				[]string{l.key, l.key + ":fence"}, l.Env.Token).Err()
		}))),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "token-is-the-time-of-start",
		About: "The token is the millisecond in which the worker started, which several workers have in common.",
		Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
			env.Token = strconv.FormatInt(time.Now().UnixMilli(), 10)
			return fencedBy(stillHeld)(ctx, env)
		}),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "start-clears-the-locks",
		About: "A worker that starts deletes all locks, to get rid of what dead ones left, and with them those of the living.",
		Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
			left, err := env.Redis.Keys(ctx, strings.TrimSuffix(env.Keys.Lock(0), "0")+"*").Result()
			for _, key := range left {
				err = errors.Join(err, env.Redis.Del(ctx, key).Err())
			}
			if err != nil {
				return nil, err
			}
			return sweep(lock.UntilDone, takeLease)(ctx, env)
		}),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "alive-by-prefix",
		About: "A worker counts as alive while the list of clients contains its name, and worker-1 is contained in worker-11.",
		Strategy: noRetries(ownedByTheLiving(uncommitted, func(ctx context.Context, env lock.Env, owner string) (bool, error) {
			list, err := env.Redis.ClientList(ctx).Result()
			return strings.Contains(list, "name="+owner), err
		})),
		Wants: []reports.Verdict{reports.Stuck},
	},
	{
		Name:  "alive-by-name",
		About: "A chunk belongs to a worker for as long as a connection has its name, whole, and the commit looks at the bit.",
		Strategy: noRetries(ownedByTheLiving(uncommitted, func(ctx context.Context, env lock.Env, owner string) (bool, error) {
			list, err := env.Redis.ClientList(ctx).Result()
			return len(lock.Bearers(list, owner)) > 0, err
		})),
	},
	{
		Name:  "alive-by-heartbeat",
		About: "A worker without a heartbeat counts as dead and loses its chunk, and the commit asks only for the heartbeat, which a slow worker has again.",
		Strategy: noRetries(ownedByTheLiving(`redis.call('SET', KEYS[3] .. ARGV[2], 1, 'PX', ARGV[3])`, func(ctx context.Context, env lock.Env, owner string) (bool, error) {
			n, err := env.Redis.Exists(ctx, env.Keys.Lock(0)+owner).Result()
			return n == 1, err
		})),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "expire-though-refused",
		About: "SETNX and PEXPIRE go out in one pipeline, so that everyone who is refused prolongs the lock of a holder that is dead.",
		Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
			var got *redis.BoolCmd
			key := env.Keys.Lock(chunk)
			_, err := env.Redis.Pipelined(ctx, func(pipe redis.Pipeliner) error {
				got = pipe.SetNX(ctx, key, env.Token, 0)
				pipe.PExpire(ctx, key, 50*env.TTL)
				return nil
			})
			if err == nil && !got.Val() {
				err = lock.ErrHeld
			}
			return fenced{leased{lock.NewUnlocked(env, chunk), key}, env.Token, uncommitted}, err
		})),
		Wants: []reports.Verdict{reports.Stuck},
	},
	{
		Name:  "counter-below-zero",
		About: "The lock is a counter that its holder deletes and those who were refused count down again, and below zero nobody ever gets it.",
		Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
			key := env.Keys.List + ":users"
			n, err := env.Redis.Eval(ctx, `local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end return n`,
				[]string{key}, env.TTL.Milliseconds()).Int()
			if err == nil && n != 1 {
				if err = env.Redis.Decr(ctx, key).Err(); err == nil {
					err = lock.ErrHeld
				}
			}
			return freeing{onBit{lock.NewUnlocked(env, chunk)}, func(ctx context.Context) error { return env.Redis.Del(ctx, key).Err() }}, err
		})),
		Wants: []reports.Verdict{reports.Stuck},
	},
	{
		Name:     "lease-taken-again",
		About:    "A worker that has lost its lease takes it once more and commits, without another look at the bit.",
		Strategy: noRetries(sweep(lock.UntilDone, but(takeLease, func(l leased) persistent { return persistent{fenced{l, l.Env.Token, stillHeld}} }))),
		Wants:    []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "own-name-by-prefix",
		About: "A worker passes over the lines of the list of clients that contain its own name, and those of w11 contain that of w1.",
		Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
			who, life, _ := strings.Cut(env.Token, ".")
			return onOneConn(takeNameOf(life+"/"+who))(ctx, env)
		}),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:     "name-of-one-connection",
		About:    "A chunk belongs to the connection that is named after it, and is committed over that connection, so that whoever loses the one cannot do the other.",
		Strategy: noRetries(onOneConn(takeNameOrLeave)),
	},
	{
		Name:     "holder-cut-off-from-its-lock",
		About:    "The next holder kills the connection over which the last one took the lease, and the last one commits over another connection.",
		Strategy: noRetries(killingTheLast(func(env lock.Env, _ *redis.Conn) lock.Transactor { return env.Redis })),
		Wants:    []reports.Verdict{reports.Duplicated},
	},
	{
		Name:     "holder-cut-off",
		About:    "The next holder kills the connection of the last one before it looks at the bit, and nobody commits over another.",
		Strategy: noRetries(killingTheLast(func(_ lock.Env, conn *redis.Conn) lock.Transactor { return conn })),
	},
}

// Conditions of commits; see fenced.
const (
	stillHeld      = `redis.call('GET', KEYS[3]) == ARGV[2]`
	stillNewest    = `redis.call('GET', KEYS[3] .. ':fence') == ARGV[2]`
	beforeDeadline = `tonumber(redis.call('GET', KEYS[3]) or 0) > redis.call('TIME')[1] * 1000 + redis.call('TIME')[2] / 1000`
)

// onBit is a claim whose commit looks at the bit in the same step: it is safe
// whatever the claim rests on.
type onBit struct{ lock.Unlocked }

func (c onBit) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return decided(c.Chunk())(pushIf(ctx, c.Env.Redis, c.Env.Keys, uncommitted, c.Chunk(), elements, nil))
}

// decided is the outcome of a commit that may have been refused.
func decided(chunk int) func(pushed bool, err error) (lock.Outcome, error) {
	return func(pushed bool, err error) (lock.Outcome, error) {
		if err == nil && !pushed {
			return lock.Superseded, nil
		}
		return committed(chunk, err)
	}
}

// freeing is a claim that is released in another way.
type freeing struct {
	lock.Claim
	release func(context.Context) error
}

func (c freeing) Release(ctx context.Context) error { return c.release(ctx) }

// takeByDeadline takes locks without a time to live, whose value is the moment
// until which they are held. One that is over is taken over.
func takeByDeadline(condition string, takeOver func(ctx context.Context, env lock.Env, key, old string, deadline int64) (bool, error)) attempt[lock.Claim] {
	return func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		key, now := env.Keys.Lock(chunk), time.Now()
		deadline := now.Add(env.TTL).UnixMilli()
		got, err := env.Redis.SetNX(ctx, key, deadline, 0).Result()
		if err == nil && !got {
			var old string
			old, err = env.Redis.Get(ctx, key).Result()
			if until, _ := strconv.ParseInt(old, 10, 64); err == nil && until <= now.UnixMilli() {
				got, err = takeOver(ctx, env, key, old, deadline)
			}
		}
		switch {
		case err != nil && !errors.Is(err, redis.Nil):
			return nil, err
		case !got:
			return nil, lock.ErrHeld
		}
		env.Token = strconv.FormatInt(deadline, 10)
		return fenced{leased{lock.NewUnlocked(env, chunk), key}, env.Token, condition}, lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
	}
}

// numbered takes a lease, then a number on which the commit has a condition, and
// looks at the bit only then.
func numbered(key func(lock.Env, int) string, condition string, number func(context.Context, leased) (int64, error), release func(leased, context.Context) error) attempt[lock.Claim] {
	return func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		lease, err := obtain(ctx, env, chunk, key(env, chunk))
		if err != nil {
			return nil, err
		}
		n, err := number(ctx, lease)
		if err != nil {
			return nil, err
		}
		if err := lock.Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
			return nil, cmp.Or(release(lease, ctx), err)
		}
		return freeing{fenced{lease, n, condition}, func(ctx context.Context) error { return release(lease, ctx) }}, nil
	}
}

func lockOfChunk(env lock.Env, chunk int) string { return env.Keys.Lock(chunk) }

func lockOfJob(env lock.Env, _ int) string { return env.Keys.List + ":lock" }

// ownedByTheLiving opens a session in which a chunk belongs to a worker, without
// a time to live, for as long as that worker is alive.
func ownedByTheLiving(condition string, alive func(ctx context.Context, env lock.Env, owner string) (bool, error)) opening {
	return onOneConn(func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
		own, key := fmt.Sprintf("worker-%d", env.Worker), env.Keys.Lock(chunk)
		if _, err := on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			tx.ClientSetName(ctx, own)
			tx.Set(ctx, env.Keys.Lock(0)+own, 1, env.TTL)
			tx.SetNX(ctx, key, own, 0)
			return nil
		}); err != nil {
			return nil, err
		}
		owner, err := env.Redis.Get(ctx, key).Result()
		if err == nil && owner != own {
			var lives bool
			if lives, err = alive(ctx, env, owner); err == nil && lives {
				return nil, lock.ErrHeld
			}
			var taken int
			if err == nil {
				taken, err = env.Redis.Eval(ctx, `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) return 1 end return 0`,
					[]string{key}, owner, own).Int()
			}
			if err == nil && taken == 0 {
				err = lock.ErrHeld
			}
		}
		if err != nil {
			return nil, err
		}
		claim := fenced{leased{lock.NewUnlocked(env, chunk), env.Keys.Lock(0)}, own, condition}
		return unreleased{claim}, lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
	})
}

// takeNameOf takes the name of a chunk and a worker, unless another worker has it
// for the same chunk.
func takeNameOf(own string) func(context.Context, lock.Env, lock.Transactor, int) (lock.Claim, error) {
	return func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
		name := fmt.Sprintf("chunk_%d_", chunk)
		var list *redis.StringCmd
		if _, err := on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
			list = tx.ClientList(ctx)
			tx.ClientSetName(ctx, name+own)
			return nil
		}); err != nil {
			return nil, err
		}
		claim := named{env: env, chunk: chunk, on: on}
		for line := range strings.Lines(list.Val()) {
			if strings.Contains(line, "name="+name) && !strings.Contains(line, own) {
				return nil, errors.Join(claim.Release(ctx), lock.ErrHeld)
			}
		}
		return claim, lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
	}
}

// persistent takes its lease again when it is lost.
type persistent struct{ fenced }

func (c persistent) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	outcome, err := c.fenced.Commit(ctx, elements)
	if err != nil || outcome != lock.Superseded {
		return outcome, err
	}
	if got, err := c.Env.Redis.SetNX(ctx, c.key, c.Env.Token, c.Env.TTL).Result(); err != nil || !got {
		return lock.Superseded, err
	}
	return c.fenced.Commit(ctx, elements)
}

// takeAfter takes a lease and answers over which connection the last one was
// taken: 0 if there was none, -1 if somebody has the lease.
const takeAfter = `
	if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
	  return -1
	end
	local last = redis.call('GET', KEYS[2])
	redis.call('SET', KEYS[2], ARGV[3])
	return last or 0`
