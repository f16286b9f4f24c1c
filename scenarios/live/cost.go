package live

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios"
)

// tally counts the rows that workers move, by the steps that they report.
type tally struct {
	chunks     []int64 // the rows of each chunk
	read, sent int64
}

// reached takes a step of a worker.
func (t *tally) reached(step loader.Step, chunk int) {
	if step == loader.Read {
		t.read += t.rows(chunk)
	}
}

// left takes a step from which a worker went on. A worker that is killed just
// before it sends has sent nothing.
func (t *tally) left(step loader.Step, chunk int) {
	if step == loader.Committing {
		t.sent += t.rows(chunk)
	}
}

func (t *tally) rows(chunk int) int64 {
	if chunk < 0 || chunk >= len(t.chunks) {
		return 0
	}
	return t.chunks[chunk]
}

// rowsOf is how many rows a step is about, 0 if it is about none yet.
func (t *tally) rowsOf(step loader.Step, chunk int) int64 {
	switch step {
	case loader.Read, loader.Committing, loader.Committed:
		return t.rows(chunk)
	}
	return 0
}

// chunkRows counts the rows of each chunk of a plan: once for a table and a
// chunk size, from what the table was made of.
func (w *World) chunkRows(plan *loader.Plan, load scenarios.Workload) []int64 {
	key := fmt.Sprint(load.KeyLayout, load.Rows, " by ", load.ChunkSize)
	if rows, ok := w.rows[key]; ok {
		return rows
	}
	rows := make([]int64, plan.Chunks())
	for id := range load.KeyLayout.IDs(load.Rows) {
		if chunk, ok := plan.ChunkOf(strconv.FormatInt(id, 10)); ok {
			rows[chunk]++
		}
	}
	w.rows[key] = rows
	return rows
}

// cost is what the run took. Redis has seen the last of it.
func (r *run) cost(ctx context.Context, redis infoClient) *reports.Cost {
	cost := &reports.Cost{Chunks: r.plan.Chunks()}
	var missing []string
	if t := r.workers.tally; t != nil {
		cost.RowsRead, cost.RowsSent = &t.read, &t.sent
	} else {
		missing = append(missing, "the rows that were read and sent: the workers report no steps")
	}
	r.meter.followed = r.looks.Load() > 0
	command, times := r.target.Asked()
	r.meter.asked(command, times*(r.looks.Load()+r.beats.Load()))
	r.meter.asked("info", r.beats.Load())
	if why := r.meter.read(ctx, redis, cost); why != "" {
		missing = append(missing, why)
	}
	if why := r.addLocks(ctx, cost); why != "" {
		missing = append(missing, why)
	}
	cost.Missing = strings.Join(missing, "; ")
	return cost
}
