package defects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
	"onceover/reports"
)

// scriptTrials rest on what is done in one command, script or transaction of Redis.
var scriptTrials = []Trial{
	{
		Name:  "watch-over-another-connection",
		About: "WATCH goes to the pool as a command of its own, and the transaction goes over a connection that watches nothing.",
		Strategy: noRetries(sweep(lock.UntilDone, lookAndCommit(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
			err := env.Redis.Do(ctx, "WATCH", env.Keys.Chunks).Err()
			if err == nil {
				err = lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
			}
			if err == nil {
				_, err = lock.PushAndMark(ctx, env.Redis, env.Keys, chunk, elements)
			}
			return unlessCommitted(err)
		}))),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "watch-repeated-without-a-look",
		About: "A transaction that WATCH has stopped is sent again, although the bit was read before the first attempt and may be set by now.",
		Strategy: noRetries(sweep(lock.UntilDone, lookAndCommit(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
			for {
				err := env.Redis.Watch(ctx, func(tx *redis.Tx) error {
					_, err := lock.PushAndMark(ctx, tx, env.Keys, chunk, elements)
					return err
				}, env.Keys.Chunks)
				if !errors.Is(err, redis.TxFailedErr) {
					return err
				}
			}
		}))),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:     "watched-bit",
		About:    "The commit watches the bitmap, reads the bit, and pushes and marks in a transaction that fails if any bit has changed.",
		Strategy: noRetries(sweep(lock.UntilDone, but(lookOnly, watchingBitmap))),
	},
	{
		Name:  "watched-lease",
		About: "The commit watches the lock, reads the own token in it, and pushes and marks in a transaction that fails if the lock has changed or run out.",
		Strategy: noRetries(sweep(lock.UntilDone, but(takeLease, func(l leased) committing {
			return committing{l.Unlocked, func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
				return env.Redis.Watch(ctx, func(tx *redis.Tx) error {
					if holder, err := tx.Get(ctx, l.key).Result(); err != nil || holder != env.Token {
						return errors.Join(lock.ErrUncommitted, err)
					}
					_, err := lock.PushAndMark(ctx, tx, env.Keys, chunk, elements)
					return err
				}, l.key)
			}}
		}))),
	},
	{
		Name:  "multi-by-hand",
		About: "MULTI, the commands and EXEC go to the pool one by one, and what follows a lost connection is executed at once over the next.",
		Strategy: lock.Strategy{Open: sweep(lock.UntilDone, lookAndCommit(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
			push := append([]any{"EVAL", `if redis.call('GETBIT', KEYS[2], ARGV[1]) == 0 then redis.call('LPUSH', KEYS[1], unpack(ARGV, 2)) end return 1`,
				2, env.Keys.List, env.Keys.Chunks, chunk}, lock.Arguments(elements)...)
			for _, command := range [][]any{{"MULTI"}, push, {"SETBIT", env.Keys.Chunks, chunk, 1}, {"EXEC"}} {
				if err := env.Redis.Do(ctx, command...).Err(); err != nil {
					return err
				}
			}
			return nil
		}))},
		Wants: []reports.Verdict{reports.Lost, reports.Duplicated},
	},
	{
		Name:  "evalsha-inside-transaction",
		About: "A transaction pushes by a script that was loaded at the start, and marks the chunk even if Redis has started anew and knows no script.",
		Strategy: lock.Strategy{Open: func(ctx context.Context, env lock.Env) (lock.Session, error) {
			sha, err := env.Redis.ScriptLoad(ctx, `if redis.call('GETBIT', KEYS[2], ARGV[1]) == 0 then redis.call('LPUSH', KEYS[1], unpack(ARGV, 2)) end return 1`).Result()
			if err != nil {
				return nil, err
			}
			return commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
				_, err := env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
					tx.EvalSha(ctx, sha, []string{env.Keys.List, env.Keys.Chunks}, append([]any{chunk}, lock.Arguments(elements)...)...)
					tx.SetBit(ctx, env.Keys.Chunks, int64(chunk), 1)
					return nil
				})
				return err
			})(ctx, env)
		}},
		Wants: []reports.Verdict{reports.Lost},
	},
	{
		Name:  "old-bit",
		About: "One script sets the bit and pushes if it was not set before, so that the client may repeat it as often as it likes.",
		Strategy: lock.Strategy{Open: commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
			return env.Redis.Eval(ctx, `if redis.call('SETBIT', KEYS[2], ARGV[1], 1) == 0 then redis.call('LPUSH', KEYS[1], unpack(ARGV, 2)) end return 1`,
				[]string{env.Keys.List, env.Keys.Chunks}, append([]any{chunk}, lock.Arguments(elements)...)...).Err()
		})},
	},
	{
		Name:     "first-in-the-hash",
		About:    "One script pushes if HSETNX says that the chunk was not in the hash of those that are done, and the client may repeat it.",
		Strategy: lock.Strategy{Open: sweep(lock.UntilDone, pushingIf(`redis.call('HSETNX', KEYS[1] .. ':done', ARGV[1], 1) == 1`))},
	},
	{
		Name:     "key-of-a-commit-expires",
		About:    "A commit is refused while there is a key that says that it was made, and a commit that comes when the key has expired is not.",
		Strategy: lock.Strategy{Open: sweep(lock.UntilDone, pushingIf(`redis.call('SET', KEYS[3], 1, 'NX', 'PX', ARGV[2])`))},
		Wants:    []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "looks-in-the-list",
		About: "The commit looks for the first row in the list to see whether it was made before, and a consumer has taken it out.",
		Strategy: lock.Strategy{Open: sweep(lock.UntilDone, pushingIf(`(function()
			for _, row in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
			  if row == ARGV[3] then return false end
			end
			return true
		end)()`))},
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "top-of-the-list-decides",
		About: "After a lost reply the worker looks whether its last row is on top of the list, and pushes again if somebody else's is.",
		Strategy: noRetries(sweep(lock.UntilDone, but(takeLease, func(l leased) lookingOnTop {
			return lookingOnTop{fenced{l, l.Env.Token, stillHeld}}
		}))),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:     "pushed-in-slices",
		About:    "The rows are pushed a hundred at a time, and the last transaction marks the chunk, so that a death between two leaves rows that come again.",
		Strategy: noRetries(sweep(lock.UntilDone, but(lookOnly, func(c lock.Unlocked) sliced { return sliced{onBit{c}} }))),
		Wants:    []reports.Verdict{reports.Duplicated},
	},
	{
		Name:     "staged-by-chunk",
		About:    "The rows are gathered under a key of the chunk, which two workers fill, and one step moves them all to the list.",
		Strategy: noRetries(commitBy(staging(func(env lock.Env, chunk int) string { return fmt.Sprintf("%s:staged:%d", env.Keys.List, chunk) }))),
		Wants:    []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "staged-by-life",
		About: "The rows are gathered under a key of this life of the worker, and one step moves them to the list if the bit is not set.",
		Strategy: noRetries(commitBy(staging(func(env lock.Env, chunk int) string {
			return fmt.Sprintf("%s:staged:%d:%s", env.Keys.List, chunk, env.Token)
		}))),
	},
	{
		Name:  "marks-in-a-word",
		About: "The marks are numbered from 0 to 31, and chunk 32 has the mark of chunk 0.",
		Strategy: noRetries(handedOut(func(ctx context.Context, env lock.Env) (lock.Claim, error) {
			marks, err := env.Redis.HGetAll(ctx, env.Keys.List+":done").Result()
			for chunk := range env.Chunks {
				if err == nil && marks[fmt.Sprint(chunk%32)] == "" {
					return conditioned{lock.NewUnlocked(env, chunk), `redis.call('HSETNX', KEYS[1] .. ':done', ARGV[1] % 32, 1) == 1`}, nil
				}
			}
			return nil, cmp.Or(err, lock.ErrDone)
		})),
		Wants: []reports.Verdict{reports.Lost},
	},
	{
		Name:     "high-water-mark",
		About:    "Only the greatest number of a committed chunk is kept, so an earlier chunk whose worker died is skipped.",
		Strategy: noRetries(handedOut(fromTheMark)),
		Wants:    []reports.Verdict{reports.Lost},
	},
}

// unlessCommitted is nil if somebody has committed the chunk.
func unlessCommitted(err error) error {
	if errors.Is(err, lock.ErrCommitted) {
		return nil
	}
	return err
}

// conditioned is a claim without a lock whose commit has a condition: on KEYS[3], a
// key of the chunk, ARGV[2], the time to live in milliseconds, and the rows from
// ARGV[3] on.
type conditioned struct {
	lock.Unlocked
	condition string
}

func pushingIf(condition string) attempt[conditioned] {
	return but(lookOnly, func(c lock.Unlocked) conditioned { return conditioned{c, condition} })
}

func (c conditioned) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return decided(c.Chunk())(pushIf(ctx, c.Env.Redis, c.Env.Keys, c.condition, c.Chunk(), elements,
		[]string{c.Env.Keys.Lock(c.Chunk())}, c.Env.TTL.Milliseconds()))
}

// lookingOnTop finds out on top of the list what became of a commit.
type lookingOnTop struct{ fenced }

func (c lookingOnTop) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	outcome, err := c.fenced.Commit(ctx, elements)
	if err == nil {
		return outcome, nil
	}
	top, err := c.Env.Redis.LIndex(ctx, c.Env.Keys.List, 0).Result()
	switch {
	case err != nil && !errors.Is(err, redis.Nil):
		return 0, err
	case top == string(elements[len(elements)-1]):
		return lock.Committed, nil
	}
	return c.fenced.Commit(ctx, elements)
}

// sliced pushes all but the last slice before it commits.
type sliced struct{ onBit }

func (c sliced) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	parts := slices.Collect(slices.Chunk(elements, 100))
	for _, part := range parts[:len(parts)-1] {
		if err := c.Env.Redis.LPush(ctx, c.Env.Keys.List, lock.Arguments(part)...).Err(); err != nil {
			return committed(c.Chunk(), err)
		}
	}
	return c.onBit.Commit(ctx, parts[len(parts)-1])
}

// staging gathers the rows under a key, and moves what is there to the list.
func staging(key func(lock.Env, int) string) commitFunc {
	return func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		staged := key(env, chunk)
		if err := env.Redis.RPush(ctx, staged, lock.Arguments(elements)...).Err(); err != nil {
			return err
		}
		return env.Redis.Eval(ctx, `
			if redis.call('SETBIT', KEYS[2], ARGV[1], 1) == 0 then
			  redis.call('LPUSH', KEYS[1], unpack(redis.call('LRANGE', KEYS[3], 0, -1)))
			end
			return redis.call('DEL', KEYS[3])`, []string{env.Keys.List, env.Keys.Chunks, staged}, chunk).Err()
	}
}

// fromTheMark leases the first chunk at or above the mark that nobody has leased.
func fromTheMark(ctx context.Context, env lock.Env) (lock.Claim, error) {
	const atOrAbove = ` and redis.call('SET', KEYS[1] .. ':mark', math.max(ARGV[1] + 1, redis.call('GET', KEYS[1] .. ':mark') or 0))`
	mark := func() (int, error) {
		n, err := env.Redis.Get(ctx, env.Keys.List+":mark").Int()
		if errors.Is(err, redis.Nil) {
			err = nil
		}
		return n, err
	}
	for {
		from, err := mark()
		if err != nil {
			return nil, err
		}
		if from == env.Chunks {
			return nil, lock.ErrDone
		}
		for chunk := from; chunk < env.Chunks; chunk++ {
			lease, err := obtain(ctx, env, chunk, env.Keys.Lock(chunk))
			if errors.Is(err, lock.ErrHeld) {
				continue
			}
			if now, failed := mark(); err != nil || failed != nil || now == from {
				return fenced{lease, env.Token, stillHeld + atOrAbove}, errors.Join(err, failed)
			}
			if err := lease.Release(ctx); err != nil {
				return nil, err
			}
			break
		}
		if err := env.Sleep(ctx, env.TTL); err != nil {
			return nil, err
		}
	}
}
