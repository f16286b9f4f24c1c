package defects

import (
	"context"
	"database/sql"
	"fmt"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// mysqlLocked is a claim by GET_LOCK, whose bit was read under the lock.
type mysqlLocked struct {
	lock.Unlocked
	on querier
}

// querier is a pool, or one connection of it.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func getLock(ctx context.Context, env lock.Env, on querier, chunk int) (lock.Claim, error) {
	c := mysqlLocked{lock.NewUnlocked(env, chunk), on}
	got, err := c.call(ctx, "SELECT GET_LOCK('chunk_%d', 0)")
	switch {
	case err != nil:
		return nil, err
	case got != 1:
		return nil, lock.ErrHeld
	}
	if err := lock.Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
		_ = c.Release(ctx)
		return nil, err
	}
	return c, nil
}

func (c mysqlLocked) call(ctx context.Context, query string) (answer int64, err error) {
	var n sql.NullInt64
	err = c.on.QueryRowContext(ctx, fmt.Sprintf(query, c.Chunk())).Scan(&n)
	return n.Int64, err
}

func (c mysqlLocked) Release(ctx context.Context) error {
	_, err := c.call(ctx, "SELECT RELEASE_LOCK('chunk_%d')")
	return err
}

// The lock belongs to whichever connection of the pool had the call. Here the
// pool keeps none, and the lock is gone as soon as it is obtained; where it
// keeps some, another of its users has the lock too, or RELEASE_LOCK goes over
// one that does not. go-sql-driver/mysql#1138, golang-migrate/migrate#446.
//
// Repair: a *sql.Conn of one's own.
var getLockThroughPool = Defect{
	Name:    "get-lock-through-pool",
	Mistake: "GET_LOCK is called on the pool, which gives the connection that has the lock to somebody else, or closes it.",
	Strategy: noRetries(func(ctx context.Context, env lock.Env) (lock.Session, error) {
		env.DB.SetMaxIdleConns(-1)
		return sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
			return getLock(ctx, env, env.DB, chunk)
		})(ctx, env)
	}),
	Reads: true,
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1},
	Want:  reports.Duplicated,
}

// MySQL goes away with the connection that has the lock; Redis is there, and
// takes the commit of a worker that has nothing any more.
//
// Repair: the commit on condition of the bit. A commit on the connection of the
// lock, as with names of connections, is not to be had across two servers.
var getLockConnectionLost = Defect{
	Name:     "get-lock-connection-lost",
	Mistake:  "The lock is a session of MySQL, and the commit goes to Redis without asking whether the session is still there.",
	Strategy: noRetries(onOneSession(getLock)),
	Reads:    true,
	Setup:    sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.MySQLKill: 1}},
	Want:     reports.Duplicated,
}

// onOneSession opens a session whose locks are on one connection to MySQL.
func onOneSession(try func(context.Context, lock.Env, querier, int) (lock.Claim, error)) opening {
	return func(ctx context.Context, env lock.Env) (lock.Session, error) {
		conn, err := env.DB.Conn(ctx)
		if err != nil {
			return nil, err
		}
		return oneConn{lock.Sweep(env, lock.UntilDone, func(ctx context.Context, chunk int) (lock.Claim, error) {
			return try(ctx, env, conn, chunk)
		}), conn}, nil
	}
}
