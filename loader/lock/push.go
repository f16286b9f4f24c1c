package lock

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// pushAndMark is the commit that most people write: one transaction that
// pushes the rows and sets the chunk's bit, whatever the bit was before. An
// error inside EXEC does not undo the other commands of the transaction.
func pushAndMark(ctx context.Context, env Env, chunk int, elements [][]byte) (Outcome, error) {
	_, err := env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		if len(elements) > 0 {
			tx.LPush(ctx, env.Keys.List, arguments(elements)...)
		}
		tx.SetBit(ctx, env.Keys.Chunks, int64(chunk), 1)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("commit chunk %d: %w", chunk, err)
	}
	return Committed, nil
}

func arguments(elements [][]byte) []any {
	args := make([]any, len(elements))
	for i, e := range elements {
		args[i] = e
	}
	return args
}

// marked reads a chunk's bit on its own, as those do who check before they
// lock. [ErrCommitted] says that it is set.
func marked(ctx context.Context, env Env, chunk int) error {
	bit, err := env.Redis.GetBit(ctx, env.Keys.Chunks, int64(chunk)).Result()
	if err != nil {
		return fmt.Errorf("read the bit of chunk %d: %w", chunk, err)
	}
	if bit == 1 {
		return ErrCommitted
	}
	return nil
}

// unlocked is a claim without any lock.
type unlocked struct {
	env   Env
	chunk int
}

func (c unlocked) Chunk() int { return c.chunk }

func (c unlocked) Commit(ctx context.Context, elements [][]byte) (Outcome, error) {
	return pushAndMark(ctx, c.env, c.chunk, elements)
}

func (c unlocked) Release(context.Context) error { return nil }
