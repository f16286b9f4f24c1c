package search

import (
	"context"
	"errors"
	"testing"

	"onceover/faults"
	"onceover/loader"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// sliced is a chunk of three rows between two workers: one pushes each row apart, the
// other all of them or each apart too.
func sliced(t *testing.T, s lock.Strategy, both bool, budget faults.Budget) *sim.Scene {
	t.Helper()
	scene, err := sim.Prepare(sim.Setup{
		Name: s.Name + " in slices", Workers: 2, Chunks: 1, Rows: 3, Budget: budget,
		Program: sim.Loader(s, func(c *loader.Config) {
			if both || c.Worker == 0 {
				c.ChunkBytes = 1
			}
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return scene
}

func TestSlicesOfAChunkArePushedOnceWhateverFails(t *testing.T) {
	for _, budget := range []faults.Budget{
		{}, {faults.Crash: 1, faults.LoseReply: 1}, {faults.Pause: 1}, {faults.Deny: 1}, {faults.RedisKill: 1}, {faults.MySQLShort: 1}, {faults.Kill: 1, faults.LateRequest: 1},
	} {
		for _, both := range []bool{false, true} {
			r := explore(t, sliced(t, lock.LeaseLua, both, budget), Options{Random: -1, POS: -1, PCT: -1})
			if !r.Complete || len(r.Found) > 0 {
				t.Errorf("%v, both in slices %t: %s; found %v", budget, both, r.Summary(), r.Found)
			}
		}
	}
}

// pushedAnyway is a claim that pushes its rows where the chunk goes on, without reading
// anew.
type pushedAnyway struct{ *lock.Conditional }

func (c pushedAnyway) Commit(ctx context.Context, elements [][]byte) (lock.Outcome, error) {
	return c.Push(ctx, lock.Slice{}, elements)
}

func (c pushedAnyway) Push(ctx context.Context, slice lock.Slice, elements [][]byte) (lock.Outcome, error) {
	outcome, err := c.Conditional.Push(ctx, slice, elements)
	var sliced lock.Sliced
	if errors.As(err, &sliced) {
		slice.From = sliced.At
		return c.Conditional.Push(ctx, slice, elements)
	}
	return outcome, err
}

func TestSlicesThatDoNotGoOnWhereTheChunkIsAreCaught(t *testing.T) {
	defect := lock.Strategy{Name: "pushed-anyway", MaxRetries: -1, Conditional: true, Open: func(_ context.Context, env lock.Env) (lock.Session, error) {
		return lock.Sweep(env, lock.Shuffled, func(ctx context.Context, chunk int) (lock.Claim, error) {
			return pushedAnyway{lock.NewConditional(env, chunk, lock.CommitScript)}, lock.Unmarked(ctx, env.Redis, env.Keys, chunk)
		}), nil
	}}
	r := explore(t, sliced(t, defect, false, faults.Budget{}), Options{Want: []reports.Verdict{reports.Duplicated}})
	if _, ok := r.Of(reports.Duplicated); !ok {
		t.Errorf("%s", r.Summary())
	}
}
