package defects

import (
	"context"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

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
	Strategy: noRetries(onOneConn(func(ctx context.Context, env lock.Env, on lock.Transactor, chunk int) (lock.Claim, error) {
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
	Strategy: lock.Strategy{Open: sweep(lock.UntilDone, func(ctx context.Context, env lock.Env, chunk int) (lock.Claim, error) {
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
