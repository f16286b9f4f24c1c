package lock

import (
	"context"
	"errors"

	"github.com/bsm/redislock"
)

// SetNXRenewed is [SetNXRecheck] with a watchdog that renews the lease, as Redisson and
// many locks of companies' own have it. A watchdog cannot run while its process stands
// still, and its worker is not told in time that the lease is lost.
var SetNXRenewed = Strategy{
	Name:    "set-nx-renewed",
	Summary: "lease by SET NX PX that a watchdog renews while the work goes on",

	How: "A lease as in set-nx-recheck. In the background a watchdog gives it its full time again, three times while it lasts, as long as the token in it is the worker's own. " +
		"So the work may take longer than the lease, and a dead worker's lease still runs out.",
	Rests: "On the watchdog running whenever its worker does. A process that is stopped, swapped out or collecting garbage stops both; when it goes on, the lease is another's, " +
		"and the commit may leave before the watchdog has found that out. A watchdog that cannot reach the server has the same effect. " +
		"The smallest change that makes it safe is the same as without a watchdog: a commit by a script that looks at the bit.",
	Cost: "What set-nx-recheck costs, and a request each third of a lease. A short lease and a long job go together, so less time is lost after a death.",
	Use:  "Where work takes longer than one cares to wait after a death, and where doing it twice does no harm.",

	Clocked: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		if env.Every == nil {
			return nil, errors.New("set-nx-renewed needs Env.Every for its watchdog")
		}
		s := &renewing{stop: func() {}}
		locker := redislock.New(env.Redis)
		s.Session = Sweep(env, UntilDone, func(ctx context.Context, chunk int) (Claim, error) {
			claim, err := obtainUnmarked(ctx, env, locker, chunk)
			if err != nil {
				return nil, err
			}
			s.stop = env.Every(ctx, env.TTL/3, func(ctx context.Context) error {
				return claim.lease.Refresh(ctx, env.TTL, nil)
			})
			return renewedClaim{claim, s}, nil
		})
		return s, nil
	},
}

// renewing is a session with a watchdog, of the chunk that it claimed last.
type renewing struct {
	Session
	stop func()
}

func (s *renewing) Close() error {
	s.stop()
	return s.Session.Close()
}

type renewedClaim struct {
	setNXClaim
	session *renewing
}

func (c renewedClaim) Release(ctx context.Context) error {
	c.session.stop()
	return c.setNXClaim.Release(ctx)
}
