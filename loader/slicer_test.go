package loader_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"onceover/loader"
)

// A chunk that is larger than a commit may be is pushed in slices, by workers that cut
// finer or coarser, and by one that takes up what another left.
func TestLargeChunksArePushedInSlices(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (k VARCHAR(20), number INT, filler TEXT, PRIMARY KEY (k, number))")
	rapid.Check(t, func(t *rapid.T) {
		f.redis.FlushAll(t.Context())
		f.exec("DELETE FROM t")
		var rows []string
		for i := range rapid.IntRange(1, 40).Draw(t, "rows") {
			length := rapid.SampledFrom([]int{0, 1, 50, 300, 5000}).Draw(t, "length")
			rows = append(rows, fmt.Sprintf("('%c', %d, REPEAT('x', %d))", 'a'+i%3, i+1, length))
		}
		f.exec("INSERT INTO t VALUES " + strings.Join(rows, ", "))
		var configs []loader.Config
		for i := range 3 {
			cfg := f.config(i, defaultStrategy)
			cfg.Job.ChunkSize = 15
			cfg.ChunkBytes = rapid.SampledFrom([]int{1, 100, 400, 10_000, 1_000_000}).Draw(t, "bytes")
			configs = append(configs, cfg)
		}
		// The first one dies after a slice.
		ctx, die := context.WithCancel(t.Context())
		configs[0].Progress = func(int, int) { die() }
		if _, err := loader.Load(ctx, configs[0]); err != nil && ctx.Err() == nil {
			t.Fatal(err)
		}
		f.redis.Del(t.Context(), "{list}:lock:0", "{list}:lock:1", "{list}:lock:2") // as if they had expired
		f.together(configs[1:]...)
		if wrong := f.wrongNumbers(len(rows)); wrong != "" {
			t.Fatal(wrong)
		}
	})
}

// A worker died after a slice, and then Redis lost the owners alone, where the place stood.
func TestSlicesWhosePlaceIsGoneAreNotPushedAgain(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	first := f.config(0, defaultStrategy)
	first.Job.ChunkSize, first.ChunkBytes = 30, 100
	ctx, die := context.WithCancel(t.Context())
	first.Progress = func(int, int) { die() }
	if _, err := loader.Load(ctx, first); ctx.Err() == nil {
		t.Fatal(err)
	}
	if n := f.redis.Del(t.Context(), "{list}:owners").Val(); n != 1 {
		t.Fatalf("%d keys were lost", n)
	}
	f.redis.Del(t.Context(), "{list}:lock:0") // as if it had expired
	before := len(f.held())
	for _, bytes := range []int{100, 1 << 20} {
		next := f.config(1, defaultStrategy)
		next.Job.ChunkSize, next.ChunkBytes = 30, bytes
		_, err := loader.Load(t.Context(), next)
		wantProblem(t, err, loader.ForeignPlan)
		if n := len(f.held()); n != before || n == 0 {
			t.Errorf("%d elements became %d", before, n)
		}
	}
}

// What a worker holds of a chunk, and what one commit pushes, are bounded.
func TestNoCommitIsLargerThanItMayBe(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (number INT PRIMARY KEY, filler TEXT)", "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) SELECT i, REPEAT('x', 1000) FROM n",
		"UPDATE t SET filler = REPEAT('x', 20000) WHERE number = 50")
	cfg := f.config(0, defaultStrategy)
	cfg.Job.ChunkSize, cfg.ChunkBytes = 100, 10_500
	var pushed []int
	cfg.Progress = func(_, rows int) { pushed = append(pushed, rows) }
	f.together(cfg)
	f.wantNumbers("in slices", 100)
	sum := 0
	for _, n := range pushed {
		sum += n
		if n > 10 {
			t.Errorf("a commit pushed %d rows of 1000 bytes", n)
		}
	}
	if sum != 100 || len(pushed) < 10 {
		t.Errorf("commits of %v rows", pushed)
	}
}

// A slice is pushed while its chunk is read: what fails then is the push, not the reading.
func TestATroubleAboutASliceSaysThatACommitFailed(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	cfg := f.config(0, defaultStrategy)
	cfg.ChunkBytes = 100
	var once sync.Once
	cfg.Hook = func(ctx context.Context, step loader.Step, _ int) {
		if step == loader.Committing {
			once.Do(func() { f.set("maxmemory", "1") })
		}
	}
	said := ""
	cfg.Trouble = func(err error, _ time.Duration) {
		said = err.Error()
		f.must(f.redis.ConfigSet(t.Context(), "maxmemory", "0").Err())
	}
	f.together(cfg)
	if strings.Contains(said, "read the rows") || !strings.Contains(said, "commit chunk") {
		t.Errorf("it says %q", said)
	}
	f.wantEach(30, 1)
}
