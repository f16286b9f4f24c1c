package sim

import (
	"errors"
	"time"
)

// recorded plays what a tape holds instead of running the workers' code.
type recorded struct {
	tape *tape
	w    *world
	at   []*moment
	miss *gap // what the tape did not know
}

// gap is what a tape does not know: what a life begins with, what a worker does
// at a moment, or how it goes on after a result.
type gap struct {
	life   life
	after  *moment
	result uint64
}

func (r *recorded) start(worker int) {
	begins := life{worker, r.w.workers[worker].life}
	if r.at[worker] = r.tape.roots[begins]; r.at[worker] == nil {
		r.missed(gap{life: begins})
		return
	}
	r.resume(worker)
}

// resume goes on until the worker waits, has ended, or the tape is at its end.
func (r *recorded) resume(worker int) {
	for r.miss == nil {
		m := r.at[worker]
		if m.does == nil {
			r.missed(gap{after: m})
			return
		}
		if m.does.what == callExit {
			r.w.exit(worker, m.does.failure())
			return
		}
		result, ok := r.perform(worker, m)
		if !ok {
			return
		}
		if r.at[worker] = m.then[result]; r.at[worker] == nil {
			r.missed(gap{after: m, result: result})
		}
	}
}

// errMissed ends a schedule that memory cannot go on with.
var errMissed = errors.New("sim: not remembered")

func (r *recorded) missed(g gap) {
	r.miss = &g
	r.w.fail(errMissed)
}

func (c *call) failure() error {
	if c.err == "" {
		return nil
	}
	return errors.New(c.err)
}

// perform does to the world what the worker did; ok is false if it waits.
func (r *recorded) perform(worker int, m *moment) (digest uint64, ok bool) {
	w, c := r.w, m.does
	switch c.what {
	case callDial:
		link, err := w.dial(worker, c.server)
		return result(w.now, link, nil, err), true
	case callWrite:
		err := w.write(worker, c.link, m.written, true)
		return result(w.now, 0, nil, err), true
	case callRead:
		come, err, ok := w.read(worker, c.link, c.room, c.until)
		return result(w.now, len(come), come, err), ok
	case callHangUp:
		w.hangUp(worker, c.link)
	case callSleep:
		if !w.sleep(worker, c.until) {
			return 0, false
		}
	case callPrepare:
		w.prepare(worker, c.on)
	case callPause:
		w.now = max(w.now, c.until)
	}
	return result(w.now, 0, nil, nil), true
}

func (r *recorded) kill(int)           {}
func (r *recorded) pass(time.Duration) {}
