package sim

import (
	"errors"
	"fmt"
	"time"

	"onceover/sim/parallel"
)

// Cache remembers what the workers of a scene did after each history of
// results, and carries out schedules from it. A schedule in which a worker
// meets something new is carried out by the real clients. It must not be used
// by two goroutines at once; to use many processors is its own business.
type Cache struct {
	scene     *Scene
	recording *recording
	// Jobs is how many schedules are under way at once; 0: as many as there
	// are processors for. It makes no difference to what they come to.
	Jobs int
	// Live counts the schedules that the real clients carried out.
	Live int
}

// Memory returns an empty cache.
func (s *Scene) Cache() *Cache { return &Cache{scene: s, recording: newRecording()} }

// Run carries out one schedule from the cache. The real clients do it if a worker
// meets something new; the chooser cannot tell.
func (c *Cache) Run(choose Chooser, trace bool) (Run, error) {
	return c.Learn(c.try(choose, trace))
}

// Attempt is a schedule that was carried out, and is not remembered yet.
type Attempt struct {
	run        Run
	err        error
	real       bool
	callTraces []*callTrace // of the real clients
}

// Try carries out a schedule with each chooser. None of them profits from what
// another comes upon, so that it does not matter which is first.
func (c *Cache) Try(choosers []Chooser) []Attempt {
	attempts := make([]Attempt, len(choosers))
	parallel.Do(c.Jobs, len(choosers), func(i int) { attempts[i] = c.try(choosers[i], false) })
	return attempts
}

// Learn remembers what the real clients did in an attempt, and says what it
// came to.
func (c *Cache) Learn(a Attempt) (Run, error) {
	if a.real {
		c.Live++
	}
	for _, s := range a.callTraces {
		if err := c.recording.learn(s); err != nil {
			return a.run, c.scene.nondeterministic(a.run.Log, "%w", err)
		}
	}
	return a.run, a.err
}

// try changes nothing but the chooser.
func (c *Cache) try(choose Chooser, trace bool) Attempt {
	r := c.runner()
	r.w.trace(trace)
	var run Run
	r.w.begin()
	if r.miss == nil {
		r.w.schedule(choose, &run)
	}
	if r.miss != nil {
		return c.runReal(&follow{log: run.Log, then: choose}, trace)
	}
	run.note(r.w)
	return Attempt{run: run, err: r.w.check()}
}

func (c *Cache) runner() *cacheRunner {
	r := &cacheRunner{recording: c.recording, at: make([]*node, c.scene.Setup.Workers)}
	r.w = newWorld(c.scene, r)
	return r
}

// runReal lets the real clients carry out a schedule.
func (c *Cache) runReal(f *follow, trace bool) Attempt {
	var clients *clientRunner
	run, err := c.scene.run(f.choose, func(l *clientRunner) {
		clients, l.records = l, true
		l.w.trace(trace)
	})
	a := Attempt{run: run, err: err, real: true, callTraces: clients.callTraces}
	switch {
	case err != nil:
	case f.diverged != nil:
		a.err = c.scene.nondeterministic(run.Log, "%w", f.diverged)
	case len(run.Log) < len(f.log):
		a.err = c.scene.nondeterministic(run.Log, "a schedule of %d events ended after %d: %s", len(f.log), len(run.Log), run.Why)
	}
	return a
}

// Check carries out a schedule twice, from the cache and with the real clients,
// and compares them step by step. ErrNondeterministic names the first step that
// is not the same. Clients of a program that is said to read only names are also
// told the whole CLIENT LIST, which must make no difference to them.
func (c *Cache) Check(log []EventID) error {
	remembered, err := c.Run(Follow(log, First), true)
	if err != nil {
		return err
	}
	if err := c.scene.sameAs(remembered, log); err != nil || !c.scene.Setup.NamesOnly {
		return err
	}
	if err := c.scene.telling().sameAs(remembered, log); err != nil {
		return fmt.Errorf("told more of CLIENT LIST than ids, addresses and names, which is all that it is said to read: %w", err)
	}
	return nil
}

// sameAs lets the real clients repeat what is remembered of a schedule.
func (s *Scene) sameAs(remembered Run, log []EventID) error {
	lived, err := s.Run(Follow(log, First), true)
	if err != nil {
		return err
	}
	if step, a, b, ok := Differ(remembered.Trace, lived.Trace); ok {
		return s.nondeterministic(log, "step %d was %q and is %q", step+1, a, b)
	}
	if remembered.Final != lived.Final {
		return s.nondeterministic(log, "the same steps ended in another way")
	}
	return nil
}

// cacheRunner replays a recording instead of running the workers' code.
type cacheRunner struct {
	recording *recording
	w         *world
	at        []*node
	miss      *miss // what the recording lacks
}

// miss is what a recording does not know yet: what a life begins with, what a worker does
// at a node, or how it goes on after a result.
type miss struct {
	life   life
	after  *node
	result uint64
}

func (r *cacheRunner) start(worker int) {
	begins := life{worker, r.w.workers[worker].life}
	if r.at[worker] = r.recording.roots[begins]; r.at[worker] == nil {
		r.missed(miss{life: begins})
		return
	}
	r.resume(worker)
}

// resume goes on until the worker waits, has ended, or the recording is at its end.
func (r *cacheRunner) resume(worker int) {
	for r.miss == nil {
		n := r.at[worker]
		if n.action == nil {
			r.missed(miss{after: n})
			return
		}
		if n.action.what == callExit {
			r.w.exit(worker, n.action.failure())
			return
		}
		number, come, err, ok := r.w.perform(worker, n.action, n.written, true)
		if !ok {
			return
		}
		result := result(r.w.now, number, come, err)
		if r.at[worker] = n.then[result]; r.at[worker] == nil {
			r.missed(miss{after: n, result: result})
		}
	}
}

// errMissed ends a schedule that the cache cannot go on with.
var errMissed = errors.New("sim: not remembered")

func (r *cacheRunner) missed(g miss) {
	r.miss = &g
	r.w.fail(errMissed)
}

func (c *call) failure() error {
	if c.err == "" {
		return nil
	}
	return errors.New(c.err)
}

func (r *cacheRunner) kill(int)                {}
func (r *cacheRunner) advanceTo(time.Duration) {}
