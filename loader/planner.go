package loader

import (
	"context"
	"time"

	"onceover/loader/lock"
)

// Planning tells how far the cutting of a table is. Of many processes one cuts, and the
// others wait for its plan.
type Planning struct {
	Keys, Of  uint64
	Elsewhere bool // another process cuts
}

// A process that cuts keeps its lease for this long without a sign of life. The lease
// only saves work: the first plan that is stored counts, whoever made it.
const planningTTL = 10 * time.Second

const planningLook = 200 * time.Millisecond

// reportedKeys is how many keys are read between two reports.
const reportedKeys = 1 << 16

// plan sees to it that the job has a plan before the workers of this process look for it.
func (c Config) plan(ctx context.Context, src *source) error {
	job := src.named(c.Job)
	if c.Planning != nil {
		src.progress = func(keys, of uint64) { c.Planning(Planning{Keys: keys, Of: of}) }
	}
	lease := lock.Lease{Key: job.Keys().Planning, Token: c.Token, TTL: planningTTL}
	for {
		held, err := findPlan(ctx, c.Redis, job.Keys())
		if err != nil || held != (storedPlan{}) {
			return err
		}
		mine, err := lease.Take(ctx, c.Redis)
		if err != nil {
			return redisProblem(err)
		}
		if mine {
			return c.planWith(ctx, src, lease)
		}
		if c.Planning != nil {
			c.Planning(Planning{Elsewhere: true})
		}
		if err := c.Sleep(ctx, planningLook); err != nil {
			return err
		}
	}
}

// planWith cuts the table while it holds the lease.
func (c Config) planWith(ctx context.Context, src *source, lease lock.Lease) error {
	ending := context.WithoutCancel(ctx)
	defer func() { _ = lease.Release(ending, c.Redis) }() // it expires by itself
	if c.Every != nil {
		stop := c.Every(ctx, planningTTL/4, func(ctx context.Context) error {
			_ = lease.Extend(ctx, c.Redis) // if it is lost, two cut, and the first plan counts
			return nil
		})
		defer stop()
	}
	_, err := agree(ctx, c.Redis, src, c.Job, c.Strategy)
	return err
}
