package loader_test

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
)

var stream = loader.Job{List: "list", Stream: true}

// loadStream is one process that fills a stream.
func (f *fixture) loadStream(change func(*loader.Config)) (loader.Summary, error) {
	cfg := to(f.config(0, defaultStrategy), stream)
	cfg.Workers, cfg.Planned = 2, func(*loader.Plan) {}
	if change != nil {
		change(&cfg)
	}
	return loader.LoadTogether(f.t.Context(), cfg, loader.At(f.options))
}

// An entry has one field, with what an element of a list would be, and rows of a chunk stand
// in the order of their keys.
func TestAStreamHoldsARowInEachEntry(t *testing.T) {
	f := newFixture(t)
	f.rows(3)
	if _, err := f.loadStream(nil); err != nil {
		t.Fatal(err)
	}
	want := []string{`{"id":1,"payload":"row 1"}`, `{"id":2,"payload":"row 2"}`, `{"id":3,"payload":"row 3"}`}
	if got := f.entries(); !slices.Equal(got, want) {
		t.Errorf("the stream holds %q", got)
	}
}

// What consumers delete meanwhile, also all of it, is no difference: entries are counted
// that were added.
func TestConsumersMayDeleteEntriesMeanwhile(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	f.redis.XAdd(t.Context(), &redis.XAddArgs{Stream: "list", Values: []any{"an", "earlier one"}})
	sum, err := f.loadStream(func(c *loader.Config) {
		c.Progress = func(int, int) { f.redis.XTrimMaxLen(t.Context(), "list", 0) }
	})
	if err == nil {
		err = sum.Audit.Problem(false)
	}
	if err != nil || sum.Audit.Before != 1 || sum.Audit.Elements != 96 {
		t.Errorf("%+v, %v", sum.Audit, err)
	}
}

func TestEntriesOfOthersAreNoticed(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	var once atomic.Bool
	sum, err := f.loadStream(func(c *loader.Config) {
		c.Progress = func(int, int) {
			if once.CompareAndSwap(false, true) {
				f.redis.XAdd(t.Context(), &redis.XAddArgs{Stream: "list", Values: []any{"another", "one"}})
			}
		}
	})
	if err != nil || sum.Audit.Problem(true) != nil {
		t.Fatal(err, sum.Audit.Problem(true))
	}
	if problem := wantProblem(t, sum.Audit.Problem(false), loader.ListChanged); !strings.Contains(problem.What, "stream list") {
		t.Errorf("it says %v", problem)
	}
}

// A stream can run out of ids in the middle of a chunk. Then nothing of the chunk is there.
func TestAStreamThatRefusesALaterEntryHoldsNoneOfTheChunk(t *testing.T) {
	f := newFixture(t)
	f.rows(10)
	if err := f.redis.XAdd(t.Context(), &redis.XAddArgs{Stream: "list", ID: "18446744073709551615-18446744073709551610", Values: []any{"near", "the end"}}).Err(); err != nil {
		t.Fatal(err)
	}
	_, err := f.loadStream(nil)
	if err == nil || !strings.Contains(err.Error(), "exhausted") {
		t.Errorf("the load says %v", err)
	}
	if n := f.redis.XLen(t.Context(), "list").Val(); n != 1 {
		t.Errorf("the stream has %d entries", n)
	}
	if n := f.redis.BitCount(t.Context(), "{list}:chunks", nil).Val(); n != 0 {
		t.Errorf("%d chunks are marked", n)
	}
}

// Whatever a worker of a stream was doing when its connections were ended.
func TestConnectionsToAStreamKilledAtEveryStep(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	for _, step := range loader.Steps() {
		f.flush()
		var strikes atomic.Int64
		configs := make([]loader.Config, 3)
		for i := range configs {
			configs[i] = to(f.config(i, defaultStrategy), stream)
			configs[i].ChunkBytes = 100 * (i + 1)
			configs[i].Hook = func(ctx context.Context, at loader.Step, _ int) {
				if at == step && strikes.Add(1) <= 5 {
					f.redis.ClientKillByFilter(ctx, "TYPE", "normal", "SKIPME", "yes")
				}
			}
		}
		beginTogether(configs)
		f.together(configs...)
		f.wantEach(95, 1)
		if strikes.Load() == 0 {
			t.Errorf("%s was not reached", step)
		}
	}
}

// A reset deletes the stream with its groups of consumers, and says how many there are.
func TestAResetDeletesTheStreamAndItsGroups(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	if _, err := f.loadStream(nil); err != nil {
		t.Fatal(err)
	}
	f.redis.XGroupCreate(t.Context(), "list", "readers", "0")
	cfg := to(f.config(1, defaultStrategy), stream)
	life, err := cfg.Life(t.Context())
	if err != nil || life.Elements != 20 || life.Groups != 1 || life.Marked != 2 {
		t.Fatalf("%+v, %v", life, err)
	}
	if err := cfg.Reset(t.Context(), life); err != nil {
		t.Fatal(err)
	}
	f.together(cfg)
	f.wantEach(20, 1)
}

// What of a stream is refused before the first write.
func TestWhatAStreamIsRefused(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	f.asUser(f.rightsOf(stream)...)
	for _, c := range []struct {
		prepare func()
		change  func(*loader.Config)
		want    loader.Problem
		says    string
	}{
		{change: func(c *loader.Config) { c.Job.Right = true }, want: loader.BadJob, says: "--push"},
		{change: func(c *loader.Config) { c.Strategy = lock.Fencing }, want: loader.BadJob, says: "strategy fencing"},
		{prepare: func() { f.redis.LPush(t.Context(), "list", "x") }, want: loader.WrongListType, says: "a stream is needed"},
		{prepare: func() { f.acl("-xinfo|stream") }, want: loader.AccessDenied, says: "user"},
		{prepare: func() { f.acl("-xadd") }, want: loader.AccessDenied, says: "XADD"},
		{prepare: func() { f.acl("-xdel") }, want: loader.AccessDenied, says: "XDEL"},
	} {
		f.flush()
		f.acl(f.rightsOf(stream)...)
		if c.prepare != nil {
			c.prepare()
		}
		before := f.dump()
		_, err := f.loadStream(c.change)
		if problem := wantProblem(t, err, c.want); !strings.Contains(problem.What, c.says) {
			t.Errorf("it says %v", problem)
		}
		f.wantUnchanged(c.says, before)
	}
	_, err := loader.Verify(t.Context(), to(f.config(0, defaultStrategy), stream), loader.Comparison{})
	wantProblem(t, err, loader.BadJob)
}
