package defects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/mysqlmodel"
)

// tableTrials divide the chunks by rows and locks of MySQL, or make mistakes in reading it.
var tableTrials = []Trial{
	{
		Name:  "get-lock-answer-ignored",
		About: "A GET_LOCK that came back without an error counts as the lock, though it answers 0 when another session has it.",
		Strategy: noRetries(onOneSession(func(ctx context.Context, env lock.Env, on querier, chunk int) (lock.Claim, error) {
			c := mysqlLocked{lock.NewUnlocked(env, chunk), on}
			if _, err := c.call(ctx, "SELECT GET_LOCK('chunk_%d', 0)"); err != nil {
				return nil, err
			}
			return c, lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
		})),
		Wants: []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "claim-row-outlives-its-worker",
		About: "A worker claims a chunk by inserting a row, and nobody removes the row of a worker that died.",
		Strategy: noRetries(sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (c lock.Unlocked, err error) {
			_, err = env.DB.ExecContext(ctx, fmt.Sprintf("INSERT INTO claims VALUES (%d, %d)", chunk, env.Worker))
			switch {
			case refusedBy(err, duplicateKey):
				return c, lock.ErrHeld
			case err != nil:
				return c, err
			}
			return lookOnly(ctx, env, chunk)
		})),
		Tables: claimsTable,
		Wants:  []reports.Verdict{reports.Stuck},
	},
	{
		Name:  "for-update-in-autocommit",
		About: "SELECT ... FOR UPDATE SKIP LOCKED stands in no transaction, so the row is free again before the work begins.",
		Program: undone(func(sim.Env) string { return nextRow + " FOR UPDATE SKIP LOCKED" },
			lookPushAndMarkRow),
		Tables: chunksTable,
		Wants:  []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "done-committed-before-push",
		About: "The row is locked and marked as done, the transaction commits, and the rows are pushed after that.",
		Program: transacting(func(ctx context.Context, env sim.Env, s servers, tx *sql.Tx) error {
			chunk, err := oneNumber(ctx, tx, nextRow+" FOR UPDATE SKIP LOCKED")
			if err != nil {
				return err
			}
			if err := markRow(ctx, tx, chunk); err != nil {
				return err
			}
			if err := tx.Commit(); err != nil {
				return err
			}
			elements, err := s.chunk(ctx, env, chunk)
			if err != nil {
				return err
			}
			return lookAndPush(ctx, s, chunk, elements)
		}),
		Tables: chunksTable,
		Wants:  []reports.Verdict{reports.Lost},
	},
	{
		Name:  "deadlock-shrugged-off",
		About: "A worker whose update was the victim of a deadlock logs that and pushes, though its transaction was rolled back.",
		Program: eachInTransaction(func(ctx context.Context, env sim.Env, s servers, tx *sql.Tx, chunk int) error {
			// Insert it if it is missing: the error leaves a shared lock on the row.
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO chunks VALUES (%d, 0)", chunk)); err != nil && !refusedBy(err, duplicateKey) {
				return err
			}
			n, err := affected(tx.ExecContext(ctx, fmt.Sprintf("UPDATE chunks SET done = 1 WHERE chunk = %d AND done = 0", chunk)))
			if err == nil && n == 0 {
				return nil
			}
			elements, err := s.chunk(ctx, env, chunk)
			if err != nil {
				return err
			}
			return lookAndPush(ctx, s, chunk, elements)
		}),
		Tables: chunksTable,
		Wants:  []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "plain-read-after-the-lock",
		About: "After waiting for the row lock the mark is read again by a plain SELECT, which shows the snapshot of before the wait.",
		Program: transacting(func(ctx context.Context, env sim.Env, s servers, tx *sql.Tx) error {
			chunk, err := oneNumber(ctx, tx, nextRow)
			if err != nil {
				return err
			}
			if _, err := oneNumber(ctx, tx, fmt.Sprintf("SELECT chunk FROM chunks WHERE chunk = %d FOR UPDATE", chunk)); err != nil {
				return err
			}
			done, err := oneNumber(ctx, tx, fmt.Sprintf("SELECT done FROM chunks WHERE chunk = %d", chunk))
			if err != nil || done == 1 {
				return err
			}
			elements, err := s.chunk(ctx, env, chunk)
			if err != nil {
				return err
			}
			if err := s.redis.LPush(ctx, s.keys.List, lock.Arguments(elements)...).Err(); err != nil {
				return err
			}
			if err := markRow(ctx, tx, chunk); err != nil {
				return err
			}
			return tx.Commit()
		}),
		Tables: chunksTable,
		Wants:  []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "offset-as-share",
		About: "Worker n takes the row at OFFSET n of those that are not done, and all rows move up when one of them is done.",
		Program: undone(func(env sim.Env) string { return fmt.Sprintf("%s OFFSET %d", nextRow, env.Worker) },
			lookPushAndMarkRow),
		Tables: chunksTable,
		Wants:  []reports.Verdict{reports.Duplicated, reports.Lost},
	},
	{
		Name:    "no-unlocked-row-is-the-end",
		About:   "A worker to which SKIP LOCKED shows no row goes home, and so nobody is left for the row of one that dies.",
		Program: lockingRows(commitOnce),
		Tables:  chunksTable,
		Wants:   []reports.Verdict{reports.Lost},
	},
	{
		Name:  "any-error-is-the-end",
		About: "The loop over the chunks ends with the first error, which is taken for the one that says that no row is left.",
		Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
			for oneLocked(ctx, env, s, commitOnce) == nil {
			}
			return nil
		}),
		Tables: chunksTable,
		Wants:  []reports.Verdict{reports.Lost},
	},
	{
		Name:  "version-checked-after-push",
		About: "A claim in MySQL can be taken over, and its holder notices that when it marks the chunk, after it has pushed the rows.",
		Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
			return s.eachTakenOver(ctx, env, lookAndPush)
		}),
		Tables: chunksTable,
		Wants:  []reports.Verdict{reports.Duplicated},
	},
	{
		Name:  "limit-without-a-loop",
		About: "A chunk is read with LIMIT 100, and nobody reads on where it has more rows.",
		Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
			for chunk := range env.Chunks {
				if err := s.load(ctx, chunk, "id > %d AND id <= %d ORDER BY id LIMIT 100", chunk*env.Rows, (chunk+1)*env.Rows); err != nil {
					return err
				}
			}
			return nil
		}),
		Wants: []reports.Verdict{reports.Lost},
	},
	{
		Name:  "get-lock-and-script",
		About: "GET_LOCK on a session of one's own saves work, and the commit is a script that looks at the bit.",
		Strategy: noRetries(onOneSession(func(ctx context.Context, env lock.Env, on querier, chunk int) (lock.Claim, error) {
			c, err := getLock(ctx, env, on, chunk)
			return guarded{c, env}, err
		})),
	},
	{
		Name:  "skip-locked-and-script",
		About: "SKIP LOCKED divides the chunks, a script that looks at the bit commits them, and nobody leaves while a row is not done.",
		Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
			for {
				err := oneLocked(ctx, env, s, commitOnce)
				if err == nil {
					continue
				}
				if !errors.Is(err, sql.ErrNoRows) {
					return err
				}
				if left, err := oneNumber(ctx, s.db, "SELECT COUNT(*) FROM chunks WHERE done = 0"); err != nil || left == 0 {
					return err
				}
				if err := env.Sleep(ctx, env.TTL); err != nil {
					return err
				}
			}
		}),
		Tables: chunksTable,
	},
}

// guarded is a claim whose commit takes effect only while the bit is not set.
type guarded struct {
	lock.Claim
	env lock.Env
}

func (c guarded) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	pushed, err := pushIf(ctx, c.env.Redis, c.env.Keys, uncommitted, c.Chunk(), elements, nil)
	if err == nil && !pushed {
		return lock.Superseded, nil
	}
	return committed(c.Chunk(), err)
}

// claimsTable has a row for each chunk that somebody has claimed: as yet none.
func claimsTable(int) []mysqlmodel.Table {
	return []mysqlmodel.Table{{
		Name:    "claims",
		Columns: []mysqlmodel.Column{{Name: "chunk", SQLType: "bigint", Key: "PRI"}, {Name: "owner", SQLType: "int"}},
	}}
}

// duplicateKey is the number of the error of an INSERT of a key that is there.
const duplicateKey = 1062

// refusedBy tells whether an error is MySQL's own of that number.
func refusedBy(err error, number uint16) bool {
	var refusal *mysql.MySQLError
	return errors.As(err, &refusal) && refusal.Number == number
}

// affected is how many rows a statement has changed.
func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// oneNumber reads a single number.
func oneNumber(ctx context.Context, on querier, query string) (n int, err error) {
	err = on.QueryRowContext(ctx, query).Scan(&n)
	return n, err
}

// nextRow selects a chunk that is not done.
const nextRow = "SELECT chunk FROM chunks WHERE done = 0 ORDER BY chunk LIMIT 1"

// execer is a pool or a transaction.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func markRow(ctx context.Context, on execer, chunk int) error {
	_, err := on.ExecContext(ctx, fmt.Sprintf("UPDATE chunks SET done = 1 WHERE chunk = %d", chunk))
	return err
}

// chunk reads the rows of a chunk.
func (s servers) chunk(ctx context.Context, env sim.Env, chunk int) ([][]byte, error) {
	return s.rows(ctx, "id > %d AND id <= %d", chunk*env.Rows, (chunk+1)*env.Rows)
}

// commitOnce pushes the rows of a chunk unless its bit is set, and sets it.
func commitOnce(ctx context.Context, s servers, chunk int, elements [][]byte) error {
	return s.commit(ctx, chunk, elements)
}

// lookAndPush does so in two steps, which is right while nobody else has the chunk.
func lookAndPush(ctx context.Context, s servers, chunk int, elements [][]byte) error {
	err := lock.Unmarked(ctx, s.redis, s.keys, chunk)
	switch {
	case errors.Is(err, lock.ErrCommitted):
		return nil
	case err != nil:
		return err
	}
	_, err = lock.PushAndMark(ctx, s.redis, s.keys, chunk, elements)
	return err
}

// lookPushAndMarkRow also marks the chunk's row, after that.
func lookPushAndMarkRow(ctx context.Context, s servers, chunk int, elements [][]byte) error {
	if err := lookAndPush(ctx, s, chunk, elements); err != nil {
		return err
	}
	return markRow(ctx, s.db, chunk)
}

// undone is a loader that is shown one chunk after the other by a query, until it
// is shown none.
func undone(query func(sim.Env) string, move pushing) sim.Program {
	return withServers(func(ctx context.Context, env sim.Env, s servers) error {
		for {
			chunk, err := oneNumber(ctx, s.db, query(env))
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
			elements, err := s.chunk(ctx, env, chunk)
			if err != nil {
				return err
			}
			if err := move(ctx, s, chunk, elements); err != nil {
				return err
			}
		}
	})
}

// transacting is a loader with a transaction for each chunk, which is rolled back if
// it was not committed. It ends when no row is found.
func transacting(one func(ctx context.Context, env sim.Env, s servers, tx *sql.Tx) error) sim.Program {
	return withServers(func(ctx context.Context, env sim.Env, s servers) error {
		for {
			err := s.transact(ctx, func(tx *sql.Tx) error { return one(ctx, env, s, tx) })
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
}

func (s servers) transact(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return do(tx)
}

// eachInTransaction is a loader that goes over the chunks, each in a transaction,
// which is committed unless it failed.
func eachInTransaction(one func(ctx context.Context, env sim.Env, s servers, tx *sql.Tx, chunk int) error) sim.Program {
	return withServers(func(ctx context.Context, env sim.Env, s servers) error {
		for chunk := range env.Chunks {
			err := s.transact(ctx, func(tx *sql.Tx) error {
				if err := one(ctx, env, s, tx, chunk); err != nil {
					return err
				}
				return tx.Commit()
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Owners of a chunk, in its column done, that are no workers.
const (
	nobody   = 0
	finished = -1
)
