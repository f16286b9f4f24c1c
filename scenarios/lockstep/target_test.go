package lockstep_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/reports"
	"onceover/scenarios/lockstep"
	"onceover/scenarios/target"
)

// spread is conditional, with a list for each chunk: right.
func (j job) spread() {
	for chunk := range j.Chunks {
		args := append([]any{chunk}, j.rows(chunk)...)
		must(j.redis.Eval(j.ctx, commit, []string{fmt.Sprint(j.List, ":", chunk), j.List + ":done"}, args...).Result())
	}
}

// astray has a list for each worker, and lets others take a chunk between its look and its commit: wrong.
func (j job) astray() {
	j.looking(func(tx redis.Pipeliner, chunk int) {
		tx.RPush(j.ctx, fmt.Sprint(j.List, ":", j.Worker), j.rows(chunk)...)
	})
}

// added is conditional, and fills a stream: right.
func (j job) added() {
	for chunk := range j.Chunks {
		script := strings.Replace(commit, `"RPUSH", KEYS[1],`, `"XADD", KEYS[1], "*", "row",`, 1)
		args := append([]any{chunk}, j.rows(chunk)...)
		must(j.redis.Eval(j.ctx, script, []string{j.List, j.List + ":done"}, args...).Result())
	}
}

// addedTwice fills a stream as astray does lists: wrong.
func (j job) addedTwice() {
	j.looking(func(tx redis.Pipeliner, chunk int) {
		for _, row := range j.rows(chunk) {
			tx.XAdd(j.ctx, &redis.XAddArgs{Stream: j.List, Values: []any{"row", row}})
		}
	})
}

// looking commits each chunk that was not done when it looked.
func (j job) looking(push func(redis.Pipeliner, int)) {
	for chunk := range j.Chunks {
		if must(j.redis.GetBit(j.ctx, j.List+":done", int64(chunk)).Result()) == 1 {
			continue
		}
		must(j.redis.TxPipelined(j.ctx, func(tx redis.Pipeliner) error {
			push(tx, chunk)
			tx.SetBit(j.ctx, j.List+":done", int64(chunk), 1)
			return nil
		}))
	}
}

func TestRowsAreFoundWhereTheProgramLeavesThem(t *testing.T) {
	for _, tt := range []struct {
		program string
		where   target.Spec
		chunks  int
		runs    int
		want    reports.Verdict
		why     string
	}{
		{"spread", target.Spec{Lists: []string{"{list}:{chunk}"}}, 2, 5, reports.Safe, ""},
		{"astray", target.Spec{Lists: []string{"{list}:{worker}"}}, 1, 300, reports.Duplicated, "row 1 is in the lists twice"},
		{"spread", target.Spec{Lists: []string{"{list}:0"}}, 2, 10, reports.Lost, "row 3 is not in the list, "},
		{"added", target.Spec{Stream: true}, 2, 5, reports.Safe, ""},
		{"added-twice", target.Spec{Stream: true}, 1, 300, reports.Duplicated, "row 1 is in the stream twice"},
	} {
		t.Run(tt.program+" "+tt.where.String(), func(t *testing.T) {
			w := open(t, tt.program, lockstep.Options{Target: tt.where, Chunks: tt.chunks, ServerWait: 5 * time.Second})
			out := explore(t, w, lockstep.Search{Seed: 1, Runs: tt.runs, Want: []reports.Verdict{tt.want}})
			if tt.want == reports.Safe {
				if len(out.Found) > 0 || out.Verdicts[reports.Safe] != tt.runs {
					t.Errorf("%v: %v", out.Verdicts, out.Found)
				}
				return
			}
			found := out.Of(tt.want)
			if found == nil || !strings.Contains(found.Why, tt.why) {
				t.Fatalf("%v: %v, want %s", out.Verdicts, out.Found, tt.why)
			}
			if err := w.Shrink(t.Context(), found, 100*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Replay(t.Context(), stored(t, found.Log)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAStreamInPlaceOfAListIsNamed(t *testing.T) {
	w := open(t, "added", lockstep.Options{})
	_, err := w.Explore(t.Context(), lockstep.Search{Seed: 1, Runs: 1})
	if !errors.Is(err, lockstep.ErrTarget) || !strings.Contains(err.Error(), "rows is a stream in place of the list") {
		t.Error(err)
	}
}
