package defects

import (
	"context"
	"errors"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// A server that evicts keys takes some and leaves others; so does a hand that deletes one.
// taskforcesh/bullmq#2215 and sidekiq/sidekiq#2883 are what users see of it.
//
// Repair: an owner without a bit is an error, as in loader/lock/commit.lua.
var lostBitTakenForNone = Defect{
	Name:     "lost-bit-taken-for-none",
	Mistake:  "The commit notes whose it was, and yet takes a chunk that has an owner and no bit for one that nobody has loaded.",
	Strategy: noRetries(commitBy(owned(uncommitted))),
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Evict: 1}},
	Want:     reports.Duplicated,
}

// A server that is short of memory takes keys with a time to live first, and locks are such
// keys: taskforcesh/bullmq#921, hibiken/asynq PR#1158. The commit asks whether the marks of
// its chunk are whole, and not whether they are there.
//
// Repair: the condition that the chunk was never committed.
var lockThrownAway = Defect{
	Name:     "lock-thrown-away",
	Mistake:  "A lock counts as held until it is released or has run out, and the server may throw it away before.",
	Strategy: noRetries(sweep(lock.UntilDone, underLease(owned(whole)))),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Evict: 1}},
	Want:     reports.Duplicated,
}

// whole is the condition that a chunk has both of its marks, or none.
const whole = `(redis.call('GETBIT', KEYS[2], ARGV[1]) == 1) == (redis.call('HEXISTS', KEYS[3], ARGV[1]) == 1)`

// underLease commits under a lease, which it does not look at.
func underLease(commit commitFunc) attempt[lock.Claim] {
	return but(takeLease, func(l leased) lock.Claim {
		return freeing{committing{l.Unlocked, commit}, l.Release}
	})
}

// The error of the push is logged, at best: a server whose memory is full, or that was made
// a replica, refuses it and takes what comes a moment later.
//
// Repair: push and mark in one transaction, and look at what came of it.
var pushErrorIgnored = Defect{
	Name:    "push-error-ignored",
	Mistake: "The chunk is marked after its rows were pushed, whatever came of that.",
	Strategy: noRetries(commitBy(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		_ = env.Redis.LPush(ctx, env.Keys.List, lock.Arguments(elements)...).Err()
		return env.Redis.SetBit(ctx, env.Keys.Chunks, int64(chunk), 1).Err()
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Refuse: 1}},
	Want:  reports.Lost,
}

// unowned is the condition that a chunk was never committed, whatever became of its bit.
const unowned = `not redis.call('HGET', KEYS[3], ARGV[1])`

// owned commits on a condition, and notes that somebody has.
func owned(condition string) commitFunc {
	return func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		pushed, err := pushIf(ctx, env.Redis, env.Keys, condition+` and redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])`,
			chunk, elements, []string{env.Keys.Owners}, env.Token)
		if err == nil && !pushed {
			err = errors.New("the chunk is committed, or Redis has lost a part of the job")
		}
		return err
	}
}
