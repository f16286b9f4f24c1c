package defects

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// watched is a claim without a lock, whose commit fails if a key changes after
// the bit was read.
type watched struct {
	lock.Unlocked
	key string
}

func watchingBitmap(c lock.Unlocked) watched { return watched{c, c.Env.Keys.Chunks} }

func (c watched) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	err := c.Env.Redis.Watch(ctx, func(tx *redis.Tx) error {
		bit, err := tx.GetBit(ctx, c.Env.Keys.Chunks, int64(c.Chunk())).Result()
		if err != nil {
			return err
		}
		if bit == 1 {
			return redis.TxFailedErr
		}
		_, err = lock.PushAndMark(ctx, tx, c.Env.Keys, c.Chunk(), elements)
		return err
	}, c.key)
	if errors.Is(err, redis.TxFailedErr) {
		return lock.Superseded, nil
	}
	return committed(c.Chunk(), err)
}

// The key that is watched is the lock of an older version. Nothing writes it, so
// no conflict is ever noticed, and two workers commit the same chunk.
//
// Repair: WATCH the bitmap, or a key of the chunk that every commit writes.
var watchWrongKey = Defect{
	Name:     "watch-wrong-key",
	Mistake:  "WATCH is on a key that the commit does not write.",
	Strategy: noRetries(sweep(lock.UntilDone, but(lookOnly, func(c lock.Unlocked) watched { return watched{c, c.Env.Keys.Lock(c.Chunk())} }))),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:     reports.Duplicated,
}

// Any commit of another chunk fails this one. Workers that each get such a
// failure for the same chunk all leave it to somebody else, once and for all.
//
// Repair: lock.UntilDone. actionhero/node-resque PR#977 is a case where it is
// right to ignore the failure, because there is a next round.
var watchConflictTakenForDone = Defect{
	Name:     "watch-conflict-taken-for-done",
	Mistake:  "A transaction that WATCH has stopped counts as a chunk that somebody else has committed.",
	Strategy: noRetries(sweep(lock.Manner{Shuffle: true, Once: true}, but(lookOnly, watchingBitmap))),
	Setup:    sim.Setup{Workers: 2, Chunks: 3, Rows: 1},
	Want:     reports.Lost,
}

// WATCH notices what is written after it. The bit was written before it, and after the
// look.
//
// Repair: WATCH first, and look then, as in watched.Commit.
var watchAfterLook = Defect{
	Name:    "watch-after-look",
	Mistake: "The bit is looked at before WATCH, and not again.",
	Strategy: noRetries(sweep(lock.UntilDone, lookAndCommit(func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
		err := env.Redis.Watch(ctx, func(tx *redis.Tx) error {
			_, err := lock.PushAndMark(ctx, tx, env.Keys, chunk, elements)
			return err
		}, env.Keys.Chunks)
		if errors.Is(err, redis.TxFailedErr) {
			err = nil // another pass finds out
		}
		return err
	}))),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:  reports.Duplicated,
}

// EXEC answers nil if WATCH has stopped it. For many clients that is an answer like any
// other, and the program goes on as if its rows were in the list. Any commit of another
// chunk is enough.
//
// Repair: the mark in the same transaction.
var stoppedByWatchIgnored = Defect{
	Name:     "stopped-by-watch-ignored",
	Mistake:  "A transaction that WATCH has stopped is not told from one that was executed, and the chunk is marked after it.",
	Strategy: noRetries(sweep(lock.UntilDone, but(takeLease, func(l leased) markedAfterwards { return markedAfterwards{l} }))),
	Setup:    sim.Setup{Workers: 2, Chunks: 2, Rows: 1},
	Want:     reports.Lost,
}

type markedAfterwards struct{ leased }

func (c markedAfterwards) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	err := c.Env.Redis.Watch(ctx, func(tx *redis.Tx) error {
		if err := lock.Unmarked(ctx, tx, c.Env.Keys, c.Chunk()); err != nil {
			return err
		}
		_, err := tx.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
			pipe.LPush(ctx, c.Env.Keys.List, lock.Arguments(elements)...)
			return nil
		})
		return err
	}, c.Env.Keys.Chunks)
	if err == nil || errors.Is(err, redis.TxFailedErr) {
		err = c.Env.Redis.SetBit(ctx, c.Env.Keys.Chunks, int64(c.Chunk()), 1).Err()
	}
	return committed(c.Chunk(), unlessCommitted(err))
}
