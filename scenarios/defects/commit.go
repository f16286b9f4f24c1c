package defects

import (
	"context"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// committed is the outcome of a commit without conditions.
func committed(chunk int, err error) (lock.Outcome, error) {
	if err != nil {
		return 0, fmt.Errorf("commit chunk %d: %w", chunk, err)
	}
	return lock.Committed, nil
}

// pushIf pushes a chunk's rows and sets its bit if a condition in Lua holds. It
// sees the list, the bitmap and more keys, the chunk and more arguments.
func pushIf(ctx context.Context, client *redis.Client, keys lock.Keys, condition string, chunk int, elements [][]byte, more []string, args ...any) (pushed bool, err error) {
	script := fmt.Sprintf(`
		if not (%s) then
		  return 0
		end
		redis.call('SETBIT', KEYS[2], ARGV[1], 1)
		if #ARGV > %[2]d then
		  redis.call('LPUSH', KEYS[1], unpack(ARGV, %[2]d + 1))
		end
		return 1`, condition, 1+len(args))
	n, err := client.Eval(ctx, script, append([]string{keys.List, keys.Chunks}, more...),
		slices.Concat([]any{chunk}, args, lock.Arguments(elements))...).Int()
	return n == 1, err
}

// uncommitted is the condition under which a commit is safe, whatever fails.
const uncommitted = `redis.call('GETBIT', KEYS[2], ARGV[1]) == 0`

// lookOnly claims a chunk whose bit is not set, without any lock.
func lookOnly(ctx context.Context, env lock.Env, chunk int) (lock.Unlocked, error) {
	return lock.NewUnlocked(env, chunk), lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
}

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

// What a script wrote before its error stays written: redis/redis#8370,
// redis/redis#10576. A user without the right to LPUSH, or a server that has renamed it,
// gets the bit set.
//
// Repair: undo what was written, by the commands that were accepted.
var scriptTakenForTransaction = Defect{
	Name:     "script-taken-for-transaction",
	Mistake:  "The script that commits marks the chunk first, and has no way back when the push is refused.",
	Strategy: noRetries(commitBy(inOneScript)),
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Deny: 1}},
	Want:     reports.Lost,
}

// EXEC goes on after a command that failed: "Redis does not support rollbacks of
// transactions", https://redis.io/docs/latest/develop/using-commands/transactions/.
//
// Repair: a script that undoes what was written.
var execWithoutRollback = Defect{
	Name:     "exec-without-rollback",
	Mistake:  "A transaction marks the chunk although the push in it was refused.",
	Strategy: noRetries(commitBy(inOneTransaction)),
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Deny: 1}},
	Want:     reports.Lost,
}

// inOneTransaction commits whether the chunk is committed or not.
func inOneTransaction(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
	_, err := lock.PushAndMark(ctx, env.Redis, env.Keys, chunk, elements)
	return err
}

// inOneScript commits on condition that nobody has.
func inOneScript(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
	_, err := pushIf(ctx, env.Redis, env.Keys, uncommitted, chunk, elements, nil)
	return err
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

// A worker that dies between two slices leaves the first in the list, and the chunk is
// loaded again from its first row. Redis' Lua refuses more than some 7,000 values at
// once, so the slices are near at hand.
//
// Repair: one transaction, or a mark for each slice in the transaction that pushes it.
var markedWithTheLastSlice = Defect{
	Name:    "marked-with-the-last-slice",
	Mistake: "The rows are pushed in slices, and only the last one comes with the mark.",
	Strategy: noRetries(commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		last := len(elements) - 1
		for _, row := range elements[:last] {
			if err := env.Redis.LPush(ctx, env.Keys.List, row).Err(); err != nil {
				return err
			}
		}
		return inOneTransaction(ctx, env, chunk, elements[last:])
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 2, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Duplicated,
}

// The mirror of scriptTakenForTransaction: an error of SETBIT, whose offset may be out
// of range too, leaves the rows in the list, and each attempt adds them again.
//
// Repair: undo what was written.
var pushBeforeMarkInScript = Defect{
	Name:    "push-before-mark-in-script",
	Mistake: "The script that commits pushes first, and has no way back when the mark is refused.",
	Strategy: noRetries(commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		return env.Redis.Eval(ctx, `
			if redis.call('GETBIT', KEYS[2], ARGV[1]) == 0 then
			  redis.call('LPUSH', KEYS[1], unpack(ARGV, 2))
			  redis.call('SETBIT', KEYS[2], ARGV[1], 1)
			end
			return 1`, []string{env.Keys.List, env.Keys.Chunks}, append([]any{chunk}, lock.Arguments(elements)...)...).Err()
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Deny: 1}},
	Want:  reports.Duplicated,
}
