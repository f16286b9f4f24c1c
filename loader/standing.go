package loader

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// standing is what Redis holds of a plan, all of it at one moment.
type standing struct {
	left   int // chunks that are not marked
	target fullness
}

// standing looks at a job in one step. Between two, somebody may begin it anew, and what
// the first says of the old job would be compared with what the second says of the new one.
// Of a plan that Redis has lost nothing is marked.
func (c Config) standing(ctx context.Context, on redis.Cmdable, plan *Plan) (s standing, err error) {
	keys := c.Job.Keys()
	var held *redis.SliceCmd
	var bits *redis.StringCmd
	var target func() (fullness, error)
	_, err = on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		held, bits, target = tx.HMGet(ctx, keys.Plan, "id", "body"), tx.Get(ctx, keys.Chunks), askFor(ctx, tx, keys)
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return s, redisProblem(fmt.Errorf("read what is marked: %w", err))
	}
	s.left = plan.Chunks()
	if s.target, err = target(); err != nil {
		return s, redisProblem(err)
	}
	stored := asStored(held.Val())
	switch {
	case stored.id == plan.ID():
		s.left -= lock.Bitmap(bits.Val()).Count(plan.Chunks())
	case stored != (storedPlan{}):
		return s, plan.replacedBy(stored)
	}
	return s, nil
}

// replacedBy says what became of a plan in whose place another one stands.
func (p *Plan) replacedBy(held storedPlan) error {
	theirs, err := openPlan(held.id, held.body)
	switch {
	case err != nil:
		return foreign(p.Job, err.Error())
	case theirs.Generation != p.Generation:
		return foreign(p.Job, "it was begun anew (--reset) while this command ran")
	case theirs.ID() != p.ID():
		return foreign(p.Job, "Redis lost its plan, and another was made from a table that has changed")
	}
	return nil
}
