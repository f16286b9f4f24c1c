package search

import (
	"context"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// toStream is a program that pushes to a stream.
func toStream(s lock.Strategy) sim.Program {
	return func(ctx context.Context, env sim.Env) error {
		env.Job.Stream = true
		return sim.Bare(s)(ctx, env)
	}
}

func TestAStreamGetsEachRowOnceWhateverFails(t *testing.T) {
	for _, budget := range []faults.Budget{
		{}, {faults.Crash: 1, faults.LoseReply: 1}, {faults.Pause: 1}, {faults.Deny: 1}, {faults.RedisKill: 1},
	} {
		r := explore(t, scene(t, lock.LeaseLua, toStream(lock.LeaseLua), 2, 1, budget), Options{Random: -1, POS: -1, PCT: -1})
		if !r.Complete || len(r.Found) > 0 {
			t.Errorf("%v: %s; found %v", budget, r.Summary(), r.Found)
		}
	}
}

// The search sees a stream: what is unsafe with a list is unsafe with it.
func TestARowThatIsTwiceInAStreamIsSeen(t *testing.T) {
	r := explore(t, scene(t, lock.BitmapOnly, toStream(lock.BitmapOnly), 2, 1, nil), Options{Want: []reports.Verdict{reports.Duplicated}})
	if _, ok := r.Of(reports.Duplicated); !ok {
		t.Errorf("%s", r.Summary())
	}
}
