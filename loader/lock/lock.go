// Package lock holds the strategies by which workers divide the chunks of a
// job among themselves: how a chunk is claimed, how its rows are committed to
// the Redis list, and how the claim is let go.
//
// A strategy promises what its documentation says and no more. Most of those
// in the catalogue are unsafe on purpose: they are written as their users write
// them, so that a harness can show what they lose. Only a [Strategy] whose
// commit is conditional on the chunk not being committed yet (Conditional) may
// be trusted with real data, whatever fails on the way.
//
// A strategy of one's own is a value of [Strategy] whose Open returns a
// [Session]; [Sweep] turns a function that tries one chunk into one, and
// [Unmarked], [PushAndMark] and [Unlocked] are the parts that most of them share.
// [Conditional] is the part of the safe ones:
//
//	var mine = lock.Strategy{
//		Name: "mine",
//		Open: func(ctx context.Context, env lock.Env) (lock.Session, error) {
//			return lock.Sweep(env, lock.UntilDone, func(ctx context.Context, chunk int) (lock.Claim, error) {
//				return tryToTake(ctx, env, chunk)
//			}), nil
//		},
//	}
package lock

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"
)

// Answers of a strategy that are not failures.
var (
	// ErrDone says that nothing is left for this worker to do.
	ErrDone = errors.New("lock: nothing left to claim")
	// ErrHeld says that somebody else has the chunk at present.
	ErrHeld = errors.New("lock: chunk is held by another worker")
	// ErrCommitted says that the chunk needs no work any more.
	ErrCommitted = errors.New("lock: chunk is committed")
	// ErrUncommitted says that a commit whose reply was lost has not taken
	// effect so far. The chunk has to be claimed again.
	ErrUncommitted = errors.New("lock: the commit did not take effect")
	// ErrPlanGone says that Redis no longer holds the plan under which the
	// commit was made, as after a crash without persistence.
	ErrPlanGone = errors.New("lock: Redis does not hold this job's plan")
)

// Strategy is one way to divide chunks among workers.
type Strategy struct {
	Name    string
	Summary string // one line, for listings

	// For a newcomer who has to choose. A harness shows what breaks the strategy.
	How   string // how it works
	Rests string // what its safety rests on, or why it cannot hold
	Cost  string // what one pays for it
	Use   string // for what it is fit

	// MaxRetries is what go-redis' option of that name is set to: 0 keeps the
	// client's default of three, -1 turns retries off.
	MaxRetries int

	// Conditional says that a commit takes effect only while the chunk is not
	// committed. A worker may then repeat anything after a failure; without
	// it, a failure ends the worker.
	Conditional bool

	// ListOnly says that a commit cannot push to a stream.
	ListOnly bool

	// NamesOnly says that of Redis' list of clients the strategy reads ids,
	// addresses and names alone, so that a simulation need not tell it the rest,
	// in which every command of anybody changes something.
	NamesOnly bool

	// InSource says that the strategy locks in the source's database, and needs Env.DB.
	InSource bool

	// WritesSource says that the strategy also writes there, which a load of real data must not.
	WritesSource bool

	// Clocked says that a claim ends by a clock of Redis: at the end of a lease, or when others
	// may take an entry over.
	Clocked bool

	// Locks is how many lock servers it takes: Redises that are independent of each other and
	// of the one of the data. A job may have another odd number of them, from three on. 0: it
	// locks elsewhere, or not at all.
	Locks int

	// Uses lists the commands that its workers send beside those of [Strategy.Needs], if there are any.
	Uses func(keys Keys) []Need

	// Prepare makes ready what the workers of a job share, if there is such a thing. Each of
	// them calls it before Open, in each of its lives, whatever the others have done of it
	// by then.
	Prepare func(ctx context.Context, env Env) error

	// Open makes ready what one worker needs.
	Open func(ctx context.Context, env Env) (Session, error)
}

// Env is what a strategy is given to work with.
type Env struct {
	Redis  *redis.Client
	Locks  []*redis.Client // the lock servers, for strategies that lock there
	DB     *sql.DB         // the source's database, for strategies that lock there
	Keys   Keys
	PlanID string
	Chunks int // the plan's chunks are numbered from 0 to Chunks-1

	Worker  int    // 0-based
	Workers int    // how many were started, for strategies that share by number
	Token   string // unique to this worker and to this life of it
	Seed    uint64 // of whatever the worker chooses at random

	TTL   time.Duration // of leases
	Sleep func(context.Context, time.Duration) error
	// Every calls f once a period, beside what the session is asked to do, until
	// ctx is done, f fails, or stop is called: it renews a lease. f runs in a
	// goroutine of its own, so what it shares with the session needs a mutex or an
	// atomic. stop waits until no call is under way; f must not call it. A session
	// has to stop what it began, by its Close at the latest.
	Every func(ctx context.Context, period time.Duration, f func(context.Context) error) (stop func())

	// Claiming, if set, is called before each attempt to claim a chunk.
	Claiming func(ctx context.Context, chunk int)
}

// Session is one worker's side of a strategy. It is used by one goroutine.
type Session interface {
	// Next claims the next chunk for this worker. [ErrDone] says that there is
	// none, and that none will come unless the server forgets what was marked.
	// Next may be called again after any error.
	Next(ctx context.Context) (Claim, error)
	// Close gives back what Open took.
	Close() error
}

// Claim is a chunk that this worker may load now, or believes that it may.
type Claim interface {
	Chunk() int
	// Commit pushes the elements on the list and marks the chunk. An error
	// leaves the outcome unknown unless it is [ErrUncommitted] or [ErrPlanGone].
	Commit(ctx context.Context, elements [][]byte) (Outcome, error)
	// Release lets go of the chunk, committed or not.
	Release(ctx context.Context) error
}

// Outcome is what became of a commit that was answered.
type Outcome int

const (
	// Committed: this worker's rows are in the list.
	Committed Outcome = iota + 1
	// Superseded: somebody else had committed the chunk, nothing was pushed.
	Superseded
)

func (o Outcome) String() string {
	switch o {
	case Committed:
		return "committed"
	case Superseded:
		return "superseded"
	}
	return "unknown"
}
