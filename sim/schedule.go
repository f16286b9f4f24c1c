package sim

import (
	"errors"
	"fmt"
	"time"

	"onceover/faults"
	"onceover/sim/bubble"
)

// ErrModel says that a model does not know what was asked of it. The run
// proves nothing.
var ErrModel = errors.New("sim: a model does not know what was asked of it")

// Run is one schedule that was carried out.
type Run struct {
	Finding
	Log       []EventID     // every event, in order
	Used      faults.Budget // what went wrong
	Time      time.Duration // virtual
	Abandoned bool          // the chooser had enough
	Fair      bool          // it was too long, and was finished without choices
	Final     string        // identifies what it ended with, whatever the order of the list
	Trace     []Step        // if asked for
	Where     []Where       // of each event; if a trace was asked for and real clients ran
	Cause     *Cause        // of a row that is in the list twice; if a trace was asked for
}

// Run carries out one schedule with the real clients.
func (s *Scene) Run(choose Chooser, trace bool) (Run, error) {
	return s.run(choose, func(l *clientRunner) { l.w.trace(trace) })
}

func (s *Scene) run(choose Chooser, adjust func(*clientRunner)) (Run, error) {
	var run Run
	var problem error
	err := bubble.Run(func() {
		grow(false)
		l := &clientRunner{processes: make([]*process, s.Setup.Workers)}
		l.w = newWorld(s, l)
		adjust(l)
		l.mu.Lock()
		l.w.begin()
		l.w.schedule(choose, &run)
		run.note(l.w)
		problem = l.w.check()
		l.end()
		l.mu.Unlock()
	})
	if err != nil {
		err = fmt.Errorf("sim: %s: %w", s.circumstances(run.Log), err)
	}
	return run, errors.Join(err, problem)
}

// end ends the processes that still run.
func (l *clientRunner) end() {
	for _, p := range l.processes {
		if !p.ended {
			p.gone = true
			p.changed.Broadcast()
		}
	}
}

// schedule lets events happen until nothing can, or something bad has.
func (w *world) schedule(choose Chooser, run *Run) {
	var enabled []Choice
	for w.problem == nil {
		if enabled = w.next(enabled); len(enabled) == 0 {
			return
		}
		i := 0
		if run.Fair = w.tooLong(); run.Fair {
			i = fairest(enabled, run.Log)
		} else if i = choose(enabled); i < 0 {
			run.Abandoned = true
			return
		}
		run.Log = append(run.Log, enabled[i].ID)
		if w.journal != nil {
			w.notePlaces()
			w.noteBefore(enabled[i])
		}
		w.apply(enabled[i])
	}
}

// next lets happen what happens by itself, and lists what can happen then;
// nothing if the schedule is over.
func (w *world) next(into []Choice) []Choice {
	w.passTime()
	if w.found.Verdict != "" {
		return nil
	}
	enabled := w.enabled(into)
	most := 2 * w.scene.Setup.Steps
	switch {
	case len(enabled) == 0:
		w.judge()
	case w.steps >= most:
		w.stuck(fmt.Sprintf("it did not complete within %d steps, half of them without a fault", most))
		return nil
	}
	return enabled
}

// tooLong tells whether the schedule is finished without choices.
func (w *world) tooLong() bool { return w.steps >= w.scene.Setup.Steps }

// fairest picks the request of the worker that has not had a turn for longest.
func fairest(enabled []Choice, log []EventID) int {
	best, oldest := 0, len(log)+1
	for i, c := range enabled {
		if c.ID.Kind.IsFault() {
			continue
		}
		last := len(log) - 1
		for last >= 0 && log[last].Worker != c.ID.Worker {
			last--
		}
		if last < oldest {
			best, oldest = i, last
		}
	}
	return best
}

func (r *Run) note(w *world) {
	r.Finding = w.found
	r.Time = w.now
	r.Used = w.scene.scope.allowed.minus(&w.left)
	r.Final = w.final()
	if w.journal != nil {
		r.Trace, r.Where = w.journal.steps, w.journal.where
		r.Cause = w.cause()
	}
}

// check says why a run proves nothing.
func (w *world) check() error {
	if unknown := w.redis.Unsupported(); len(unknown) > 0 {
		w.fail(fmt.Errorf("%w: Redis %q", ErrModel, unknown))
	}
	for _, server := range w.locks {
		if unknown := server.Unsupported(); len(unknown) > 0 {
			w.fail(fmt.Errorf("%w: a lock server %q", ErrModel, unknown))
		}
	}
	if unknown := w.mysql.Unsupported(); len(unknown) > 0 {
		w.fail(fmt.Errorf("%w: MySQL %q", ErrModel, unknown))
	}
	return w.problem
}
