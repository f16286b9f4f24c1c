package live

import (
	"slices"
	"testing"

	"onceover/loader"
	"onceover/scenarios"
)

func TestRowsAreTalliedByTheStepsOfWorkers(t *testing.T) {
	c := tally{chunks: []int64{50, 7}}
	pass := func(step loader.Step, chunk int) {
		c.reached(step, chunk)
		c.left(step, chunk)
	}
	pass(loader.Claimed, 0)
	pass(loader.Read, 0)
	c.reached(loader.Committing, 0) // killed there: nothing is sent
	pass(loader.Read, 0)
	pass(loader.Committing, 0)
	pass(loader.Committed, 0)
	c.reached(loader.Read, 1) // killed there: it was read all the same
	if c.read != 107 || c.sent != 50 {
		t.Errorf("%d read and %d sent, want 107 and 50", c.read, c.sent)
	}
	if a, b := c.rowsOf(loader.Claimed, 1), c.rowsOf(loader.Read, 1); a != 0 || b != 7 {
		t.Errorf("claimed is about %d rows and read about %d, want 0 and 7", a, b)
	}
}

func TestRowsOfChunksAreCountedOnceForATable(t *testing.T) {
	w := &World{rows: map[string][]int64{}}
	load := scenarios.Workload{Rows: 0, KeyLayout: scenarios.Dense, ChunkSize: 10}
	if got := w.chunkRows(&loader.Plan{}, load); len(got) != 0 {
		t.Errorf("an empty table has chunks of %v rows", got)
	}
	load.Rows = 25
	w.rows["dense25 by 10"] = []int64{1, 2, 3} // as if it had been counted
	if got := w.chunkRows(nil, load); !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("counted again: %v", got)
	}
}
