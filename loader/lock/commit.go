package lock

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

//go:embed commit.lua
var commitLua string

// CommitScript commits a chunk if nobody has. It also deletes the chunk's lock,
// if that holds the token of the worker.
var CommitScript = redis.NewScript(commitLua)

// Conditional is a claim whose commit takes effect only while the chunk is not
// committed, and which needs no lock for that. It refuses a commit under a plan
// that is gone, and asks after a lost reply whose commit took effect, instead of
// sending the rows again. A safe strategy embeds it and adds how a chunk is
// claimed and let go. Such a strategy sets Conditional, and MaxRetries to -1.
type Conditional struct {
	Env      Env
	chunk    int
	script   *redis.Script
	answered bool
}

// NewConditional claims a chunk, to be committed by [CommitScript] or by another
// script with the same keys, arguments and answers; commit.lua lists them.
func NewConditional(env Env, chunk int, script *redis.Script) *Conditional {
	return &Conditional{Env: env, chunk: chunk, script: script}
}

// Chunk is the chunk that was claimed.
func (c *Conditional) Chunk() int { return c.chunk }

// Answered tells whether the commit was answered: then the script has also let
// go of the chunk.
func (c *Conditional) Answered() bool { return c.answered }

// Commit pushes the rows and marks the chunk, unless somebody has.
func (c *Conditional) Commit(ctx context.Context, elements [][]byte) (Outcome, error) {
	return c.Push(ctx, Slice{}, elements)
}

// Push pushes a slice of the chunk, unless somebody has, and marks the chunk if it is the
// last. [Sliced] says that the chunk goes on at another key.
func (c *Conditional) Push(ctx context.Context, slice Slice, elements [][]byte) (Outcome, error) {
	args := append(make([]any, 0, 7+len(elements)),
		c.Env.PlanID, c.chunk, c.Env.Token, slice.From, slice.Next, max(c.Env.TTL/time.Millisecond, 1), c.Env.Keys.Push())
	args = appendArguments(args, elements)
	keys := c.Env.Keys
	answer, err := c.script.Run(ctx, c.Env.Redis,
		[]string{keys.List, keys.Chunks, keys.Owners, keys.Plan, keys.Lock(c.chunk)}, args...).Text()
	var refusal redis.Error // an answer of the server, and not a reply that never came
	switch {
	case redis.HasErrorPrefix(err, "PLANGONE"):
		return 0, fmt.Errorf("commit chunk %d: %w", c.chunk, ErrPlanGone)
	case redis.HasErrorPrefix(err, "SLICED"):
		at, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "SLICED "), " script: ")
		return 0, Sliced{At: at}
	case errors.As(err, &refusal):
		return 0, fmt.Errorf("commit chunk %d: %w", c.chunk, err)
	case err != nil:
		return c.findOut(ctx, slice, err)
	}
	c.answered = !begun(answer)
	return c.outcome(answer, slice), nil
}

// findOut asks what became of a commit whose reply was lost for the given cause.
func (c *Conditional) findOut(ctx context.Context, slice Slice, cause error) (Outcome, error) {
	var bit *redis.IntCmd
	var owner *redis.StringCmd
	_, err := c.Env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		bit = tx.GetBit(ctx, c.Env.Keys.Chunks, int64(c.chunk))
		owner = tx.HGet(ctx, c.Env.Keys.Owners, fmt.Sprint(c.chunk))
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("commit chunk %d: %w", c.chunk, cause)
	}
	if bit.Val() == 0 && (slice.Next == "" || owner.Val() != slice.mark()) {
		return 0, fmt.Errorf("commit chunk %d: %w: %w", c.chunk, ErrUncommitted, cause)
	}
	return c.outcome(owner.Val(), slice), nil
}

func (c *Conditional) outcome(owner string, slice Slice) Outcome {
	if owner == c.Env.Token || slice.Next != "" && owner == slice.mark() {
		return Committed
	}
	return Superseded
}

// Release does nothing: nothing is locked.
func (c *Conditional) Release(context.Context) error { return nil }

// Transactor carries out transactions: a client, or one connection of it.
type Transactor interface {
	TxPipelined(ctx context.Context, queue func(redis.Pipeliner) error) ([]redis.Cmder, error)
}

// PushAndMark is the commit that most people write: one transaction that
// pushes the rows and sets the chunk's bit, whatever the bit was before. An
// error inside EXEC does not undo the other commands of the transaction.
func PushAndMark(ctx context.Context, on Transactor, keys Keys, chunk int, elements [][]byte) (Outcome, error) {
	_, err := on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		keys.push(ctx, tx, elements)
		tx.SetBit(ctx, keys.Chunks, int64(chunk), 1)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("commit chunk %d: %w", chunk, err)
	}
	return Committed, nil
}

// push queues what pushes elements.
func (k Keys) push(ctx context.Context, tx redis.Pipeliner, elements [][]byte) {
	switch {
	case k.Stream:
		for _, e := range elements {
			tx.XAdd(ctx, &redis.XAddArgs{Stream: k.List, Values: []any{RowField, e}})
		}
	case len(elements) == 0:
	case k.Right:
		tx.RPush(ctx, k.List, Arguments(elements)...)
	default:
		tx.LPush(ctx, k.List, Arguments(elements)...)
	}
}

// Arguments are elements as arguments of a command.
func Arguments(elements [][]byte) []any {
	return appendArguments(make([]any, 0, len(elements)), elements)
}

func appendArguments(args []any, elements [][]byte) []any {
	for i := range elements {
		args = append(args, (*argument)(&elements[i]))
	}
	return args
}

// argument is an element that a client writes as it stands. An interface holds a pointer as
// it is; for a slice it would allocate.
type argument []byte

func (a *argument) MarshalBinary() ([]byte, error) { return *a, nil }

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
