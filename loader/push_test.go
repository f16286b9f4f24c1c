package loader_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/loader"
	"onceover/loader/lock"
)

// ids are those of the list, in the order in which rows are pushed to one end of it.
func (f *fixture) ids(right bool) (ids []int64) {
	f.t.Helper()
	elements, err := f.redis.LRange(f.t.Context(), "list", 0, -1).Result()
	if err != nil {
		f.t.Fatal(err)
	}
	if !right {
		slices.Reverse(elements)
	}
	for _, e := range elements {
		var row struct{ ID int64 }
		if err := json.Unmarshal([]byte(e), &row); err != nil {
			f.t.Fatalf("element %s: %v", e, err)
		}
		ids = append(ids, row.ID)
	}
	return ids
}

// Whichever end rows are pushed to, each is there once, and those of a chunk stand in
// the order of their keys, together unless the chunk is pushed in slices.
func TestRowsOfAChunkStandInTheOrderOfTheirKeys(t *testing.T) {
	f := newFixture(t)
	const rows = 60
	f.rows(rows)
	rapid.Check(t, func(rt *rapid.T) {
		f.flush()
		size := rapid.IntRange(1, rows).Draw(rt, "chunk size")
		right := rapid.Bool().Draw(rt, "right")
		strategy := defaultStrategy
		if rapid.Bool().Draw(rt, "unsafe") {
			strategy = lock.BitmapOnly
		}
		configs := make([]loader.Config, rapid.IntRange(1, 2).Draw(rt, "workers"))
		slice := rapid.SampledFrom([]int{1, 100, 1 << 20}).Draw(rt, "bytes of a slice")
		for i := range configs {
			configs[i] = f.config(i, strategy)
			configs[i].Job.ChunkSize, configs[i].Job.Right, configs[i].ChunkBytes = size, right, slice
		}
		if !strategy.Conditional {
			configs = configs[:1] // two of them may load a row twice
		}
		f.together(configs...)
		next := map[int64]int64{} // by chunk
		var last int64
		ids := f.ids(right)
		for _, id := range ids {
			chunk := (id - 1) / int64(size)
			if want := chunk*int64(size) + 1 + next[chunk]; id != want {
				rt.Fatalf("id %d, want %d of this chunk: %v", id, want, ids)
			}
			if slice > 100 && next[chunk] > 0 && id != last+1 {
				rt.Fatalf("id %d stands beside %d: %v", id, last, ids)
			}
			next[chunk]++
			last = id
		}
		if len(ids) != rows {
			rt.Fatalf("%d elements for %d rows", len(ids), rows)
		}
	})
}

// No command that a push to the right end needs, taken away when it may be, costs a row
// or leaves a part of a chunk.
func TestAPushToTheRightThatIsRefusedCostsNothing(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	job := loader.Job{List: "list", Right: true}
	rights := f.rightsOf(job)
	f.asUser(rights...)
	for _, command := range []string{"rpush", "setbit", "hset", "set", "del"} {
		for _, after := range []int{0, 3} {
			f.flush()
			f.acl(rights...)
			cfg := f.config(0, defaultStrategy)
			cfg.Job.Right = true
			chunks := 0
			take := func() { f.acl("-" + command) }
			cfg.Progress = func(int, int) {
				if chunks++; chunks == after {
					take()
				}
			}
			if after == 0 {
				take()
			}
			_, err := loader.Load(t.Context(), cfg)
			f.wantToldOrComplete(err, "+"+command)
			if len(f.ids(true))%10 > 5 { // 5 is what the last chunk has
				t.Errorf("without %s after %d chunks: a part of a chunk is in the list: %v", command, after, f.ids(true))
			}
			f.acl("+" + command)
			f.together(cfg)
			f.wantEach(95, 1)
		}
	}
}

// The right that is asked for is that of the end that is pushed to.
func TestTheRightToPushIsThatOfTheEnd(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	f.asUser(f.rights()...)
	cfg := f.config(0, defaultStrategy)
	cfg.Job.Right = true
	_, err := loader.Load(t.Context(), cfg)
	problem := wantProblem(t, err, loader.AccessDenied)
	if !strings.Contains(problem.Try, "+rpush") || strings.Contains(problem.Try, "+lpush") || len(f.dump()) > 0 {
		t.Errorf("%v, try %q; %v was written", problem, problem.Try, f.dump())
	}
	f.acl("+rpush", "-lpush")
	f.together(cfg)
	f.wantEach(20, 1)
}

// A job keeps to its end, also where it is taken up again. One that pushes to the left has
// the plan that jobs had before there was a choice.
func TestAJobPushesToOneEnd(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	for _, right := range []bool{false, true} {
		f.flush()
		cfg := f.config(0, defaultStrategy)
		cfg.Job.Right = right
		ctx, stop := context.WithCancelCause(t.Context())
		cfg.Progress = func(int, int) { stop(errEnough) }
		if _, err := loader.Load(ctx, cfg); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if body := f.redis.HGet(t.Context(), "{list}:plan", "body").Val(); strings.Contains(body, `"right"`) != right {
			t.Errorf("right %t: the plan is %s", right, body)
		}
		before := f.dump()
		other := f.config(1, defaultStrategy)
		other.Job.Right = !right
		_, err := loader.Load(t.Context(), other)
		if problem := wantProblem(t, err, loader.ForeignPlan); !strings.Contains(problem.What, "--push") {
			t.Errorf("it says %v", problem)
		}
		f.wantUnchanged("another end", before)
		again := f.config(2, defaultStrategy)
		again.Job.Right = right
		f.together(again)
		f.wantEach(95, 1)
	}
}
