package lock

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/go-redsync/redsync/v4"
	redsyncredis "github.com/go-redsync/redsync/v4/redis"
	"github.com/go-redsync/redsync/v4/redis/goredis/v9"
)

// Redlock is a lease of which a quorum of independent Redises has to know, by the library
// that most users of it take. The bit is read under the lock.
var Redlock = Strategy{
	Name:    "redlock",
	Summary: "lease on a quorum of three Redises beside the one of the data (Redlock), and the bit is read under it",

	How: "A lease that no single server can lose. Each worker asks three Redises, which have nothing else to do, to make a key for the chunk with SET NX PX and a value of the worker's own; " +
		"who gets two of them within a part of the lease's time has the chunk, and who does not gives back what it got. " +
		"Under the lease it reads the chunk's bit, commits rows and bit in one transaction on the Redis of the data, and deletes its keys with a script that looks at the value.",
	Rests: "On time, like any lease. What three servers add is that one of them may die, or forget: the lease is still known to two. " +
		"They do not add what is missing where the rows are: a worker that stands still until its lease has run out commits all the same, since the transaction asks none of the three. " +
		"That two of them lose the key, by a restart without persistence, an eviction or a clock that jumps, has the same end. " +
		"The smallest change that makes it safe is a commit by a script that looks at the bit. Then the lease is a courtesy, and one server is enough for it: that is lease-lua.",
	Cost: "Three more servers to run; six requests more for each chunk, in two rounds, and six in vain for each chunk that somebody else has. After a death the chunk waits until the lease has run out.",
	Use:  "To save work where doing it twice does no harm, and where a lock has to outlive the death of a server. Not where twice is a mistake.",

	Clocked: true,
	Locks:   3,

	Open: func(_ context.Context, env Env) (Session, error) {
		if len(env.Locks) == 0 {
			return nil, errors.New("lock: redlock needs lock servers, and there are none")
		}
		var pools []redsyncredis.Pool
		for _, client := range env.Locks {
			pools = append(pools, goredis.NewPool(client))
		}
		quorum := redsync.New(pools...)
		return Sweep(env, UntilDone, func(ctx context.Context, chunk int) (Claim, error) {
			return lockUnmarked(ctx, env, quorum, chunk)
		}), nil
	},
}

// patience is the part of a lease's time in which its servers have to answer. The library's
// own, a twentieth, is made for leases of 8 s; of a short one, a busy machine needs more.
const patience = 0.2

// redlockClaim is a chunk on which a worker has, or had, the lock.
type redlockClaim struct {
	Unlocked
	mutex *redsync.Mutex
}

// lockUnmarked takes the lock on a chunk, and keeps it only if the chunk is not marked.
func lockUnmarked(ctx context.Context, env Env, quorum *redsync.Redsync, chunk int) (Claim, error) {
	mutex := quorum.NewMutex(env.Keys.Lock(chunk),
		redsync.WithExpiry(env.TTL),
		redsync.WithTimeoutFactor(patience),
		redsync.WithGenValueFunc(func() (string, error) { return env.Token, nil }),
	)
	if err := mutex.TryLockContext(ctx); err != nil {
		return nil, notLocked(chunk, err)
	}
	claim := redlockClaim{NewUnlocked(env, chunk), mutex}
	if err := Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
		_ = claim.Release(context.WithoutCancel(ctx)) // it runs out by itself
		return nil, err
	}
	return claim, nil
}

// notLocked tells a lock of which somebody else has a part, and one that took too long, from
// servers that are not there: to come back later helps with the first two.
func notLocked(chunk int, err error) error {
	if takenFrom(err) || errors.Is(err, redsync.ErrFailed) || slow(err) {
		return ErrHeld
	}
	return fmt.Errorf("lock chunk %d: %w", chunk, err)
}

// slow tells whether a server did not answer in time.
func slow(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// takenFrom tells whether some lock server has the lock of somebody else.
func takenFrom(err error) bool {
	var one *redsync.ErrNodeTaken
	var quorum *redsync.ErrTaken
	return errors.As(err, &one) || errors.As(err, &quorum)
}

// Release ignores a lock that ran out, and one that somebody else has by now, as users of
// leases do.
func (c redlockClaim) Release(ctx context.Context) error {
	released, err := c.mutex.UnlockContext(ctx)
	if released || errors.Is(err, redsync.ErrLockAlreadyExpired) || takenFrom(err) {
		return nil
	}
	return fmt.Errorf("release the lock on chunk %d: %w", c.chunk, err)
}
