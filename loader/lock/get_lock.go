package lock

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// GetLock uses the named locks of MySQL, on a session of its own, as their users should.
// The commit goes to another server, which does not ask whether the session is still there.
var GetLock = Strategy{
	Name:    "get-lock",
	Summary: "a named lock of MySQL (GET_LOCK) on a session of its own",

	How: "The lock is a name in MySQL: GET_LOCK gives it to one session at a time. The worker keeps one session to itself for that. Under the lock it reads the chunk's bit, and loads the chunk if it is not set; " +
		"then it releases the lock. A dead worker's session ends, and its locks with it.",
	Rests: "On the session living until the commit, and nobody looks whether it does: MySQL frees the lock when the session ends, whoever ended it, and the commit goes to Redis, which knows nothing of MySQL's locks. " +
		"When MySQL is restarted, or kills the session, two workers have the chunk. " +
		"The smallest change that makes it safe is a commit by a script that looks at the bit.",
	Cost: "Two requests to MySQL for each chunk, and a connection of its own for each worker. It must be a connection, not the pool: the locks are re-entrant for a session, so that two workers which share one both get the lock.",
	Use:  "Where the results go to the same MySQL, over the same session. Not to guard writes to another server.",

	InSource: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		if env.DB == nil {
			return nil, errors.New("get-lock needs Env.DB for its locks")
		}
		s := &locking{env: env}
		s.Session = Sweep(env, UntilDone, s.try)
		return s, nil
	},
}

// locking is a session with the connection that takes the locks.
type locking struct {
	Session
	env  Env
	conn *sql.Conn // nil: there was none yet
}

// name begins with what is the job's own: MySQL's names are the whole server's, and
// have 64 characters at the most.
func (s *locking) name(chunk int) string {
	return fmt.Sprintf("%.40s:%d", s.env.PlanID, chunk)
}

func (s *locking) try(ctx context.Context, chunk int) (claim Claim, err error) {
	if s.conn == nil {
		if s.conn, err = s.env.DB.Conn(ctx); err != nil {
			return nil, fmt.Errorf("open the session of the locks: %w", err)
		}
	}
	got, err := s.ask(ctx, "SELECT GET_LOCK('%s', 0)", chunk)
	switch {
	case err != nil:
		return nil, err
	case !got:
		return nil, ErrHeld
	}
	if err := Unmarked(ctx, s.env.Redis, s.env.Keys, chunk); err != nil {
		return nil, errors.Join(err, s.release(ctx, chunk))
	}
	return sessionClaim{NewUnlocked(s.env, chunk), s}, nil
}

// ask is a question that MySQL answers with 1, 0 or NULL.
func (s *locking) ask(ctx context.Context, query string, chunk int) (bool, error) {
	query = fmt.Sprintf(query, s.name(chunk))
	var answer sql.NullInt64
	if err := s.conn.QueryRowContext(ctx, query).Scan(&answer); err != nil {
		return false, fmt.Errorf("%s: %w", query, err)
	}
	return answer.Int64 == 1, nil
}

func (s *locking) release(ctx context.Context, chunk int) error {
	_, err := s.ask(ctx, "SELECT RELEASE_LOCK('%s')", chunk)
	return err
}

func (s *locking) Close() error {
	if s.conn == nil {
		return s.Session.Close()
	}
	return errors.Join(s.Session.Close(), s.conn.Close())
}

type sessionClaim struct {
	Unlocked
	session *locking
}

// Release does not ask whether the lock was still held.
func (c sessionClaim) Release(ctx context.Context) error { return c.session.release(ctx, c.chunk) }
