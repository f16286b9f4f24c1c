package defects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// named is a claim by the name of a connection.
type named struct {
	env    lock.Env
	chunk  int
	on     lock.Transactor // the connection that has the name, or believes so
	own    int64           // that connection's number
	list   string          // the clients before
	bearer []int64         // those of them that had the name
}

// takeName names a connection after a chunk and, in the same transaction, looks
// who had the name before and whether the chunk is committed.
func takeName(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (named, error) {
	return takeNameAs(ctx, env, on, chunk, nameOf(chunk))
}

// takeNameAs does so with another name for the chunk.
func takeNameAs(ctx context.Context, env lock.Env, on lock.Transactor, chunk int, name string) (named, error) {
	var id, bit *redis.IntCmd
	var list *redis.StringCmd
	_, err := on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		id, list = tx.ClientID(ctx), tx.ClientList(ctx)
		tx.ClientSetName(ctx, name)
		bit = tx.GetBit(ctx, env.Keys.Chunks, int64(chunk))
		return nil
	})
	c := named{env, chunk, on, id.Val(), list.Val(), lock.Bearers(list.Val(), name)}
	switch {
	case bit.Val() == 1:
		return c, lock.ErrCommitted
	case err != nil:
		return c, fmt.Errorf("take the name %s: %w", name, err)
	}
	return c, nil
}

func nameOf(chunk int) string { return fmt.Sprintf("chunk_%d", chunk) }

// others tells whether a connection besides one's own had the name.
func (c named) others() bool {
	return slices.ContainsFunc(c.bearer, func(id int64) bool { return id != c.own })
}

func (c named) Chunk() int { return c.chunk }

func (c named) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return lock.PushAndMark(ctx, c.on, c.env.Keys, c.chunk, elements)
}

// Release takes the name off.
func (c named) Release(ctx context.Context) error {
	_, err := c.on.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		tx.ClientSetName(ctx, "")
		return nil
	})
	return err
}

// onOneConn opens a session whose locks are on one connection, which dies with it.
func onOneConn(try tryOn) opening { return goingOnOneConn(lock.UntilDone, try) }

// tryOn tries to claim a chunk over a connection.
type tryOn = func(context.Context, lock.Env, lock.Transactor, int) (lock.Claim, error)

func goingOnOneConn(manner lock.Manner, try tryOn) opening {
	return func(_ context.Context, env lock.Env) (lock.Session, error) {
		conn := env.Redis.EphemeralConn()
		return oneConn{lock.Sweep(env, manner, func(ctx context.Context, chunk int) (lock.Claim, error) {
			return try(ctx, env, conn, chunk)
		}), conn}, nil
	}
}

// byNames is a strategy that does not retry, and reads the names of clients alone.
func byNames(open opening) lock.Strategy {
	s := noRetries(open)
	s.NamesOnly = true
	return s
}

type oneConn struct {
	lock.Session
	conn io.Closer
}

func (s oneConn) Close() error { return s.conn.Close() }

// A worker that could not load its chunk still has the name when it tries
// again, and takes it for somebody else's; the last chunk is never loaded. The
// published scheme has it. Its authors repeat a chunk after an error in the
// same life, because the name goes with the connection: hence Conditional.
//
// Repair: ask for others.
var ownNameNotExcluded = Defect{
	Name:    "own-name-not-excluded",
	Mistake: "A worker that sees its own name in the list of clients takes it for another's.",
	Strategy: lock.Strategy{
		MaxRetries:  -1,
		Conditional: true,
		NamesOnly:   true,
		Open: onOneConn(func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
			claim, err := takeName(ctx, env, on, chunk)
			if err == nil && len(claim.bearer) > 0 {
				err = lock.ErrHeld
			}
			return keepsName{claim}, err
		}),
	},
	Reads: true,
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.MySQLCut: 1}},
	Want:  reports.Stuck,
}

// keepsName leaves the name on the connection until the next chunk's.
type keepsName struct{ named }

func (keepsName) Release(context.Context) error { return nil }

// The holder dies; those who were refused are all called chunk_N as well, each
// sees the others, and nobody ever takes the chunk. The published scheme has
// it: the name is taken, whatever the list says.
//
// Repair: a refused worker takes the name off, as named.Release does.
var loserKeepsName = Defect{
	Name:    "loser-keeps-name",
	Mistake: "A worker that finds the name taken has by then taken it too, and keeps it.",
	Strategy: byNames(onOneConn(func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
		claim, err := takeName(ctx, env, on, chunk)
		if err == nil && claim.others() {
			err = lock.ErrHeld
		}
		return claim, err
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}},
	Want:  reports.Stuck,
}

// The server closes the connection; the pool dials another, which has no name,
// and the commit goes through on it, while somebody else has taken the chunk.
// wolph/portalocker#137 (two holders, no error), CERT-Polska/karton#169,
// redis/go-redis PR#178 (the name is that of some connection of the pool).
// WritesMySQL makes each read an event, so that something can happen between
// the claim and the commit.
//
// Repair: onOneConn, so that the commit dies with the name.
var nameLostOnReconnect = Defect{
	Name:    "name-lost-on-reconnect",
	Mistake: "The name is on a connection of a pool, and the commit goes over any connection.",
	Strategy: lock.Strategy{NamesOnly: true, Open: sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
		return takeNameOrLeave(ctx, env, env.Redis, chunk)
	})},
	Reads: true,
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.KillClient: 1}, WritesMySQL: true},
	Want:  reports.Duplicated,
}

// takeNameOrLeave takes a name and, if others have it, takes it off again.
func takeNameOrLeave(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
	claim, err := takeName(ctx, env, on, chunk)
	if err == nil && claim.others() {
		err = lock.ErrHeld
		if failed := claim.Release(ctx); failed != nil {
			err = failed
		}
	}
	return claim, err
}

// A connection says nothing while its worker reads rows, works or waits, and the
// server counts that as idle.
//
// Repair: no look at idle. A connection that ends is not in the list any more.
var idleTakenForDead = Defect{
	Name:    "idle-taken-for-dead",
	Mistake: "A holder whose connection has been silent for a second counts as dead, and so does one that works.",
	Strategy: noRetries(onOneConn(func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
		for {
			claim, err := takeName(ctx, env, on, chunk)
			if claim.bearer = lock.Bearers(withoutIdle(claim.list), nameOf(chunk)); err != nil || !claim.others() {
				return claim, err
			}
			if err := errors.Join(claim.Release(ctx), env.Sleep(ctx, time.Second)); err != nil {
				return nil, err
			}
		}
	})),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}},
	Want:  reports.Duplicated,
}

// withoutIdle is a CLIENT LIST without the connections that were silent for a second.
func withoutIdle(list string) string {
	lines := slices.DeleteFunc(slices.Collect(strings.Lines(list)), func(line string) bool { return !strings.Contains(line, " idle=0 ") })
	return strings.Join(lines, "")
}

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
