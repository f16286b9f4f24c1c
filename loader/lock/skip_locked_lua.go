package lock

import (
	"context"
	"errors"
)

// SkipLockedLua is [SkipLocked] with the commit of [Lua]. The row lock and the mark in MySQL
// then only save work.
var SkipLockedLua = Strategy{
	Name:    "skip-locked-lua",
	Summary: "a row lock of MySQL to divide the work, and a commit conditional on the chunk's bit",

	How: "A worker locks a row of a table in MySQL, as in skip-locked. The commit is one script in Redis: if the chunk's bit is set it pushes nothing; otherwise it sets the bit, notes whose commit it was, and pushes the rows. " +
		"The mark in MySQL is set after that, and only says where nobody needs to look again. When no free row is left, each worker waits for the others as long as a lease would last, and then goes over the chunks whose bit is not set.",
	Rests: "On the commit alone, as in lua. Whether MySQL still has the row lock makes no difference, nor does whether the mark was set: a chunk that is taken a second time finds its bit set, and one whose bit Redis forgot is loaded again, whatever MySQL says. " +
		"The server's memory remains: if Redis forgets rows that a consumer had taken, the consumer sees them twice.",
	Cost: "What skip-locked costs, and the script. Chunks that a slow worker has at the end are read in vain by the others.",
	Use:  "Where such a table is there already, and its dead chunks should be free at once. Otherwise lease-lua does the same without writing to MySQL.",

	MaxRetries:   -1,
	Conditional:  true,
	InSource:     true,
	WritesSource: true,
	Prepare:      listChunks,
	Open: func(_ context.Context, env Env) (Session, error) {
		rows, err := skipLocked(env, env.TTL, func(ctx context.Context, row *lockedRow) (Claim, error) {
			return claimUnmarked(ctx, env, row)
		})
		if err != nil {
			return nil, err
		}
		return InTurn(rows, Sweep(env, Shuffled, func(ctx context.Context, chunk int) (Claim, error) {
			return unlessMarked(ctx, env, chunk)
		})), nil
	},
}

// claimUnmarked takes a chunk whose row is locked. If its bit is set, the worker that set it
// did not come to mark the row.
func claimUnmarked(ctx context.Context, env Env, row *lockedRow) (Claim, error) {
	err := Unmarked(ctx, env.Redis, env.Keys, row.chunk)
	switch {
	case err == nil:
		return rowLuaClaim{NewConditional(env, row.chunk, CommitScript), row}, nil
	case !errors.Is(err, ErrCommitted):
		return nil, errors.Join(err, row.free())
	}
	if failed := row.finish(ctx); failed != nil {
		return nil, errors.Join(failed, row.free())
	}
	return nil, err
}

// rowLuaClaim has a row locked, which it marks if the commit was answered.
type rowLuaClaim struct {
	*Conditional
	row *lockedRow
}

func (c rowLuaClaim) Release(ctx context.Context) error {
	if !c.Answered() {
		return c.row.free()
	}
	if err := c.row.finish(ctx); err != nil {
		return errors.Join(err, c.row.free())
	}
	return nil
}
