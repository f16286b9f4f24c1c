package lock

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// LeaseLua is safe whatever fails. The lease only saves reads and is never
// trusted; what makes the load exactly-once is one script that commits the
// chunk if, and only if, its bit is not set. The script records the owner, so
// that after a lost reply the worker can ask whose commit it was; it never
// sends the rows again blindly.
//
// Its limit is the server's memory of what it acknowledged: a Redis that
// forgets the rows forgets the bits with them, and the chunks are loaded
// again, but what a consumer had popped by then it will see twice. One that
// loses some of the job's keys and keeps others, as by eviction, is refused
// where it shows: bits without a plan, an owner without a bit, or the slices of a chunk
// without its owner. A list that is gone alone does not show there: consumers empty it too.
var LeaseLua = Strategy{
	Name:    "lease-lua",
	Summary: "untrusted lease, and a commit conditional on the chunk's bit (the default)",

	How: "Two scripts, each of which Redis carries out as a whole. The first leases a chunk whose bit is not set. The second commits: if the bit is set it pushes nothing; " +
		"otherwise it sets the bit, notes whose commit it was, and pushes the rows. Each worker goes over the chunks in an order of its own, until every bit is set. " +
		"If a reply is lost, the worker asks whose commit it was before it does anything else.",
	Rests: "On the commit alone: it reads the bit and sets it in one step, and nothing can come between. It makes no difference who believes that it has the lease, how late a commit arrives, or how often it is sent: the first takes effect, and no other. " +
		"What is left is the server's memory. Rows and bits are written together and forgotten together, and what was forgotten is loaded again; but rows that a consumer had taken by then it will see twice.",
	Cost: "Two requests a chunk, a field in a hash for each chunk, and a server that may run scripts. While the rows of one commit are pushed, the server does nothing else, as in any transaction. After a death the chunk waits until the lease has run out.",
	Use:  "For loads by many workers in which no row may be missing or come twice. The Redis should write to disk (appendonly yes) and must not evict keys (maxmemory-policy noeviction).",

	Clocked:     true,
	MaxRetries:  -1,
	Conditional: true,
	Open: func(_ context.Context, env Env) (Session, error) {
		return Sweep(env, Shuffled, func(ctx context.Context, chunk int) (Claim, error) {
			return leaseLuaTry(ctx, env, chunk)
		}), nil
	},
}

var (
	//go:embed lease.lua
	leaseLua string

	leaseScript = redis.NewScript(leaseLua)
)

func leaseLuaTry(ctx context.Context, env Env, chunk int) (Claim, error) {
	answer, err := leaseScript.Run(ctx, env.Redis,
		[]string{env.Keys.Chunks, env.Keys.Lock(chunk)},
		chunk, env.Token, max(env.TTL/time.Millisecond, 1)).Text()
	if err != nil {
		return nil, fmt.Errorf("lease chunk %d: %w", chunk, err)
	}
	switch answer {
	case "leased":
		return leaseLuaClaim{NewConditional(env, chunk, CommitScript)}, nil
	case "held":
		return nil, ErrHeld
	case "committed":
		return nil, ErrCommitted
	}
	return nil, fmt.Errorf("lease chunk %d: unknown answer %q", chunk, answer)
}

// leaseLuaClaim has a lease, which an answered commit has ended.
type leaseLuaClaim struct{ *Conditional }

func (c leaseLuaClaim) Release(ctx context.Context) error {
	if c.Answered() {
		return nil
	}
	lease := Lease{Key: c.Env.Keys.Lock(c.chunk), Token: c.Env.Token}
	if err := lease.Release(ctx, c.Env.Redis); err != nil {
		return fmt.Errorf("release the lease on chunk %d: %w", c.chunk, err)
	}
	return nil
}
