package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
)

// Bare is a second loader beside package loader, and a small one on purpose: it
// knows the rows of each chunk beforehand, so it needs no MySQL, no plan and no
// reading. A search tries every order of the steps, and each step that has
// nothing to do with Redis would multiply the orders without showing more.
// Everything that concerns Redis is as in Loader, so Bare shows all that a
// strategy does wrong there.
func Bare(strategy lock.Strategy) Program {
	return func(ctx context.Context, env Env) error {
		client := loader.OpenRedis(env.Redis, strategy)
		defer client.Close()
		locks, closeLocks := env.openLocks(strategy)
		defer closeLocks()
		workerEnv := lock.Env{
			Redis: client, Locks: locks, Keys: env.Job.Keys(), PlanID: barePlan, Chunks: env.Chunks,
			Worker: env.Worker, Workers: env.Workers, Token: env.Token, Seed: env.Seed,
			TTL: env.TTL, Sleep: env.Sleep, Every: env.Every,
			Claiming: func(_ context.Context, chunk int) { env.At(loader.Claiming, chunk) },
		}
		if strategy.Prepare != nil {
			if err := bareJob(ctx, env, client, func() error { return strategy.Prepare(ctx, workerEnv) }); err != nil {
				return err
			}
		}
		session, err := strategy.Open(ctx, workerEnv)
		if err != nil {
			return err
		}
		defer session.Close()
		for {
			err := bareChunk(ctx, env, session)
			switch {
			case errors.Is(err, lock.ErrDone):
				return nil
			case err != nil && (!strategy.Conditional || redis.HasErrorPrefix(err, "BITGONE")): // what is lost does not come back
				return err
			case err != nil:
				if pause := env.Sleep(ctx, barePause); pause != nil {
					return pause
				}
				if errors.Is(err, lock.ErrPlanGone) {
					_ = barePrepare(ctx, env, client)
				}
			}
		}
	}
}

const (
	barePlan  = "bare"
	barePause = 20 * time.Millisecond
)

// barePrepare stores the only part of a plan that a strategy looks at. It is
// called when that is found missing: in most schedules it never is.
func barePrepare(ctx context.Context, env Env, client *redis.Client) error {
	env.Preparing(true)
	defer env.Preparing(false)
	return client.HSetNX(ctx, env.Job.Keys().Plan, "id", barePlan).Err()
}

// bareJob stores that part, and what the strategy's workers share.
func bareJob(ctx context.Context, env Env, client *redis.Client, prepare func() error) error {
	if err := barePrepare(ctx, env, client); err != nil {
		return err
	}
	env.Preparing(true)
	defer env.Preparing(false)
	return prepare()
}

// bareChunk claims, commits and releases one chunk.
func bareChunk(ctx context.Context, env Env, session lock.Session) error {
	claim, err := session.Next(ctx)
	if err != nil {
		return err
	}
	env.At(loader.Committing, claim.Chunk())
	if _, err := claim.Commit(ctx, bareRows(env, claim.Chunk())); err != nil {
		_ = claim.Release(ctx) // saves the others the wait, no more
		return err
	}
	env.At(loader.Committed, claim.Chunk())
	return claim.Release(ctx)
}

func bareRows(env Env, chunk int) [][]byte {
	rows := make([][]byte, env.Rows)
	for i := range rows {
		rows[i] = fmt.Appendf(nil, `{"id":%d}`, chunk*env.Rows+i+1)
	}
	return rows
}
