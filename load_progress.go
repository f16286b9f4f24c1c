package main

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
	"onceover/reports/format"
	"onceover/reports/terminal"
)

// watch shows the progress of the whole job, other processes included.
func (l *load) watch(ctx context.Context, admin *redis.Client) {
	if l.log != nil {
		l.logProgress(ctx)
		return
	}
	ticker := time.NewTicker(250 * time.Millisecond)
	defer ticker.Stop()
	terminal.Drive(ctx, ticker.C, func() { l.show(ctx, admin) })
	l.show(context.WithoutCancel(ctx), admin)
	if progress := l.progress.Swap(nil); progress != nil { // one that is closed says nothing
		progress.Close()
	}
}

func (l *load) show(ctx context.Context, admin *redis.Client) {
	plan := l.plan.Load()
	if plan == nil || plan.Chunks() == 0 {
		return
	}
	progress := l.progress.Load()
	if progress == nil {
		fmt.Fprintf(l.s.stderr, "plan %s: %s in %s by %s\n",
			plan.ID(), format.Plural(int(plan.Rows), "row", "rows"), format.Plural(plan.Chunks(), "chunk", "chunks"), plan.Layout)
		progress = terminal.NewRowProgress(l.s.stderr, "rows", int64(plan.Rows), l.g.progressOptions(l.s))
		l.progress.Store(progress)
	}
	if marked, err := l.marked(ctx, admin, plan); err == nil {
		progress.Set(int64(plan.Rows) * marked / int64(plan.Chunks()))
	}
	progress.Tick()
}

// marked counts the chunks of a plan that are marked. Of a job that was begun anew meanwhile
// it says nothing.
func (l *load) marked(ctx context.Context, admin *redis.Client, plan *loader.Plan) (int64, error) {
	keys := l.config.Job.Keys()
	var id *redis.StringCmd
	var marked *redis.IntCmd
	_, err := admin.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		id, marked = tx.HGet(ctx, keys.Plan, "id"), tx.BitCount(ctx, keys.Chunks, nil)
		return nil
	})
	if err == nil && id.Val() != plan.ID() {
		err = lock.ErrPlanGone
	}
	return marked.Val(), err
}

// say writes a message, above the bar if there is one.
func (l *load) say(message string) {
	if l.log != nil {
		l.log.Info(message)
		return
	}
	if progress := l.progress.Load(); progress != nil && l.g.Progress != "none" {
		progress.Say(message)
		return
	}
	fmt.Fprintln(l.s.stderr, message)
}

// cutting shows how far the table is cut. It is called by one goroutine, before there is a plan.
func (l *load) cutting(at loader.Planning) {
	switch {
	case at.Elsewhere:
		l.waiting.Do(l.sayWaiting)
	case l.log != nil:
	case l.keys == nil && at.Keys > 0:
		l.keys = terminal.NewRowProgress(l.s.stderr, "keys", int64(at.Of), l.g.progressOptions(l.s))
		fallthrough
	case l.keys != nil:
		l.keys.Set(int64(at.Keys))
	}
}

// planned ends what cutting showed.
func (l *load) planned(plan *loader.Plan) {
	if l.keys != nil {
		l.keys.Set(int64(plan.Rows))
		l.keys.Close()
	}
	if plan.Before > 0 {
		l.say(heldBefore(plan))
	}
	l.plan.Store(plan)
	if l.log != nil {
		l.log.Info("planned", "plan", plan.ID(), "rows", plan.Rows, "chunks", plan.Chunks(), "layout", string(plan.Layout), "seconds", l.counts.seconds())
	}
}

// heldBefore says that the target was not empty.
func heldBefore(plan *loader.Plan) string {
	if plan.Job.Stream {
		return fmt.Sprintf("%s had been added to stream %s before this job: if they are rows of this table, from an earlier load, consumers get those twice",
			elements(plan.Before, true), plan.Job.List)
	}
	return fmt.Sprintf("list %s held %s before this job: they stay, and if they are rows of this table, from an earlier load, those will be there twice",
		plan.Job.List, elements(plan.Before, false))
}

// elements counts what a list or a stream holds.
func elements(n int64, stream bool) string {
	if stream {
		return format.Plural(n, "entry", "entries")
	}
	return format.Plural(n, "element", "elements")
}

func (l *load) sayWaiting() {
	if l.log != nil {
		l.log.Info("waiting", "for", "the plan of another process, which cuts the table", "seconds", l.counts.seconds())
		return
	}
	l.say("another process cuts the table; waiting for its plan")
}
