package loader

import (
	"context"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// LoadTogether takes part in a job with all cfg.Workers. Each gets a client of its own,
// since some strategies tie their lock to the connection, and a token that begins with
// cfg.Token; cfg.Redis reads the bitmap after the last of them. The first failure stops
// them all, and is returned with what they had done until then.
func LoadTogether(ctx context.Context, cfg Config, options *redis.Options) (sum Summary, err error) {
	working, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var plan *Plan
	var running sync.WaitGroup
	for i := range cfg.Workers {
		one := cfg
		one.Redis = OpenRedis(options, cfg.Strategy)
		one.Worker, one.Token = i, fmt.Sprintf("%s/%d", cfg.Token, i)
		one.Planned = func(p *Plan) {
			mu.Lock()
			defer mu.Unlock()
			if plan == nil {
				plan = p
				cfg.Planned(p)
			}
		}
		running.Go(func() {
			defer one.Redis.Close()
			done, err := Load(working, one)
			if err != nil {
				cancel(err) // the first one counts; the others have the same
			}
			mu.Lock()
			defer mu.Unlock()
			sum.Rows += done.Rows
			sum.Chunks += done.Chunks
			sum.Superseded += done.Superseded
			sum.Failures += done.Failures
		})
	}
	running.Wait()
	if err := context.Cause(working); err != nil {
		return sum, err
	}
	bits, err := lock.ReadBitmap(context.WithoutCancel(ctx), cfg.Redis, cfg.Job.Keys().Chunks)
	sum.Left = plan.Chunks() - bits.Count(plan.Chunks())
	return sum, err
}
