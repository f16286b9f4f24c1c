package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"onceover/faults/proxy"
	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/servers"
	"onceover/scenarios/target"
)

// runLimit is how long nothing may happen beyond the deadline and the faults, before a run is given up.
const runLimit = 5 * time.Minute

// run is one execution as it goes on.
type run struct {
	*loop
	*recorder
	world      *World
	e          scenarios.Execution
	redis      *servers.Server
	locks      []*servers.Server
	table      string
	plan       *loader.Plan
	name       string // of the run, unique, and of its list
	target     target.Target
	examined   *examined
	tearsDown  bool // the tear-down is due
	took       time.Duration
	workers    *supervisor
	faults     *injections
	meter      meter
	lockMeters []*lockMeter
	vigil      vigil
	looks      atomic.Int64 // of the harness at the length of the target
	beats      atomic.Int64 // of the vigil
	popping    atomic.Pointer[consumers]
}

// workersLog is the file, in the folder of a run, of what its workers write.
const workersLog = "workers.log"

// execute makes the run ready, lets the workers load, and undoes what made it ready.
func (r *run) execute(ctx context.Context) (_ reports.Run, err error) {
	history, err := os.Create(filepath.Join(r.e.Folder, reports.HistoryFile))
	if err != nil {
		return reports.Run{}, err
	}
	defer func() { err = errors.Join(err, history.Close()) }()
	log, err := openLog(filepath.Join(r.e.Folder, workersLog), r.world.secrets())
	if err != nil {
		return reports.Run{}, err
	}
	defer func() { err = errors.Join(err, log.close()) }()
	if err := r.setUp(ctx); err != nil {
		return reports.Run{}, errors.Join(err, r.tearDown(ctx))
	}
	defer func() { err = errors.Join(err, r.tearDown(ctx)) }()
	r.history = reports.NewHistoryWriter(history)
	defer func() { err = errors.Join(err, r.history.Err()) }()
	r.workers.failures.log = log
	r.workers.command = func(w *workerProcess) command { return r.command(w, log) }
	return r.load(ctx)
}

// load runs the workers, injects the faults, and judges what is left.
func (r *run) load(ctx context.Context) (_ reports.Run, err error) {
	for i := range r.e.Workload.Workers {
		w := &workerProcess{number: i, clients: map[connection]int64{}, aimed: map[string]proxy.Rule{}}
		r.workers.all = append(r.workers.all, w)
		if err := r.faults.open(w); err != nil {
			return reports.Run{}, errors.Join(err, r.closeProxies(ctx))
		}
	}
	r.examined.begin(ctx, r)
	if err := r.startMeter(ctx); err != nil {
		return reports.Run{}, errors.Join(err, r.closeProxies(ctx))
	}
	if r.faults.follows(nil) {
		if r.faults.synced, err = r.faults.followSyncs(ctx); err != nil {
			return reports.Run{}, errors.Join(err, r.closeProxies(ctx))
		}
		defer func() { r.faults.synced.stop() }()
	}
	defer r.faults.replica.stop()
	if err := r.vigil.begin(ctx, append([]*watched{r.faults.redis, r.faults.mysql}, r.faults.locks...)...); err != nil {
		return reports.Run{}, errors.Join(err, r.closeProxies(ctx))
	}
	defer r.vigil.stop()
	r.began = time.Now()
	r.changed = r.began
	r.note(reports.Event{Kind: reports.EventRun, Worker: -1, Chunk: -1,
		Text: fmt.Sprintf("%s under %s, seed %d, %d rows in %d chunks", r.e.Strategy, r.e.Scenario.Name, r.e.Seed, r.plan.Rows, r.plan.Chunks())})
	consumers := r.consume()
	r.popping.Store(consumers)
	r.watchProgress(consumers)
	late, err := r.goOn(ctx)
	r.took = time.Since(r.began)
	r.workers.lookAgain()
	r.workers.stop()
	err = errors.Join(err, r.closeProxies(ctx))
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

// goOn runs until all workers are done or the deadline is past. It says whether
// it was.
func (r *run) goOn(ctx context.Context) (late bool, err error) {
	for _, w := range r.workers.all {
		r.workers.start(w)
	}
	watch := time.NewTicker(20 * look)
	defer watch.Stop()
	for r.failure == nil && !r.finished() {
		select {
		case f := <-r.events:
			f()
		case <-watch.C:
			idle := time.Since(r.changed)
			if r.faults.plan.open() && idle > r.limit() {
				return false, fmt.Errorf("live: nothing has happened for %s, and a fault is not over", idle.Round(time.Second))
			}
			if r.faults.plan.open() || idle <= r.deadline() {
				continue
			}
			if r.workers.hopeless(1) {
				return true, r.workers.unfit()
			}
			return true, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
	return false, r.failure
}

// deadline is how long nothing may arrive: long enough for a lease that was seen to
// end, and for somebody to take its chunk.
func (r *run) deadline() time.Duration {
	return max(r.e.Workload.Deadline, min(2*r.faults.leases.longest(), 2*longestPause))
}

// limit is how long nothing can happen if all faults come one after the other. That
// the deadline never came is a failure of the world, such as a fault that does not
// heal, and says nothing of the strategy.
func (r *run) limit() time.Duration {
	d := runLimit
	for _, f := range r.e.Plan {
		d += f.At.Hold + f.For + max(f.Restart, 0) + r.e.Workload.Deadline
	}
	return d + r.e.Workload.Deadline
}

func (r *run) finished() bool {
	return r.pending == 0 && !r.faults.plan.open() && r.workers.finished()
}
