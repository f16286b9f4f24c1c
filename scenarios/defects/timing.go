package defects

import (
	"context"
	"fmt"
	"time"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// Everything is done as the manuals of lock libraries say, and it is not
// enough: the holder sleeps, the lease runs out, the next holder loads the
// chunk, the first wakes up and commits. go-redsync/redsync#6,
// linagora/cozy-stack PR#4911, celery/celery#5935.
//
// Repair: no lease of whatever length; a commit on condition that the bit is
// not set.
var ttlShorterThanWork = Defect{
	Name:     "ttl-shorter-than-work",
	Mistake:  "The work can take longer than the lease, and the commit does not care.",
	Strategy: noRetries(sweep(lock.UntilDone, takeLease)),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:     reports.Duplicated,
}

// A worker that dies between the two commands leaves a lock without a time to
// live. laravel/horizon#1738, lukas-krecan/ShedLock#65, redis/redis-py PR#902.
//
// Repair: SET NX PX, one command.
var setThenExpire = Defect{
	Name:    "set-then-expire",
	Mistake: "The lock is set by one command and gets its time to live by the next.",
	Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		ttl := env.TTL
		env.TTL = 0
		lease, err := takeLease(ctx, env, chunk)
		if err == nil {
			err = env.Redis.PExpire(ctx, lease.key, ttl).Err()
		}
		return lease, err
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Crash: 1}},
	Want:  reports.Stuck,
}

// The worker knows from its own clock that the lease still has time, and sends
// the commit; the commit arrives later than that. Redlock computes a validity
// time for this use, which redsync calls Until.
//
// Repair: the comparison at the server, in the commit.
var fencingByClock = Defect{
	Name:    "fencing-by-clock",
	Mistake: "The worker looks at its own clock to see whether it still has the lock when the commit will arrive.",
	Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		until := time.Now().Add(env.TTL)
		lease, err := takeLease(ctx, env, chunk)
		return timed{lease, until}, err
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:  reports.Duplicated,
}

type timed struct {
	leased
	until time.Time
}

func (c timed) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	if !time.Now().Before(c.until) {
		return 0, fmt.Errorf("commit chunk %d: %w: the lease ran out", c.Chunk(), lock.ErrUncommitted)
	}
	return c.leased.Commit(ctx, elements)
}

// The progress has a time to live, to save a cleanup. A job that takes longer, or
// is resumed the day after, begins anew. Locks and claims can vanish as well, when
// memory runs out: hibiken/asynq PR#1158, taskforcesh/bullmq#2215.
//
// Repair: without EXPIRE.
var progressExpires = Defect{
	Name:     "progress-expires",
	Mistake:  "The marks of what is done have a time to live, and the rows have none.",
	Strategy: noRetries(sweep(lock.UntilDone, but(lookOnly, func(c lock.Unlocked) forgetful { return forgetful{c} }))),
	Setup:    sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:     reports.Duplicated,
}

type forgetful struct{ lock.Unlocked }

func (c forgetful) Release(ctx context.Context) error {
	return c.Env.Redis.PExpire(ctx, c.Env.Keys.Chunks, c.Env.TTL).Err()
}
