package defects

import (
	"context"
	"errors"
	"sync/atomic"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// renewed is a lease that is renewed in the background, three times while it
// lasts.
type renewed struct {
	fenced
	stop func()
	lost *atomic.Bool // the renewal found that the lease is another's, or gone
}

const compareAndExpire = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`

var errLeaseLost = errors.New("the lease is lost")

// renewedBy opens a session whose leases are renewed by a script, and whose
// commits have a condition.
func renewedBy(script, condition string) opening {
	return sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		lease, err := takeLease(ctx, env, chunk)
		if err != nil {
			return nil, err
		}
		c := renewed{fenced: fenced{lease, env.Token, condition}, lost: new(atomic.Bool)}
		c.stop = env.Every(ctx, env.TTL/3, func(ctx context.Context) error {
			kept, err := env.Redis.Eval(ctx, script, []string{lease.key}, env.Token, env.TTL.Milliseconds()).Int()
			if err == nil && kept == 0 {
				c.lost.Store(true)
				return errLeaseLost
			}
			return nil
		})
		return c, nil
	})
}

func (c renewed) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	if c.lost.Load() {
		return 0, errLeaseLost
	}
	return c.fenced.Commit(ctx, elements)
}

func (c renewed) Release(ctx context.Context) error {
	c.stop()
	return c.fenced.Release(ctx)
}

// always is the condition of a commit that has none.
const always = `true`

// A looks whether its renewal has said that the lease is lost, and it has not. A
// is paused before the commit arrives, B takes the lease and commits, and then A's
// commit arrives: a watchdog cannot run while its process stands still.
//
// Repair: a condition in the commit, stillOwn. The renewal may stay.
var renewalTrusted = Defect{
	Name:     "renewal-trusted",
	Mistake:  "The lease is renewed in the background, and a commit that was not told of its loss takes it for held.",
	Strategy: noRetries(renewedBy(compareAndExpire, always)),
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:     reports.Duplicated,
}

// While the worker read its rows its lease ran out, and another took it, committed and let
// go. The renewal makes the lock anew, and the token that the commit compares is there.
// WritesMySQL makes the reading long enough for that.
//
// Repair: renew what is one's own and nothing else, by compareAndExpire.
var renewalTakesBack = Defect{
	Name:     "renewal-takes-back",
	Mistake:  "The lease is renewed by setting it again, also when it is gone or somebody else's.",
	Strategy: noRetries(renewedBy(`redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1`, stillHeld)),
	Reads:    true,
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}, WritesMySQL: true},
	Want:     reports.Duplicated,
}
