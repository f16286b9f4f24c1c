package defects

import (
	"context"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// committing is a claim whose commit is a function.
type committing struct {
	lock.Unlocked
	commit commitFunc
}

type commitFunc = func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error

func (c committing) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return committed(c.Chunk(), c.commit(ctx, c.Env, c.Chunk(), elements))
}

// commitBy is the session of a single worker, which needs no lock.
func commitBy(commit commitFunc) opening { return sweep(lock.UntilDone, lookAndCommit(commit)) }

func lookAndCommit(commit commitFunc) attempt[committing] {
	return but(lookOnly, func(c lock.Unlocked) committing { return committing{c, commit} })
}

// "Connection reset" does not say whether the commit was executed, and it was.
// redis/redis-py's pipelines did so of their own accord in 2.10.6 to 3.2.1 and
// do again since 6.0; redis/redis-py#261 is what users see of it.
//
// Repair: read the bit before each attempt, and not even that helps against a
// first attempt that arrives late.
var blindResend = Defect{
	Name:    "blind-resend",
	Mistake: "A commit that got no answer is sent again.",
	Strategy: noRetries(commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) (err error) {
		for range 3 {
			if _, err = lock.PushAndMark(ctx, env.Redis, env.Keys, chunk, elements); err == nil {
				return nil
			}
		}
		return err
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.LoseReply: 1}},
	Want:  reports.Duplicated,
}

// go-redis sends a pipeline again when its reply was lost, three times by
// default, and returns no error: redis/go-redis#2339, redis/go-redis#2070.
// The same in Java: redis/jedis#3187, an INCR that was run five times.
//
// Repair: TxPipelined, which it does not send again; or MaxRetries: -1.
var clientRetriesOn = Defect{
	Name:    "client-retries-on",
	Mistake: "The commit is a plain pipeline of a client that repeats on its own what got no answer.",
	Strategy: lock.Strategy{Open: commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		_, err := env.Redis.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.LPush(ctx, env.Keys.List, lock.Arguments(elements)...)
			pipe.SetBit(ctx, env.Keys.Chunks, int64(chunk), 1)
			return nil
		})
		return err
	})},
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.LoseReply: 1}},
	Want:  reports.Duplicated,
}

// A script is atomic, and the client runs it twice: redis/go-redis#2339.
//
// Repair: if redis.call('GETBIT', KEYS[2], ARGV[1]) == 1 then return 0 end.
var evalWithoutGuard = Defect{
	Name:    "eval-with-retries-no-guard",
	Mistake: "The commit is one script, which does not ask whether it has run before.",
	Strategy: lock.Strategy{Open: commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		return env.Redis.Eval(ctx,
			`redis.call('SETBIT', KEYS[2], ARGV[1], 1)
			 return redis.call('LPUSH', KEYS[1], unpack(ARGV, 2))`,
			[]string{env.Keys.List, env.Keys.Chunks}, append([]any{chunk}, lock.Arguments(elements)...)...).Err()
	})},
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.LoseReply: 1}},
	Want:  reports.Duplicated,
}

// At least once: a worker that dies between the two pushes again when it returns.
//
// Repair: both in one transaction, lock.PushAndMark.
var pushOutsideTransaction = Defect{
	Name:    "push-outside-transaction",
	Mistake: "The rows are pushed, and then the chunk is marked by a second command.",
	Strategy: noRetries(commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		if err := env.Redis.LPush(ctx, env.Keys.List, lock.Arguments(elements)...).Err(); err != nil {
			return err
		}
		return env.Redis.SetBit(ctx, env.Keys.Chunks, int64(chunk), 1).Err()
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Duplicated,
}

// At most once: a worker that dies between the two never returns to the chunk.
//
// Repair: both in one transaction, lock.PushAndMark.
var bitBeforePush = Defect{
	Name:    "bit-before-push",
	Mistake: "The chunk is marked, and then its rows are pushed by a second command.",
	Strategy: noRetries(commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		if err := env.Redis.SetBit(ctx, env.Keys.Chunks, int64(chunk), 1).Err(); err != nil {
			return err
		}
		return env.Redis.LPush(ctx, env.Keys.List, lock.Arguments(elements)...).Err()
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Lost,
}

// "Log it and go on" is the error policy of most scripts, and the loop ticks
// the chunk off: linagora/cozy-stack PR#4911 discarded the error of a renewal
// in the same way.
//
// Repair: return the error.
var doneIsLocal = Defect{
	Name:    "done-is-local",
	Mistake: "A chunk is ticked off in the worker's memory, whether its commit failed or not.",
	Strategy: noRetries(sweep(lock.OnePass, lookAndCommit(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		_, _ = lock.PushAndMark(ctx, env.Redis, env.Keys, chunk, elements)
		return nil
	}))),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Cut: 1}},
	Want:  reports.Lost,
}
