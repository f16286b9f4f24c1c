package loader_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"onceover/loader"
	"onceover/loader/lock"
)

func TestManyWorkersLoadEveryRowOnce(t *testing.T) {
	f := newFixture(t)
	f.rows(1234)
	configs := make([]loader.Config, 8)
	for i := range configs {
		configs[i] = f.config(i, defaultStrategy)
	}
	sum := f.together(configs...)
	f.wantEach(1234, 1)
	if sum.Rows != 1234 || sum.Chunks != 124 || sum.Left != 0 || sum.Failures != 0 {
		t.Errorf("the workers did %+v, want 1234 rows in 124 chunks and none left", sum)
	}
}

// Alone and undisturbed, the unsafe strategies are exact too.
func TestEveryStrategyLoadsEveryRowAlone(t *testing.T) {
	for _, s := range lock.All() {
		f := newFixture(t)
		f.rows(95)
		sum := f.together(f.config(0, s))
		f.wantEach(95, 1)
		if want := (loader.Summary{Chunks: 10, Rows: 95}); sum != want {
			t.Errorf("%s: %+v, want %+v", s.Name, sum, want)
		}
	}
}

func TestWithoutALockEveryWorkerLoadsEverything(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	f.together(f.config(0, lock.None), f.config(1, lock.None), f.config(2, lock.None))
	f.wantEach(95, 3)
}

func TestEmptyTableIsComplete(t *testing.T) {
	f := newFixture(t)
	f.rows(0)
	if sum := f.together(f.config(0, defaultStrategy), f.config(1, defaultStrategy)); sum != (loader.Summary{}) {
		t.Errorf("%+v", sum)
	}
	f.wantEach(0, 0)
}

// Chunks that hold no row are marked too, or the job would never end.
func TestGapsInTheKeys(t *testing.T) {
	f := newFixture(t)
	f.rows(50)
	f.exec("DELETE FROM t WHERE id BETWEEN 20 AND 40")
	sum := f.together(f.config(0, defaultStrategy))
	if counts := f.counts(); len(counts) != 29 || sum.Chunks != 5 || sum.Rows != 29 || sum.Left != 0 {
		t.Errorf("%+v, %d ids", sum, len(counts))
	}
}

func TestJobThatIsComplete(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	f.together(f.config(0, defaultStrategy))
	before := f.dump()
	again := f.config(1, defaultStrategy)
	var planned *loader.Plan
	again.Planned = func(p *loader.Plan) { planned = p }
	again.Hook = func(_ context.Context, step loader.Step, chunk int) { t.Errorf("%s %d", step, chunk) }
	if sum := f.together(again); sum != (loader.Summary{}) {
		t.Errorf("%+v", sum)
	}
	if planned == nil || planned.Chunks() != 10 {
		t.Errorf("plan %+v", planned)
	}
	f.wantUnchanged("a complete job", before)
}

func TestWorkerThatJoinsLate(t *testing.T) {
	f := newFixture(t)
	f.rows(300)
	early, late := f.config(0, defaultStrategy), f.config(1, defaultStrategy)
	var plans [2]string
	early.Planned = func(p *loader.Plan) { plans[0] = p.ID() }
	late.Planned = func(p *loader.Plan) { plans[1] = p.ID() }
	begun, joined := make(chan struct{}), make(chan struct{})
	var once sync.Once
	early.Hook = func(_ context.Context, step loader.Step, _ int) {
		if step == loader.Committed {
			once.Do(func() { close(begun); <-joined })
		}
	}
	var joining sync.Once
	late.Hook = func(_ context.Context, step loader.Step, _ int) {
		if step == loader.Committed {
			joining.Do(func() { close(joined) })
		}
	}
	var running sync.WaitGroup
	running.Go(func() {
		<-begun
		defer joining.Do(func() { close(joined) }) // if it failed
		if _, err := loader.Load(t.Context(), late); err != nil {
			t.Error(err)
		}
	})
	f.together(early)
	running.Wait()
	f.wantEach(300, 1)
	if plans[0] != plans[1] || plans[0] == "" {
		t.Errorf("plans %q", plans)
	}
}

func TestStepsOfAChunk(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	cfg := f.config(0, defaultStrategy)
	steps := map[int][]loader.Step{}
	var order []int
	cfg.Hook = func(_ context.Context, step loader.Step, chunk int) {
		steps[chunk] = append(steps[chunk], step)
		if len(order) == 0 || order[len(order)-1] != chunk {
			order = append(order, chunk)
		}
	}
	var progress []string
	cfg.Progress = func(chunk, rows int) { progress = append(progress, fmt.Sprint(chunk, rows)) }
	f.together(cfg)
	if len(order) != 3 {
		t.Errorf("the chunks come in the order %v, want each once", order)
	}
	for chunk := range 3 {
		if !slices.Equal(steps[chunk], loader.Steps()) {
			t.Errorf("chunk %d: steps %v", chunk, steps[chunk])
		}
		if !slices.Contains(progress, fmt.Sprint(chunk, 10)) {
			t.Errorf("progress %v", progress)
		}
	}
}

// A chunk that is skipped has no other step; one that was committed by
// somebody else in the meantime is read in vain.
func TestStepsOfAChunkThatIsLost(t *testing.T) {
	f := newFixture(t)
	f.rows(10)
	f.together(f.config(0, defaultStrategy))
	f.redis.Del(t.Context(), "{list}:chunks")
	cfg := f.config(1, defaultStrategy)
	var steps []loader.Step
	cfg.Hook = func(_ context.Context, step loader.Step, _ int) {
		steps = append(steps, step)
		if step == loader.Read {
			f.redis.SetBit(t.Context(), "{list}:chunks", 0, 1)
		}
	}
	sum := f.together(cfg)
	if want := (loader.Summary{Superseded: 1}); sum != want {
		t.Errorf("%+v, want %+v", sum, want)
	}
	want := slices.DeleteFunc(loader.Steps(), func(s loader.Step) bool { return s == loader.Committed })
	if !slices.Equal(steps, want) {
		t.Errorf("steps %v, want %v", steps, want)
	}
	f.wantEach(10, 1)
}

func TestStepsHaveNames(t *testing.T) {
	for i, s := range loader.Steps() {
		if got, err := loader.ParseStep(s.String()); err != nil || got != s || int(s) != i {
			t.Errorf("step %d is %s, which is parsed as %d, %v", i, s, got, err)
		}
	}
	if s, err := loader.ParseStep("resting"); err == nil {
		t.Errorf("resting is parsed as %s", s)
	}
}

// Wherever a worker is when its job is called off, it comes back at once.
func TestCancelledLoadReturns(t *testing.T) {
	for _, step := range loader.Steps() {
		f := newFixture(t)
		f.rows(30)
		ctx, cancel := context.WithCancel(t.Context())
		cfg := f.config(0, defaultStrategy)
		cfg.Hook = func(_ context.Context, at loader.Step, _ int) {
			if at == step {
				cancel()
			}
		}
		sum, err := loader.Load(ctx, cfg)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %+v, %v", step, sum, err)
		}
		cancel()
		wantNoWorker(t)
		if leases := f.redis.Keys(t.Context(), "*:lock:*").Val(); len(leases) > 0 && step > loader.Claiming {
			t.Errorf("%s: leases are left: %v", step, leases)
		}
		f.together(f.config(1, defaultStrategy))
		f.wantEach(30, 1)
	}
}

func TestCancelledStatementReturns(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	blocker, err := f.db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer blocker.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cfg := f.config(0, defaultStrategy)
	var once sync.Once
	var cancelled time.Time
	cfg.Hook = func(ctx context.Context, step loader.Step, _ int) {
		if step != loader.Reading {
			return
		}
		once.Do(func() {
			if _, err := blocker.ExecContext(ctx, "LOCK TABLES t WRITE"); err != nil {
				t.Error(err)
			}
			go func() {
				f.await("state = 'Waiting for table metadata lock'")
				cancelled = time.Now()
				cancel()
			}()
		})
	}
	if _, err := loader.Load(ctx, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("Load says %v", err)
	}
	if took := time.Since(cancelled); took > 5*time.Second {
		t.Errorf("it took %s to return", took)
	}
	wantNoWorker(t)
}

// await waits until one statement in the test's database is as told, and
// returns the number of its session.
func (f *fixture) await(condition string) (session int64) {
	for deadline := time.Now().Add(30 * time.Second); f.t.Context().Err() == nil; {
		err := f.db.QueryRowContext(f.t.Context(), "SELECT id FROM performance_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID() AND "+condition).Scan(&session)
		if err == nil {
			return session
		}
		if !errors.Is(err, sql.ErrNoRows) || time.Now().After(deadline) {
			f.t.Errorf("no statement of which %s: %v", condition, err)
			break
		}
	}
	return 0
}

func TestCancelledWaitReturns(t *testing.T) {
	f := newFixture(t)
	f.rows(10)
	f.redis.Set(t.Context(), "{list}:lock:0", "somebody", 0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cfg := f.config(0, defaultStrategy)
	cfg.Sleep = func(ctx context.Context, _ time.Duration) error {
		cancel()
		return wait(ctx, time.Hour)
	}
	if _, err := loader.Load(ctx, cfg); !errors.Is(err, context.Canceled) {
		t.Errorf("Load says %v", err)
	}
	wantNoWorker(t)
}

// wantNoWorker checks that no goroutine is left in the loader.
func wantNoWorker(t *testing.T) {
	t.Helper()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for goroutine := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(goroutine, "onceover/loader.") || strings.Contains(goroutine, "onceover/loader/lock.") {
			t.Errorf("a goroutine is left:\n%s", goroutine)
		}
	}
}
