package loader

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

//go:embed reset.lua
var resetLua string

var resetScript = redis.NewScript(resetLua)

// Life is what a job has in Redis, from its plan on.
type Life struct {
	Table    string `json:"table"`            // of the plan; empty if there is no plan that can be read
	Elements int64  `json:"elements"`         // of the list or stream
	Groups   int64  `json:"groups,omitempty"` // of the stream's consumers
	Chunks   int64  `json:"chunks"`           // of the plan
	Marked   int64  `json:"marked"`
	Locks    int    `json:"locks"`

	id    string
	locks []string
}

// Empty tells whether there is nothing to delete.
func (l Life) Empty() bool { return l.id == "" && l.Elements == 0 && l.Marked == 0 }

// Life looks at what a job has, and changes nothing. A plan that cannot be read and
// marks without a plan are a life too: to begin anew is their cure.
func (c Config) Life(ctx context.Context) (life Life, err error) {
	if err := c.Job.withDefaults().validate(); err != nil {
		return life, err
	}
	keys := c.Job.Keys()
	held, _, err := readPlan(ctx, c.Redis, keys)
	if err != nil {
		return life, c.explained(err)
	}
	life.id = held.id
	target, err := measure(ctx, c.Redis, keys)
	if err != nil {
		return life, c.explained(err)
	}
	life.Elements, life.Groups = target.now, target.groups
	if life.Marked, err = c.Redis.BitCount(ctx, keys.Chunks, nil).Result(); err != nil {
		return life, c.explained(redisProblem(err))
	}
	if plan, err := openPlan(held.id, held.body); err == nil {
		life.Table, life.Chunks = plan.Job.Table, int64(plan.Chunks())
		life.locks, err = locksOf(ctx, c.Redis, keys, plan.Chunks())
		if err != nil {
			return life, c.explained(redisProblem(err))
		}
	}
	life.Locks = len(life.locks)
	return life, nil
}

// locksOf finds the locks that are held. At most one is deleted for each worker; what
// workers of the old life take later runs out.
func locksOf(ctx context.Context, client *redis.Client, keys lock.Keys, chunks int) (held []string, err error) {
	const slice, most = 1000, 1000
	for first := 0; first < chunks && len(held) < most; first += slice {
		var found []*redis.IntCmd
		last := min(first+slice, chunks)
		_, err := client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := first; i < last; i++ {
				found = append(found, p.Exists(ctx, keys.Lock(i)))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		for i, f := range found {
			if f.Val() > 0 {
				held = append(held, keys.Lock(first+i))
			}
		}
	}
	return held, nil
}

// noReset says that a right to begin the job anew is missing.
func (c Config) noReset(err error) error {
	return &Error{Problem: AccessDenied, What: "Redis does not let this user begin the job anew; nothing was deleted", Err: err,
		Try: fmt.Sprintf("ACL SETUSER user %s +unlink", RedisRights(c.Job, c.Strategy))}
}

// Reset deletes a life of a job and stores the plan of the next, which is cut before
// anything is deleted. The new plan has the Token as its generation, so that its id is
// another even for the same table: no commit of the old life is accepted by the new one,
// where the strategy compares ids (Conditional).
func (c Config) Reset(ctx context.Context, life Life) error {
	c = c.withDefaults()
	found, err := c.preflight(ctx, true)
	if err != nil {
		return c.explained(err)
	}
	plan, err := makePlan(ctx, found.src, found.src.named(c.Job), c.Strategy.Name, 0)
	if err != nil {
		return c.explained(err)
	}
	plan.Generation = c.Token
	if err := plan.seal(); err != nil {
		return err
	}
	body, err := plan.body()
	if err != nil {
		return err
	}
	keys := c.Job.Keys()
	deleted := append([]string{keys.Plan, keys.List, keys.Chunks, keys.Owners, keys.Planning, keys.Queue}, life.locks...)
	err = resetScript.Run(ctx, c.Redis, deleted, life.id, plan.id, body).Err()
	switch {
	case redis.HasErrorPrefix(err, "ANOTHERLIFE"):
		return foreign(c.Job, "it was begun anew meanwhile")
	case redis.HasErrorPrefix(err, "NORIGHT"), refusedRight(err):
		return c.noReset(err)
	case err != nil:
		return c.explained(redisProblem(err))
	}
	return nil
}
