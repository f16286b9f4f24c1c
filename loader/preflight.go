package loader

import (
	"context"
	_ "embed"
	"errors"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// readiness is what was found of a job before its first write.
type readiness struct {
	src    *source
	plan   *Plan // that Redis holds, nil if there is none
	marked int   // chunks of the plan

	unasked []string // what this Redis cannot be asked for
}

// done tells whether nothing is left to push.
func (r readiness) done() bool { return r.plan != nil && r.marked == r.plan.Chunks() }

// preflight refuses whatever can be refused before the first write, and writes nothing.
// Each load begins with it, and a dry run is little else, so that both refuse the same. To
// a job that begins anew, the plan that Redis holds does not matter.
func (c Config) preflight(ctx context.Context, anew bool) (found readiness, err error) {
	if c.Strategy.WritesSource {
		return found, &Error{
			Problem: BadJob, What: "strategy " + c.Strategy.Name + " writes to the source's database, and a load only reads there",
			Try: "another --strategy, such as " + lock.Default().Name,
		}
	}
	if err := c.refuseServer(ctx); err != nil {
		return found, err
	}
	if err := c.validate(); err != nil {
		return found, err
	}
	if found.unasked, err = c.refuseLocks(ctx); err != nil {
		return found, err
	}
	if found.src, err = c.openSource(ctx); err != nil {
		return found, err
	}
	look := findPlan
	if anew {
		look = anyPlan
	}
	held, err := look(ctx, c.Redis, c.Job.Keys())
	if err != nil {
		return found, err
	}
	if held != (storedPlan{}) {
		if err := found.join(ctx, c, held); err != nil {
			return found, err
		}
	}
	if err := c.askToRead(ctx); err != nil {
		return found, err
	}
	if found.done() {
		return found, nil // which needs no right to push
	}
	return found, c.askToWrite(ctx, &found, anew)
}

// validate refuses a job that is none, and one that its strategy cannot do.
func (c Config) validate() error {
	if c.Job.Stream && c.Strategy.ListOnly {
		return &Error{Problem: BadJob, What: "strategy " + c.Strategy.Name + " fills lists only, and no stream", Try: "--list; or another --strategy, such as " + lock.Default().Name}
	}
	if err := c.validateLocks(); err != nil {
		return err
	}
	return c.Job.validate()
}

// askToRead asks for the right to measure a stream, of which askRights cannot be told, and
// for that to read the list, if it will be compared.
func (c Config) askToRead(ctx context.Context) error {
	if c.Job.Stream {
		if _, err := measure(ctx, c.Redis, c.Job.Keys()); err != nil {
			return err
		}
	}
	if !c.Verifies {
		return nil
	}
	return c.Redis.LRange(ctx, c.Job.List, 1, 0).Err()
}

// anyPlan refuses keys that hold something else, and finds no plan.
func anyPlan(ctx context.Context, client *redis.Client, keys lock.Keys) (none storedPlan, err error) {
	_, _, err = readPlan(ctx, client, keys)
	return none, err
}

// join takes the plan that Redis holds, if it is one of this job.
func (r *readiness) join(ctx context.Context, c Config, held storedPlan) (err error) {
	if r.plan, err = accept(ctx, c.Redis, held, r.src, c.Job, c.Strategy); err != nil {
		return err
	}
	stands, err := c.standing(ctx, c.Redis, r.plan)
	r.marked = r.plan.Chunks() - stands.left
	return err
}

//go:embed ready.lua
var readyLua string

var readyScript = redis.NewScript(readyLua)

// oldestAsked is the first Redis that can be asked whether it takes writes, and which
// rights a user has.
var oldestAsked = [2]int{7, 0}

// askToWrite asks for the rights of the job, and whether Redis takes writes at present.
func (c Config) askToWrite(ctx context.Context, found *readiness, anew bool) error {
	keys := c.Job.Keys()
	needs := c.Strategy.Needs(keys)
	if anew {
		needs = append(needs, lock.Need{Command: "UNLINK", Key: keys.Plan})
	}
	err := askRights(ctx, c.Redis, keys, needs)
	if anew && (redis.HasErrorPrefix(err, "NORIGHT") || refusedRight(err)) {
		return c.noReset(err)
	}
	if err != nil {
		return err
	}
	info, err := c.Redis.Info(ctx, "server").Result()
	if err != nil {
		return redisProblem(err)
	}
	if version := infoField(info, "redis_version"); version == "" || older(version, oldestAsked) {
		found.unasked = append(found.unasked, "whether Redis gives this user the rights to write, and takes writes at present: only Redis 7.0 and later can be asked")
		return nil
	}
	err = readyScript.Run(ctx, c.Redis, []string{keys.Plan}).Err()
	var refusal redis.Error
	if _, known := meaningOf(err); err != nil && (known || !errors.As(err, &refusal)) {
		return redisProblem(err)
	}
	if err != nil { // it is another program that calls itself Redis
		found.unasked = append(found.unasked, "whether Redis takes writes at present: it does not understand the question")
	}
	return nil
}
