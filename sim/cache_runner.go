package sim

import (
	"errors"
	"time"
)

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
		result, ok := r.perform(worker, n)
		if !ok {
			return
		}
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

// perform does to the world what the worker did; ok is false if it waits.
func (r *cacheRunner) perform(worker int, n *node) (digest uint64, ok bool) {
	w, c := r.w, n.action
	switch c.what {
	case callDial:
		link, err := w.dial(worker, c.server)
		return result(w.now, link, nil, err), true
	case callWrite:
		err := w.write(worker, c.link, n.written, true)
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

func (r *cacheRunner) kill(int)                {}
func (r *cacheRunner) advanceTo(time.Duration) {}
