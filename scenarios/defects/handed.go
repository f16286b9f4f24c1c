package defects

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// The counter has handed out the chunk with a reply that was lost, the client asks
// again, and is given the next one. redis/jedis#3187: an INCR that was run five times.
//
// Repair: a sweep over the bits at the end, until all are set.
var counterAskedTwice = Defect{
	Name:     "counter-asked-twice",
	Mistake:  "A counter hands out the chunks to a client that repeats on its own what got no answer.",
	Strategy: lock.Strategy{Open: counterAsClaim.Strategy.Open},
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.LoseReply: 1}},
	Want:     reports.Lost,
}

// The life that recovers dies as well, between the two, and the next one recovers the
// same chunk once more: it is in the queue twice. sidekiq/sidekiq#4611 is what users
// see of a recovery that does too much.
//
// Repair: RPOPLPUSH, which moves a chunk from one list to the other.
var recoveredTwice = Defect{
	Name:    "recovered-twice",
	Mistake: "A worker that starts copies to the queue what its last life had in hand, and empties its hands by a second request.",
	Strategy: noRetries(fromOwnHands(func(ctx context.Context, env lock.Env, hands, queue string) error {
		left, err := env.Redis.LRange(ctx, hands, 0, -1).Result()
		for _, chunk := range left {
			err = errors.Join(err, env.Redis.RPush(ctx, queue, chunk).Err())
		}
		if err != nil {
			return err
		}
		return env.Redis.Del(ctx, hands).Err()
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 2}},
	Want:  reports.Duplicated,
}

// fromOwnHands opens a session on a queue, from which a chunk goes into a list of the
// worker's own, and out of that in the transaction that pushes. It begins with a
// recovery of what is in that list.
func fromOwnHands(recoverTo func(ctx context.Context, env lock.Env, hands, queue string) error) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		queue, hands := env.Keys.List+":queue", env.Keys.List+":in-hand:"+strconv.Itoa(env.Worker)
		err := errors.Join(fill(ctx, env, queue), recoverTo(ctx, env, hands, queue))
		return handOut{env, func(ctx context.Context, env lock.Env) (lock.Claim, error) {
			chunk, err := env.Redis.LMove(ctx, queue, hands, "LEFT", "RIGHT").Int()
			if errors.Is(err, redis.Nil) {
				err = lock.ErrDone
			}
			return committing{lock.NewUnlocked(env, chunk), func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
				_, err := env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
					tx.LPush(ctx, env.Keys.List, lock.Arguments(elements)...)
					tx.LRem(ctx, hands, 1, chunk)
					return nil
				})
				return err
			}}, err
		}}, err
	}
}

// The commit was executed and its reply lost; the same chunk comes back as another job,
// and the sink, which remembers the jobs that it has seen, has not seen that one.
//
// Repair: the id belongs to the chunk, and every attempt has the same.
var retriedUnderNewID = Defect{
	Name:     "retried-under-new-id",
	Mistake:  "A commit that failed is put into the queue again as a new job, whose id the sink does not know.",
	Strategy: noRetries(handedOut(queuedJobs(func(job string) string { return job + "/again" }))),
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.LoseReply: 1}},
	Want:     reports.Duplicated,
}

// queuedJobs hands out jobs from the head of a queue. A commit pushes if the sink has
// not seen the id of the job, and one that fails puts the job at the end, as another.
// The chunk is what the id begins with.
func queuedJobs(again func(job string) string) func(context.Context, lock.Env) (lock.Claim, error) {
	return func(ctx context.Context, env lock.Env) (lock.Claim, error) {
		queue := env.Keys.List + ":queue"
		if err := fill(ctx, env, queue); err != nil {
			return nil, err
		}
		job, err := env.Redis.LIndex(ctx, queue, 0).Result()
		if errors.Is(err, redis.Nil) {
			err = lock.ErrDone
		}
		digits, _, _ := strings.Cut(job, "/")
		chunk, _ := strconv.Atoi(digits)
		return committing{lock.NewUnlocked(env, chunk), func(ctx context.Context, env lock.Env, chunk int, elements [][]byte) error {
			_, err := pushIf(ctx, env.Redis, env.Keys,
				`redis.call('LREM', KEYS[3], 1, ARGV[2]) and redis.call('SADD', KEYS[3] .. ':seen', ARGV[2]) == 1`,
				chunk, elements, []string{queue}, job)
			if err == nil {
				return nil
			}
			_, err = env.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
				tx.LRem(ctx, queue, 1, job)
				tx.RPush(ctx, queue, again(job))
				return nil
			})
			return err
		}}, err
	}
}
