package loader_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"onceover/loader"
)

// A process that finds another at work waits for its plan, and cuts itself only when the
// other gives no sign of life.
func TestOneProcessCutsTheTable(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	const planning = "{list}:planning"
	for name, another := range map[string]func(){
		"that dies": func() { f.redis.Del(t.Context(), planning) }, // as if it had expired
		"that makes the plan": func() {
			f.together(f.config(0, defaultStrategy))
			f.redis.Del(t.Context(), planning)
		},
	} {
		f.redis.FlushAll(t.Context())
		f.must(f.redis.Set(t.Context(), planning, "another", time.Hour).Err())
		cfg := f.config(0, defaultStrategy)
		cfg.Workers, cfg.Planned = 2, func(*loader.Plan) {}
		var waited sync.Once
		cfg.Planning = func(p loader.Planning) {
			if p.Elsewhere {
				waited.Do(another)
			}
		}
		cfg.Sleep = func(context.Context, time.Duration) error { return nil }
		sum, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		if err != nil || sum.Left != 0 {
			t.Errorf("another %s: %+v, %v", name, sum, err)
		}
		f.wantEach(30, 1)
		if f.redis.Exists(t.Context(), planning).Val() > 0 {
			t.Errorf("another %s: the lease is left", name)
		}
	}
}

// The lease is never trusted: of two that cut, the first plan counts.
func TestALeaseOnPlanningThatIsLostCostsNothing(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (1000), (100000)")
	cfg := f.config(0, defaultStrategy)
	cfg.Workers, cfg.Planned = 1, func(*loader.Plan) {}
	var once sync.Once
	cfg.Planning = func(p loader.Planning) {
		once.Do(func() { // the keys are being read
			f.redis.Del(t.Context(), "{list}:planning")
			other := f.config(1, defaultStrategy)
			other.Job.ChunkSize = cfg.Job.ChunkSize
			f.together(other)
		})
	}
	sum, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
	if err != nil || sum.Chunks != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	if counts := f.counts(); len(counts) != 3 || counts[1] != 1 || counts[1000] != 1 || counts[100000] != 1 {
		t.Errorf("ids %v", counts)
	}
}
