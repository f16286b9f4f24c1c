package loader

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Durability is where rows have to be before a job is said to be complete. Redis keeps
// its writes in one order, so one confirmation at the end is as good as one for each
// chunk.
type Durability string

const (
	InMemory  Durability = "memory"  // of the server: a power cut may take what was not written to disk yet
	InAOF     Durability = "aof"     // in the append-only file on the server's disk
	OnReplica Durability = "replica" // in the memory of one replica at least
)

// confirmation is how long the server is asked at a time.
const confirmation = time.Second

// oldestWaitAOF is the first Redis that confirms what is on its disk.
var oldestWaitAOF = [2]int{7, 2}

// refuseUndurable refuses a Redis that could never confirm what the job asks for.
func (c Config) refuseUndurable(ctx context.Context) error {
	switch c.Durability {
	case "", InMemory:
		return nil
	case InAOF, OnReplica:
	default:
		return &Error{Problem: BadJob, What: fmt.Sprintf("durability %q", c.Durability), Try: "memory, aof or replica"}
	}
	info, err := c.Redis.Info(ctx).Result()
	if err != nil {
		return redisProblem(err)
	}
	version := infoField(info, "redis_version")
	switch {
	case c.Durability == InAOF && older(version, oldestWaitAOF):
		return &Error{Problem: TooOld, What: fmt.Sprintf("this Redis, of version %s, does not confirm what is on its disk", version),
			Try: "Redis 7.2 or later; or --durability memory, if a power cut may take rows"}
	case c.Durability == InAOF && infoField(info, "aof_enabled") == "0":
		return &Error{Problem: Unfit, What: "this Redis does not write what it holds to its disk (appendonly no)",
			Try: "CONFIG SET appendonly yes; or --durability memory, if a power cut may take rows"}
	case c.Durability == OnReplica && infoField(info, "connected_slaves") == "0":
		return &Error{Problem: Unfit, What: "this Redis has no replica", Try: "a replica; or --durability memory"}
	}
	// May this user ask at all? Better to know before the load than after it.
	if c.Durability == OnReplica {
		return c.Redis.Wait(ctx, 0, time.Millisecond).Err()
	}
	return c.Redis.WaitAOF(ctx, 0, 0, time.Millisecond).Err()
}

// asks is the right that a confirmation needs, beside those of the job.
func (d Durability) asks() string {
	return map[Durability]string{InAOF: " +waitaof", OnReplica: " +wait"}[d]
}

// confirm waits until all that was written before is as durable as the job asks for, and
// tells whether the server is the one that it was all the while: one that came back, or
// took over, may not have what was seen before. What there is, is counted on the way; if
// not all of it is there, nothing is waited for.
func (c Config) confirm(ctx context.Context, count func(context.Context, redis.Cmdable) (all bool, err error)) (same bool, err error) {
	if c.Durability == "" || c.Durability == InMemory {
		_, err := count(ctx, c.Redis)
		return true, err
	}
	ctx = stay(ctx)
	conn := c.Redis.Conn() // a server confirms the writes up to the last of a connection
	defer conn.Close()
	before, err := runID(ctx, conn)
	if err != nil {
		return false, redisProblem(err)
	}
	if all, err := count(ctx, conn); err != nil || !all {
		return false, err
	}
	if err := conn.Set(ctx, c.Job.Keys().Own()+"confirm", "", time.Millisecond).Err(); err != nil {
		return false, redisProblem(err)
	}
	for waited := time.Duration(0); ; waited += confirmation {
		done, err := c.confirmed(ctx, conn)
		if err != nil {
			return false, redisProblem(err)
		}
		if done {
			break
		}
		if waited > max(c.Patience, 0) {
			return false, &Error{Problem: Unready, What: fmt.Sprintf("all rows are in the list, but Redis did not confirm them (%s) within %s", c.Durability, waited),
				Try: "look at its disk or its replicas, then the same command again"}
		}
	}
	after, err := runID(ctx, conn)
	if err != nil {
		return false, redisProblem(err)
	}
	return before == after, nil
}

func (c Config) confirmed(ctx context.Context, conn *redis.Conn) (bool, error) {
	if c.Durability == OnReplica {
		replicas, err := conn.Wait(ctx, 1, confirmation).Result()
		return replicas > 0, err
	}
	disks, err := conn.WaitAOF(ctx, 1, 0, confirmation).Result()
	return err == nil && len(disks) > 0 && disks[0] > 0, err
}

// runID is what a Redis calls this life of it; "" if it does not say.
func runID(ctx context.Context, conn redis.Cmdable) (string, error) {
	info, err := conn.Info(ctx, "server").Result()
	return infoField(info, "run_id"), err
}
