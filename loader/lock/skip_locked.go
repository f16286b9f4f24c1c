package lock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// SkipLocked is the usual queue in MySQL: a table of what is to be done, of which each worker
// locks a row that nobody else has. Its mark and its rows go to two servers.
var SkipLocked = Strategy{
	Name:    "skip-locked",
	Summary: "a row lock of MySQL (FOR UPDATE SKIP LOCKED), and the mark in MySQL beside it",

	How: "A table in MySQL has a row for each chunk, with a mark whether it is done. In one transaction a worker locks the first row that is not done and that nobody has locked, loads the chunk, pushes its rows to Redis, sets the mark, and commits. " +
		"If it dies, MySQL rolls back, and the row is free again.",
	Rests: "On the rows and the mark being written together, and they are not: the rows go to Redis first, the mark to MySQL after that, and no transaction covers both. " +
		"Between the two a worker may die, or MySQL be restarted or end the session: the rows are in the list, the mark is not set, and the next worker pushes the rows again. " +
		"The other way round, a Redis that forgets rows does not take the marks with it, and nobody loads them again. " +
		"The smallest change that makes it safe is a commit by a script that looks at a bit in Redis: that is skip-locked-lua.",
	Cost: "Four requests to MySQL for each chunk, a connection for each worker whose transaction stays open while the chunk is read, and a table in the source's database that stays when the job is done. " +
		"The search for a free row passes over all that are done, unless there is an index on the mark.",
	Use: "Where what a worker writes goes to the same MySQL, in the same transaction: then it is safe. Not to guard writes to another server.",

	InSource:     true,
	WritesSource: true,
	Prepare:      listChunks,
	Open: func(_ context.Context, env Env) (Session, error) {
		return skipLocked(env, 0, func(_ context.Context, row *lockedRow) (Claim, error) {
			return rowClaim{NewUnlocked(env, row.chunk), row}, nil
		})
	},
}

// rowClaim commits in Redis, and then in MySQL.
type rowClaim struct {
	Unlocked
	row *lockedRow
}

func (c rowClaim) Commit(ctx context.Context, elements [][]byte) (Outcome, error) {
	outcome, err := c.Unlocked.Commit(ctx, elements)
	if err != nil {
		return 0, err
	}
	return outcome, c.row.finish(ctx)
}

func (c rowClaim) Release(context.Context) error { return c.row.free() }

// ChunksTable is the name of the table in which the strategies that write to the source keep
// the chunks of a plan.
func ChunksTable(planID string) string { return fmt.Sprintf("onceover_chunks_%.40s", planID) }

// ChunksComment is the comment of that table. It names the list, so that whoever has deleted
// the list can find the table; what would need quotes is left out.
func ChunksComment(list string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '\'' || r == '\\' {
			return -1
		}
		return r
	}, list)
	return fmt.Sprintf("chunks of list %.200s", plain)
}

// chunksAtOnce is how many chunks one INSERT lists.
const chunksAtOnce = 1000

// listChunks makes the table of chunks, unless that is done. It writes only if some chunk is
// missing: an INSERT of a row that is there waits for whoever has locked it.
func listChunks(ctx context.Context, env Env) error {
	if env.DB == nil {
		return errNoDatabase
	}
	table := ChunksTable(env.PlanID)
	create := fmt.Sprintf("CREATE TABLE IF NOT EXISTS `%s` (chunk BIGINT PRIMARY KEY, done TINYINT NOT NULL) COMMENT '%s'", table, ChunksComment(env.Keys.List))
	if _, err := env.DB.ExecContext(ctx, create); err != nil {
		return fmt.Errorf("make the table of chunks: %w", err)
	}
	var listed int
	if err := env.DB.QueryRowContext(ctx, "SELECT COUNT(*) FROM `"+table+"`").Scan(&listed); err != nil || listed == env.Chunks {
		return err
	}
	for first := 0; first < env.Chunks; first += chunksAtOnce {
		var rows []string
		for chunk := first; chunk < min(first+chunksAtOnce, env.Chunks); chunk++ {
			rows = append(rows, fmt.Sprintf("(%d, 0)", chunk))
		}
		if _, err := env.DB.ExecContext(ctx, "INSERT IGNORE INTO `"+table+"` VALUES "+strings.Join(rows, ", ")); err != nil {
			return fmt.Errorf("list the chunks: %w", err)
		}
	}
	return nil
}

var errNoDatabase = errors.New("this strategy needs Env.DB for its table")

// skipLocked goes over the rows of the table of chunks. While others have locked all that are
// left, it waits: for the time that is given in all, or without an end.
func skipLocked(env Env, atMost time.Duration, claim func(context.Context, *lockedRow) (Claim, error)) (Session, error) {
	if env.DB == nil {
		return nil, errNoDatabase
	}
	return &skipping{env: env, table: ChunksTable(env.PlanID), atMost: atMost, claim: claim, wait: firstWait}, nil
}

type skipping struct {
	env    Env
	table  string
	atMost time.Duration // 0: no limit
	claim  func(context.Context, *lockedRow) (Claim, error)

	wait, waited time.Duration
}

func (s *skipping) Next(ctx context.Context) (Claim, error) {
	for {
		row, err := s.lock(ctx)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			if err := s.await(ctx); err != nil {
				return nil, err
			}
			continue
		case err != nil:
			return nil, fmt.Errorf("lock a chunk's row: %w", err)
		}
		s.wait = firstWait
		if s.env.Claiming != nil {
			s.env.Claiming(ctx, row.chunk)
		}
		claim, err := s.claim(ctx, row)
		if errors.Is(err, ErrCommitted) {
			continue
		}
		return claim, err
	}
}

// lock takes the first row that is neither done nor locked. sql.ErrNoRows says that there is
// none.
func (s *skipping) lock(ctx context.Context) (*lockedRow, error) {
	tx, err := s.env.DB.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	row := &lockedRow{tx: tx, table: s.table}
	err = tx.QueryRowContext(ctx, "SELECT chunk FROM `"+s.table+"` WHERE done = 0 ORDER BY chunk LIMIT 1 FOR UPDATE SKIP LOCKED").Scan(&row.chunk)
	if err == nil {
		return row, nil
	}
	if failed := row.free(); failed != nil {
		return nil, failed
	}
	return nil, err
}

// await waits for those who have locked the rows that are left. [ErrDone] says that none is
// left, or that it has waited for long enough.
func (s *skipping) await(ctx context.Context) error {
	var left int
	if err := s.env.DB.QueryRowContext(ctx, "SELECT COUNT(*) FROM `"+s.table+"` WHERE done = 0").Scan(&left); err != nil {
		return fmt.Errorf("count the chunks that are left: %w", err)
	}
	if left == 0 || s.atMost > 0 && s.waited >= s.atMost {
		return ErrDone
	}
	if err := s.env.Sleep(ctx, s.wait); err != nil {
		return err
	}
	s.waited += s.wait
	s.wait = min(2*s.wait, longestWait)
	return nil
}

func (s *skipping) Close() error { return nil }

// lockedRow is a chunk's row, and the transaction that has locked it.
type lockedRow struct {
	tx    *sql.Tx
	table string
	chunk int
}

// finish marks the chunk as done, and ends the transaction.
func (r *lockedRow) finish(ctx context.Context) error {
	if _, err := r.tx.ExecContext(ctx, fmt.Sprintf("UPDATE `%s` SET done = 1 WHERE chunk = %d", r.table, r.chunk)); err != nil {
		return fmt.Errorf("mark chunk %d as done: %w", r.chunk, err)
	}
	if err := r.tx.Commit(); err != nil {
		return fmt.Errorf("mark chunk %d as done: %w", r.chunk, err)
	}
	return nil
}

// free ends the transaction, unless it has ended.
func (r *lockedRow) free() error {
	if err := r.tx.Rollback(); !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}
