package scenarios

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"onceover/reports"
)

// ending is a world whose campaign is interrupted after some of its runs.
type ending struct {
	fated
	left *atomic.Int32 // runs until then; below 0: it is not interrupted
	stop func()
	runs *atomic.Int32 // that were carried out
}

func (w ending) Run(ctx context.Context, e Execution) (reports.Run, error) {
	if w.left.Add(-1) == -1 {
		w.stop()
	}
	if ctx.Err() != nil {
		err := os.WriteFile(filepath.Join(e.Folder, "history.jsonl"), []byte("half"), 0o644)
		return reports.Run{}, errors.Join(ctx.Err(), err)
	}
	w.runs.Add(1)
	return w.fated.Run(ctx, e)
}

// A campaign, or a shard, that was interrupted after any number of runs and goes on comes to
// what it would have come to, and no run of it is carried out twice.
func TestAnInterruptedCampaignGoesOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		out, err := os.MkdirTemp("", "onceover-resume-")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(out)
		d := fate(t, out)
		shard := reports.Shard{}
		if of := rapid.IntRange(0, min(3, d.Whole())).Draw(t, "shards"); of > 0 {
			shard = reports.Shard{Index: rapid.IntRange(1, of).Draw(t, "shard"), Of: of}
		}
		jobs, planned := rapid.IntRange(1, 3).Draw(t, "jobs"), shard.Share(d.Whole())
		carryOut := func(ctx context.Context, folder string, left int, stop func()) (*reports.Results, int) {
			one, runs := d, new(atomic.Int32)
			one.Worlds, one.Out = nil, folder
			countdown := new(atomic.Int32)
			countdown.Store(int32(left))
			for range jobs {
				one.Worlds = append(one.Worlds, ending{d, countdown, stop, runs})
			}
			return one.resultsUntil(ctx, t, shard), int(runs.Load())
		}
		whole, _ := carryOut(context.Background(), filepath.Join(out, "whole"), planned+9, nil)

		ctx, stop := context.WithCancel(context.Background())
		folder := filepath.Join(out, "half")
		half, done := carryOut(ctx, folder, rapid.IntRange(0, planned-1).Draw(t, "until"), stop)
		if half.Run.Status != reports.Interrupted || half.Run.Done != done || done >= planned {
			t.Fatalf("%d of %d runs: %+v", done, planned, half.Run)
		}
		d.Finished = func(strategy, scenario string, seed uint64) (reports.Run, bool) {
			cell, _ := reports.First(half.Cells, func(c reports.Cell) bool { return c.ID == strategy+"/"+scenario })
			return reports.First(cell.Runs, func(r reports.Run) bool { return r.Seed == seed })
		}
		again, more := carryOut(context.Background(), folder, planned+9, nil)
		if done+more != planned {
			t.Fatalf("%d runs, and then %d, of %d", done, more, planned)
		}
		if difference := cmp.Diff(judged(whole), judged(again)); difference != "" {
			t.Fatalf("after %d of %d runs (-at once +resumed):\n%s", done, planned, difference)
		}
		if left := histories(t, folder); len(left) > 0 {
			t.Fatalf("what runs that were interrupted have left is among what the others show: %q", left)
		}
	})
}

func histories(t interface{ Fatal(...any) }, folder string) []string {
	files, err := filepath.Glob(filepath.Join(folder, "runs/*/*/[0-9]*", "history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(files, func(name string) bool { return filepath.Ext(filepath.Dir(name)) == UnderWay })
}

// Nothing is left of a campaign that was killed after its last run: it needs no world.
func TestACampaignOfWhichAllRunsAreFinishedNeedsNoWorld(t *testing.T) {
	calm, _ := Find(reports.Calm)
	c := Campaign{
		Strategies: []string{"none"}, Scenarios: []Scenario{calm}, Runs: 2, Seed: 7, Out: t.TempDir(), Observer: silent{},
		Expected: func(string, string) reports.Expectation { return reports.Expectation{Demand: reports.DemandAny} },
		Finished: func(_, _ string, seed uint64) (reports.Run, bool) {
			return reports.Run{Seed: seed, Verdict: reports.Safe}, true
		},
	}
	var r reports.Results
	if err := c.Run(t.Context(), &r); err != nil || r.Run.Done != 2 || r.Run.Status != reports.Complete || c.Left() != 0 || c.Cells() != 0 {
		t.Error(err, fmt.Sprintf("%+v", r.Run))
	}
}
