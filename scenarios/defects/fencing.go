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

// fenced is a lease whose commit has a condition on KEYS[3], the lock, ARGV[2],
// the token, and ARGV[3], the time to live in milliseconds.
type fenced struct {
	leased
	token     any
	condition string
}

// fencedBy opens a session whose commits have a condition.
func fencedBy(condition string) opening {
	return sweep(lock.UntilDone, but(takeLease, func(l leased) fenced { return fenced{l, l.Env.Token, condition} }))
}

func (c fenced) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	pushed, err := pushIf(ctx, c.Env.Redis, c.Env.Keys, c.condition, c.Chunk(), elements,
		[]string{c.key}, c.token, c.Env.TTL.Milliseconds())
	if err == nil && !pushed {
		return lock.Superseded, nil
	}
	return committed(c.Chunk(), err)
}

// A's lease ran out and B has it; A renews B's lease, takes that for its own,
// and both commit. leandromoreira/redlock-rb#36, redisson/redisson#597.
//
// Repair: redis.call('GET', KEYS[3]) == ARGV[2].
var renewalAfterExpiry = Defect{
	Name:     "renewal-after-expiry",
	Mistake:  "The lease is renewed if there is one, without a look at whose it is.",
	Strategy: noRetries(fencedBy(`redis.call('PEXPIRE', KEYS[3], ARGV[3]) == 1`)),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:     reports.Duplicated,
}

// The new life of a worker holds the lock of the one before it, of which a
// commit is still on its way. Both pass the fence. Redis' page on distributed
// locks demands a random value for each attempt.
//
// Repair: env.Token, which no two lives share.
var tokenNotUnique = Defect{
	Name:    "token-not-unique",
	Mistake: "The token is the worker's number, and so its next life has the same.",
	Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		env.Token = fmt.Sprintf("worker-%d", env.Worker)
		lease, err := takeLease(ctx, env, chunk)
		if err == lock.ErrHeld && env.Redis.Get(ctx, env.Keys.Lock(chunk)).Val() == env.Token {
			lease, err = leased{lock.NewUnlocked(env, chunk), env.Keys.Lock(chunk)}, lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
		}
		return unreleased{fenced{lease, env.Token, `redis.call('GET', KEYS[3]) == ARGV[2]`}}, err
	})),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.LateRequest: 1}},
	Want:  reports.Duplicated,
}

// unreleased leaves the lock to run out, as one does when the outcome is unknown.
type unreleased struct{ fenced }

func (unreleased) Release(context.Context) error { return nil }

// The check and the act are two requests; in between the lease runs out.
// The check of the token that Kleppmann asks for is the storage's, not the client's.
//
// Repair: fenced with the condition redis.call('GET', KEYS[3]) == ARGV[2].
var tokenComparedByClient = Defect{
	Name:     "token-compared-by-client",
	Mistake:  "The worker asks whether the lock is still its own, and then commits without a condition.",
	Strategy: noRetries(sweep(lock.UntilDone, but(takeLease, func(l leased) asking { return asking{l} }))),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:     reports.Duplicated,
}

type asking struct{ leased }

func (c asking) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	holder, err := c.Env.Redis.Get(ctx, c.key).Result()
	if err != nil || holder != c.Env.Token {
		return lock.Superseded, nil
	}
	return c.leased.Commit(ctx, elements)
}

// Redis forgets the counter with everything else, and counts from 1 again: the
// token of before the crash equals that of after it. A client that repeats the
// commit by itself carries the old one over.
//
// Repair: the bit in the condition, GETBIT KEYS[2] ARGV[1] == 0.
var fenceForgotten = Defect{
	Name:    "fence-forgotten",
	Mistake: "The fencing token is a counter in the server that may forget it, and the fence checks nothing else.",
	Strategy: lock.Strategy{Open: sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		lease, err := takeLease(ctx, env, chunk)
		if err != nil {
			return nil, err
		}
		return drawToken(ctx, lease)
	})},
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.RedisKill: 1}},
	Want:  reports.Duplicated,
}

// The holder of an expired lease commits after the next one has looked at the bit, and
// before it has drawn a token. The newest token is then older than a commit that its owner
// has not seen.
//
// Repair: the token is drawn with the lease, and the bit is looked at after that.
var tokenAfterLook = Defect{
	Name:    "token-after-look",
	Mistake: "The fencing token is drawn after the look at the chunk's bit.",
	Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		lease, err := takeLease(ctx, env, chunk)
		if err != nil {
			return nil, err
		}
		return drawToken(ctx, lease)
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:  reports.Duplicated,
}

// drawToken fences a lease by the next number of a counter.
func drawToken(ctx context.Context, lease leased) (lock.Claim, error) {
	fence := lease.key + ":fence"
	token, err := lease.Env.Redis.Incr(ctx, fence).Result()
	lease.key = fence
	return unreleased{fenced{lease, token, `redis.call('GET', KEYS[3]) == ARGV[2]`}}, err
}

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

// The sink drops what it has seen, and forgets what it has seen after a while, since its
// memory would fill up. A worker that slept for longer is let in.
//
// Repair: a mark without a time to live.
var dedupKeyExpires = Defect{
	Name:     "dedup-key-expires",
	Mistake:  "A commit is refused while a key says that it was made, and the key has a time to live.",
	Strategy: noRetries(sweep(lock.UntilDone, pushingIf(`redis.call('SET', KEYS[3], 1, 'NX', 'PX', ARGV[2])`))),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:     reports.Duplicated,
}
