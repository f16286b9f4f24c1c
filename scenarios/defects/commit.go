package defects

import (
	"context"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// transactor is a client, or one connection of it.
type transactor interface {
	TxPipelined(context.Context, func(redis.Pipeliner) error) ([]redis.Cmder, error)
}

// pushAndMark pushes a chunk's rows and sets its bit in one transaction.
func pushAndMark(ctx context.Context, on transactor, keys lock.Keys, chunk int, elements [][]byte) (lock.Outcome, error) {
	_, err := on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.LPush(ctx, keys.List, arguments(elements)...)
		tx.SetBit(ctx, keys.Chunks, int64(chunk), 1)
		return nil
	})
	return committed(chunk, err)
}

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
		slices.Concat([]any{chunk}, args, arguments(elements))...).Int()
	return n == 1, err
}

// uncommitted is the condition under which a commit is safe, whatever fails.
const uncommitted = `redis.call('GETBIT', KEYS[2], ARGV[1]) == 0`

func arguments(elements [][]byte) []any {
	args := make([]any, len(elements))
	for i, e := range elements {
		args[i] = e
	}
	return args
}

// unmarked returns lock.ErrCommitted if a chunk's bit is set.
func unmarked(ctx context.Context, env lock.Env, chunk int) error {
	bit, err := env.Redis.GetBit(ctx, env.Keys.Chunks, int64(chunk)).Result()
	if err != nil {
		return fmt.Errorf("read the bit of chunk %d: %w", chunk, err)
	}
	if bit == 1 {
		return lock.ErrCommitted
	}
	return nil
}

// unlocked is a claim on a chunk whose bit is not set, without any lock.
type unlocked struct {
	env   lock.Env
	chunk int
}

func lookOnly(ctx context.Context, env lock.Env, chunk int) (unlocked, error) {
	return unlocked{env, chunk}, unmarked(ctx, env, chunk)
}

func (c unlocked) Chunk() int { return c.chunk }

func (c unlocked) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return pushAndMark(ctx, c.env.Redis, c.env.Keys, c.chunk, elements)
}

func (c unlocked) Release(context.Context) error { return nil }
