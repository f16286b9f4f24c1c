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
