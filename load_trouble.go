package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/reports"
	"onceover/reports/format"
)

// troubles are the kinds of failures that were told of.
type troubles struct {
	mu   sync.Mutex
	told map[string]bool
}

// first tells whether an error is the first of its kind.
func (t *troubles) first(err error) bool {
	kind := "another"
	if problem, is := errors.AsType[*loader.Error](err); is {
		kind = problem.What
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.told[kind] {
		return false
	}
	if t.told == nil {
		t.told = map[string]bool{}
	}
	t.told[kind] = true
	return true
}

// tell reports the first failure of each kind that the load survives.
func (l *load) tell(err error, _ time.Duration) {
	l.counts.failures.Add(1)
	if !l.troubles.first(err) {
		return
	}
	err = explainClosed(l.target, err)
	if l.log != nil {
		_, try := diagnose(err)
		l.log.Warn("trouble", "error", format.OneLine(err), "try", try, "waiting_up_to_s", l.c.Patience.Seconds(), "seconds", l.counts.seconds())
		return
	}
	l.say(fmt.Sprintf("trouble: %s; trying again for up to %s", format.OneLine(err), l.c.Patience))
}

// broken says how far the job is after a failure or an interrupt.
func (l *load) broken(sum loadSummary, err error) error {
	if plan := l.plan.Load(); plan != nil && l.log == nil {
		fmt.Fprintf(l.s.stderr, "loaded here: %s in %d of %s%s\n", format.Plural(sum.Rows, "row", "rows"),
			sum.Chunks, format.Plural(plan.Chunks(), "chunk", "chunks"), l.next(err))
	}
	err = explainClosed(l.target, err)
	if code := exitCode(err); code != reports.ExitBug {
		return err
	}
	return advice{error: err, code: reports.ExitFail}
}

// next says how the job can go on, and nothing where that is not known.
func (l *load) next(err error) string {
	switch {
	case !loader.GoesOn(err):
		return ""
	case l.c.Snapshot:
		return "; nothing goes on from there, since the snapshot ends with this command: --reset begins the job anew"
	case !l.strategy.Conditional:
		return "; to go on may lose or duplicate rows, since strategy " + l.strategy.Name + " is not safe"
	case errors.Is(err, context.Canceled):
		return "; the same command goes on from there"
	}
	return "; once that is mended, the same command goes on from what Redis then holds"
}

// explainClosed finds out why Redis closes a connection at once: to a client in excess, and
// to one that protected mode keeps out, it says so before it is asked anything, and the
// answer is lost when go-redis asks.
func explainClosed(target *loader.Target, err error) error {
	problem, is := errors.AsType[*loader.Error](err)
	if !is || problem.Problem != loader.Unreachable || problem.What != loader.NoRedis || !loader.Closed(err) {
		return err
	}
	if named := loader.Greeted(unasked(target.Options)); named != nil {
		return named
	}
	return err
}

// silence is how long a Redis that has nothing to say is listened to.
const silence = 3 * time.Second

// unasked is what a server says before it is asked.
func unasked(options *redis.Options) string {
	conn, err := net.DialTimeout(options.Network, options.Addr, silence)
	if err != nil {
		return ""
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(silence)); err != nil {
		return ""
	}
	answer, _ := io.ReadAll(io.LimitReader(conn, 1<<10)) // what came before the end counts
	return strings.TrimSpace(string(answer))
}
