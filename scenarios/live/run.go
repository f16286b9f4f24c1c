package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios"
)

const (
	// after an exit that no fault explains, a supervisor starts a worker again
	restartDelay = faults.DefaultRestart
	// a run that takes this long beyond its deadline and its faults is given up
	runLimit = 5 * time.Minute
)

// run is one execution as it goes on. Everything in it belongs to the
// goroutine of loop; others hand it functions through events.
type run struct {
	world    *World
	e        scenarios.Execution
	redis    *Server
	table    string
	plan     *loader.Plan
	name     string // of the run, unique, and of its list
	began    time.Time
	took     time.Duration
	history  *reports.HistoryWriter
	logs     io.Writer
	slots    []*slot
	arsenal  arsenal
	events   chan func()
	quit     chan struct{} // closed when loop has ended: nobody reads events any more
	pending  int           // functions that are on their way to events
	changed  time.Time     // when the last fault was healed
	commits  map[int][]int // chunk -> workers that reported its commit
	recovery *recovery
	tally    *tally // nil: the workers report no steps
	meter    meter
	looks    atomic.Int64 // of the harness at the length of the list
	victims  int          // how many were taken in turn
	failures failures
	over     bool // whoever still runs is stopped
	failure  error
}

// workersLog is the file, in the folder of a run, of what its workers write.
const workersLog = "workers.log"

// execute runs the workers, strikes them, and judges what they leave.
func (r *run) execute(ctx context.Context) (_ reports.Run, err error) {
	history, log, err := openHistory(r.e.Folder)
	if err != nil {
		return reports.Run{}, err
	}
	defer func() { err = errors.Join(err, history.Close(), log.Close()) }()
	r.history, r.logs = reports.NewHistoryWriter(history), log
	defer func() { err = errors.Join(err, r.history.Err()) }()
	for i := range r.e.Workload.Workers {
		s := &slot{number: i}
		r.slots = append(r.slots, s)
		if s.proxies, err = r.proxies(s); err != nil {
			return reports.Run{}, errors.Join(err, r.closeProxies())
		}
	}
	if err := r.startMeter(ctx); err != nil {
		return reports.Run{}, errors.Join(err, r.closeProxies())
	}
	r.began = time.Now()
	r.changed = r.began
	r.note(reports.Event{Kind: reports.EventRun, Worker: -1, Chunk: -1,
		Text: fmt.Sprintf("%s under %s, seed %d, %d rows in %d chunks", r.e.Strategy, r.e.Scenario.Name, r.e.Seed, r.plan.Rows, r.plan.Chunks())})
	consumers := r.consume()
	r.watchProgress(consumers)
	late, err := r.loop(ctx)
	r.took = time.Since(r.began)
	r.end()
	err = errors.Join(err, r.closeProxies())
	if err == nil {
		err = consumers.stop(ctx)
	} else {
		consumers.cancel()
	}
	if err != nil {
		return reports.Run{}, err
	}
	return r.judge(ctx, late, consumers)
}

// closeProxies lets what dead workers had sent go through, and then ends them.
func (r *run) closeProxies() error {
	var errs []error
	for _, s := range r.slots {
		if s.proxies.redis != nil {
			if late := awaitIdle(s.proxies.redis); late != "" { // whoever is still connected may still write
				errs = append(errs, fmt.Errorf("worker %d has ended%s", s.number, late))
			}
		}
		errs = append(errs, s.proxies.close())
	}
	return errors.Join(errs...)
}

// loop runs until all workers are done or the deadline is past. It says whether
// it was.
func (r *run) loop(ctx context.Context) (late bool, err error) {
	for _, s := range r.slots {
		r.start(s)
	}
	limit := time.NewTimer(r.limit())
	defer limit.Stop()
	watch := time.NewTicker(20 * look)
	defer watch.Stop()
	for r.failure == nil && !r.finished() {
		select {
		case f := <-r.events:
			f()
		case <-watch.C:
			if r.arsenal.open() || time.Since(r.changed) <= r.e.Workload.Deadline {
				continue
			}
			if r.hopeless(1) {
				return true, r.unfit()
			}
			return true, nil
		case <-limit.C:
			return false, fmt.Errorf("live: the run did not end within %s, and its deadline did not come", r.limit())
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return false, r.failure
}

// limit is how long a run can take if all faults come one after the other. The
// deadline runs from the last one; that it never came is a failure of the
// world, such as a fault that does not heal, and says nothing of the strategy.
func (r *run) limit() time.Duration {
	d := runLimit
	for _, f := range r.arsenal {
		d += f.fault.At.Hold + f.fault.For + max(f.fault.Restart, 0) + r.e.Workload.Deadline
	}
	return d + r.e.Workload.Deadline
}

func (r *run) finished() bool {
	return r.pending == 0 && !r.arsenal.open() &&
		!slices.ContainsFunc(r.slots, func(s *slot) bool { return !s.done() || s.process != nil })
}

// post hands a function to the loop, unless the loop has ended.
func (r *run) post(f func()) {
	select {
	case r.events <- f:
	case <-r.quit:
	}
}

// later runs work elsewhere and then, in the loop, what it returns.
func (r *run) later(work func() func()) {
	r.pending++
	go func() {
		f := work()
		r.post(func() {
			r.pending--
			f()
		})
	}()
}

// after runs f in the loop when the time has passed.
func (r *run) after(d time.Duration, f func()) {
	r.later(func() func() {
		select {
		case <-time.After(d):
		case <-r.quit:
		}
		return f
	})
}

func (r *run) at() float64 { return milliseconds(time.Since(r.began)) }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func (r *run) note(e reports.Event) {
	e.AtMS = r.at()
	r.history.Add(e)
}

// end stops whatever still runs and waits for it.
func (r *run) end() {
	r.over = true
	for _, s := range r.slots {
		if s.process != nil {
			_ = s.process.signal(killSignal) // it may just have ended
		}
	}
	for slices.ContainsFunc(r.slots, func(s *slot) bool { return s.process != nil }) {
		(<-r.events)()
		for _, s := range r.slots {
			if s.process != nil {
				_ = s.process.signal(killSignal)
			}
		}
	}
	close(r.quit)
}

// openHistory makes the files that a run writes as it goes on.
func openHistory(folder string) (history, log *os.File, err error) {
	history, err = os.Create(filepath.Join(folder, "history.jsonl"))
	if err != nil {
		return nil, nil, err
	}
	log, err = os.Create(filepath.Join(folder, workersLog))
	if err != nil {
		return nil, nil, errors.Join(err, history.Close())
	}
	return history, log, nil
}
