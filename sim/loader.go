package sim

import (
	"context"

	"onceover/loader"
	"onceover/loader/lock"
)

// Loader is the project's own loader with a strategy.
func Loader(strategy lock.Strategy) Program {
	return func(ctx context.Context, env Env) error {
		db, err := loader.OpenMySQL(env.MySQL)
		if err != nil {
			return err
		}
		defer db.Close()
		client := loader.OpenRedis(env.Redis, strategy)
		defer client.Close()
		env.Preparing(true)
		_, err = loader.Load(ctx, loader.Config{
			Job: env.Job, Strategy: strategy, Redis: client, DB: db,
			Worker: env.Worker, Workers: env.Workers, Token: env.Token, Seed: env.Seed,
			TTL: env.TTL, Sleep: env.Sleep,
			Planned: func(*loader.Plan) { env.Preparing(false) },
			Hook:    func(_ context.Context, step loader.Step, chunk int) { env.At(step, chunk) },
		})
		return err
	}
}
