package lock

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Transactor carries out transactions: a client, or one connection of it.
type Transactor interface {
	TxPipelined(ctx context.Context, queue func(redis.Pipeliner) error) ([]redis.Cmder, error)
}

// PushAndMark is the commit that most people write: one transaction that
// pushes the rows and sets the chunk's bit, whatever the bit was before. An
// error inside EXEC does not undo the other commands of the transaction.
func PushAndMark(ctx context.Context, on Transactor, keys Keys, chunk int, elements [][]byte) (Outcome, error) {
	_, err := on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		if len(elements) > 0 {
			tx.LPush(ctx, keys.List, Arguments(elements)...)
		}
		tx.SetBit(ctx, keys.Chunks, int64(chunk), 1)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("commit chunk %d: %w", chunk, err)
	}
	return Committed, nil
}

// Arguments are elements as arguments of a command.
func Arguments(elements [][]byte) []any {
	args := make([]any, len(elements))
	for i, e := range elements {
		args[i] = e
	}
	return args
}

// BitReader reads bits: a client, one connection of it, or a transaction that
// watches keys.
type BitReader interface {
	GetBit(ctx context.Context, key string, offset int64) *redis.IntCmd
}

// Unmarked reads a chunk's bit. [ErrCommitted] says that it is set; without an
// error it is not.
func Unmarked(ctx context.Context, on BitReader, keys Keys, chunk int) error {
	bit, err := on.GetBit(ctx, keys.Chunks, int64(chunk)).Result()
	if err != nil {
		return fmt.Errorf("read the bit of chunk %d: %w", chunk, err)
	}
	if bit == 1 {
		return ErrCommitted
	}
	return nil
}

// Unlocked is a claim without any lock, which commits by [PushAndMark]. A claim
// that differs in one of its methods embeds it.
type Unlocked struct {
	Env   Env
	chunk int
}

// NewUnlocked claims a chunk, whoever else has it.
func NewUnlocked(env Env, chunk int) Unlocked { return Unlocked{env, chunk} }

// Chunk is the chunk that was claimed.
func (c Unlocked) Chunk() int { return c.chunk }

// Commit pushes the rows and marks the chunk.
func (c Unlocked) Commit(ctx context.Context, elements [][]byte) (Outcome, error) {
	return PushAndMark(ctx, c.Env.Redis, c.Env.Keys, c.chunk, elements)
}

// Release does nothing: nothing is locked.
func (c Unlocked) Release(context.Context) error { return nil }
