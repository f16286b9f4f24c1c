package lock

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// Watch is optimistic concurrency without scripts: a transaction that Redis gives up if
// anybody has touched the chunk since it was looked at. All of it goes over one connection.
var Watch = Strategy{
	Name:    "watch",
	Summary: "optimistic: a transaction that WATCH stops if somebody else commits the chunk",

	How: "Nothing is locked. When a worker has read the rows, it watches a key of the chunk's own, reads the bit, and then pushes the rows, sets the bit and touches that key in one transaction. " +
		"If anybody else touched the key after it was watched, Redis carries out nothing of the transaction.",
	Rests: "On WATCH, the look and the transaction going over one connection, which the client library sees to: if the connection is lost, so is the watch, and the transaction with it. " +
		"And on each command of the transaction being carried out: Redis does not undo the others if one is refused while it executes. " +
		"The key is the chunk's own, so commits of other chunks stop nobody.",
	Cost: "Three requests to commit, instead of one. Rows that another worker was faster with are read in vain. No scripts are needed.",
	Use:  "Where the server does not allow scripts. With scripts, lua is simpler and takes back what it did if something is refused.",

	MaxRetries:  -1,
	Conditional: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		return Sweep(env, Shuffled, func(ctx context.Context, chunk int) (Claim, error) {
			if err := Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
				return nil, err
			}
			return watching{NewUnlocked(env, chunk)}, nil
		}), nil
	},
}

type watching struct{ Unlocked }

// Commit leaves no key behind: what is set and deleted in one transaction was touched.
func (c watching) Commit(ctx context.Context, elements [][]byte) (outcome Outcome, err error) {
	env, own := c.Env, c.Env.Keys.Lock(c.chunk)
	err = env.Redis.Watch(ctx, func(tx *redis.Tx) error {
		outcome, err = c.unlessMarked(ctx, tx, elements)
		return err
	}, own, env.Keys.Plan)
	if errors.Is(err, redis.TxFailedErr) {
		err = fmt.Errorf("commit chunk %d: %w: %w", c.chunk, ErrUncommitted, err)
	}
	return outcome, err
}

func (c watching) unlessMarked(ctx context.Context, tx *redis.Tx, elements [][]byte) (Outcome, error) {
	switch err := Unmarked(ctx, tx, c.Env.Keys, c.chunk); {
	case errors.Is(err, ErrCommitted):
		return Superseded, nil
	case err != nil:
		return 0, err
	}
	if err := planned(ctx, tx, c.Env); err != nil {
		return 0, err
	}
	own := c.Env.Keys.Lock(c.chunk)
	return PushAndMark(ctx, touching{tx, own}, c.Env.Keys, c.chunk, elements)
}

// touching adds to each transaction that a key is touched.
type touching struct {
	Transactor
	key string
}

func (t touching) TxPipelined(ctx context.Context, queue func(redis.Pipeliner) error) ([]redis.Cmder, error) {
	return t.Transactor.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.Set(ctx, t.key, "touched", 0)
		tx.Del(ctx, t.key)
		return queue(tx)
	})
}

// planned is [ErrPlanGone] unless Redis holds the plan of this job.
func planned(ctx context.Context, on interface {
	HGet(ctx context.Context, key, field string) *redis.StringCmd
}, env Env) error {
	id, err := on.HGet(ctx, env.Keys.Plan, "id").Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("read the plan's id: %w", err)
	}
	if id != env.PlanID {
		return ErrPlanGone
	}
	return nil
}
