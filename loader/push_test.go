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

// ids are those of the target, in the order in which rows are pushed to it.
func (f *fixture) ids(of loader.Job) (ids []int64) {
	f.t.Helper()
	elements := f.held()
	if !of.Right && !of.Stream {
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

// targets are the ways in which rows are pushed.
var targets = []loader.Job{{List: "list"}, {List: "list", Right: true}, {List: "list", Stream: true}}

// to makes a configuration push in one of these ways.
func to(cfg loader.Config, target loader.Job) loader.Config {
	cfg.Job.Right, cfg.Job.Stream = target.Right, target.Stream
	return cfg
}

// Whichever end rows are pushed to, and to a stream, each is there once, and those of a chunk stand in
// the order of their keys, together unless the chunk is pushed in slices.
func TestRowsOfAChunkStandInTheOrderOfTheirKeys(t *testing.T) {
	f := newFixture(t)
	const rows = 60
	f.rows(rows)
	rapid.Check(t, func(rt *rapid.T) {
		f.flush()
		size := rapid.IntRange(1, rows).Draw(rt, "chunk size")
		target := rapid.SampledFrom(targets).Draw(rt, "target")
		strategy := defaultStrategy
		if rapid.Bool().Draw(rt, "unsafe") {
			strategy = lock.BitmapOnly
		}
		configs := make([]loader.Config, rapid.IntRange(1, 2).Draw(rt, "workers"))
		slice := rapid.SampledFrom([]int{1, 100, 1 << 20}).Draw(rt, "bytes of a slice")
		for i := range configs {
			configs[i] = to(f.config(i, strategy), target)
			configs[i].Job.ChunkSize, configs[i].ChunkBytes = size, slice
		}
		if !strategy.Conditional {
			configs = configs[:1] // two of them may load a row twice
		}
		f.together(configs...)
		next := map[int64]int64{} // by chunk
		var last int64
		ids := f.ids(target)
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

// No command that a push needs, taken away when it may be, costs a row or leaves a part of
// a chunk.
func TestAPushThatIsRefusedCostsNothing(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	for _, target := range targets[1:] {
		rights := f.rightsOf(target)
		f.asUser(rights...)
		for _, command := range commandsOf(loader.RedisRights(target, defaultStrategy)) {
			for _, after := range []int{0, 3} {
				f.flush()
				f.acl(rights...)
				cfg := to(f.config(0, defaultStrategy), target)
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
				if len(f.ids(target))%10 > 5 { // 5 is what the last chunk has
					t.Errorf("without %s after %d chunks: a part of a chunk is in the target: %v", command, after, f.ids(target))
				}
				f.acl("+" + command)
				f.together(cfg)
				f.wantEach(95, 1)
				if t.Failed() {
					t.Fatalf("without %s after %d chunks: the load said %v", command, after, err)
				}
			}
		}
	}
}

// The rights that are asked for are those of the target.
func TestTheRightToPushIsThatOfTheTarget(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	for i, want := range map[int]string{1: "rpush", 2: "xadd"} {
		f.flush()
		f.asUser(f.rights()...)
		f.acl("+xinfo")
		cfg := to(f.config(0, defaultStrategy), targets[i])
		_, err := loader.Load(t.Context(), cfg)
		problem := wantProblem(t, err, loader.AccessDenied)
		if !strings.Contains(problem.Try, "+"+want) || strings.Contains(problem.Try, "+lpush") || len(f.dump()) > 0 {
			t.Errorf("%v, try %q; %v was written", problem, problem.Try, f.dump())
		}
		f.asUser(f.rightsOf(targets[i])...)
		f.together(cfg)
		f.wantEach(20, 1)
	}
}

// A job keeps to its target, also where it is taken up again. One that pushes to the left
// has the plan that jobs had before there was a choice.
func TestAJobHasOneTarget(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	for i, target := range targets {
		f.flush()
		cfg := to(f.config(0, defaultStrategy), target)
		ctx, stop := context.WithCancelCause(t.Context())
		cfg.Progress = func(int, int) { stop(errEnough) }
		if _, err := loader.Load(ctx, cfg); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		body := f.redis.HGet(t.Context(), "{list}:plan", "body").Val()
		if strings.Contains(body, `"right"`) != target.Right || strings.Contains(body, `"stream"`) != target.Stream {
			t.Errorf("%+v: the plan is %s", target, body)
		}
		before := f.dump()
		for j, other := range targets {
			if i == j {
				continue
			}
			_, err := loader.Load(t.Context(), to(f.config(1, defaultStrategy), other))
			if target.Stream != other.Stream {
				wantProblem(t, err, loader.WrongListType)
			} else if problem := wantProblem(t, err, loader.ForeignPlan); !strings.Contains(problem.What, "--push") {
				t.Errorf("it says %v", problem)
			}
			f.wantUnchanged("another target", before)
		}
		f.together(to(f.config(2, defaultStrategy), target))
		f.wantEach(95, 1)
	}
}
