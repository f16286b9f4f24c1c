package sim

import (
	"errors"
	"slices"
	"time"
)

// recorded plays what a tape holds instead of running the workers' code.
type recorded struct {
	tape *tape
	w    *world
	at   []*moment
	miss bool // the tape did not know how to go on
	room []byte
}

func (r *recorded) start(worker int) {
	r.at[worker] = r.tape.root(life{worker, r.w.workers[worker].life})
	r.resume(worker)
}

// resume goes on until the worker waits, has ended, or the tape is at its end.
func (r *recorded) resume(worker int) {
	for !r.miss {
		m := r.at[worker]
		if m.does == nil {
			r.missed()
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
			r.missed()
		}
	}
}

// errMissed ends a schedule that memory cannot go on with.
var errMissed = errors.New("sim: not remembered")

func (r *recorded) missed() {
	r.miss = true
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
		if m.written == nil {
			m.written = []byte(c.bytes)
		}
		err := w.write(worker, c.link, m.written, true)
		return result(w.now, 0, nil, err), true
	case callRead:
		r.room = slices.Grow(r.room[:0], c.room)
		n, err, ok := w.read(worker, c.link, r.room[:c.room], c.until)
		return result(w.now, n, r.room[:n], err), ok
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
