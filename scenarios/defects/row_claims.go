package defects

import (
	"context"
	"fmt"

	"onceover/faults"
	"onceover/reports"
	"onceover/sim"
)

// Nobody takes back the flag of a worker that died before it pushed.
//
// Repair: the flag is set with the commit, and what divides the work is a lock that ends.
var claimFlagStays = Defect{
	Name:    "claim-flag-stays",
	Mistake: "A worker claims a chunk by a flag in MySQL, which says nothing of whether the chunk is done.",
	Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
		for chunk := range env.Chunks {
			claimed, err := affected(s.db.ExecContext(ctx, fmt.Sprintf("UPDATE chunks SET done = 1 WHERE chunk = %d AND done = 0", chunk)))
			if err != nil {
				return err
			}
			if claimed == 0 {
				continue
			}
			elements, err := s.chunk(ctx, env, chunk)
			if err != nil {
				return err
			}
			if err := s.commit(ctx, chunk, elements); err != nil {
				return err
			}
		}
		return nil
	}),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1}, Tables: chunksTable},
	Want:  reports.Lost,
}

// FOR UPDATE SKIP LOCKED locks until its transaction ends, and in autocommit that is at the
// end of the statement.
//
// Repair: a transaction around it, as in lockingRows.
var lockedInAutocommit = Defect{
	Name:    "locked-in-autocommit",
	Mistake: "A row is locked by a statement that stands in no transaction, and is free again when the work begins.",
	Program: undone(func(sim.Env) string { return nextRow + " FOR UPDATE SKIP LOCKED" }, lookPushAndMarkRow),
	Setup:   sim.Setup{Workers: 2, Chunks: 1, Rows: 1, Tables: chunksTable},
	Want:    reports.Duplicated,
}
