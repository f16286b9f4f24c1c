package sim

import (
	"slices"
	"time"

	"onceover/sim/mysqlmodel"
)

// nextDue is the next time at which something is due: a key expires, a wait
// for a lock ends, or a worker wakes up. That a read times out counts only when
// nothing else can happen: a request that is so late is a fault, late-request.
func (w *world) nextDue() (time.Duration, bool) {
	reads := !w.busy()
	next, ok := w.redis.NextExpiry(w.now)
	earlier := func(at time.Duration) {
		if !ok || at < next {
			next, ok = at, true
		}
	}
	for _, server := range w.locks {
		if at, ok := server.NextExpiry(w.now); ok {
			earlier(at)
		}
	}
	for id := range w.workers {
		k := &w.workers[id]
		if k.sleeping {
			earlier(k.wakeAt)
		}
		for i := range k.links {
			l := &k.links[i]
			if reads && !w.apart(id) && l.reading && l.deadline != noDeadline {
				earlier(l.deadline)
			}
			if l.server == MySQL && l.conn != 0 {
				if at, ok := w.mysql.Deadline(mysqlmodel.ConnID(l.conn)); ok {
					earlier(at)
				}
			}
		}
	}
	for id := range w.workers {
		if w.apart(id) {
			earlier(w.workers[id].apartUntil)
		}
	}
	for _, g := range w.ghosts {
		earlier(g.until)
	}
	return max(next, w.now), ok
}

// advance lets time pass to the next moment, and lets those who are due go on.
func (w *world) advance() {
	if next, ok := w.nextDue(); ok {
		w.advanceTo(next)
	}
}

// advanceTo lets time pass until a moment, and whoever are due by then go on.
func (w *world) advanceTo(next time.Duration) {
	if next > w.now {
		from := w.now
		w.now = next
		w.runner.advanceTo(next)
		w.noteClock(from)
	}
	w.vanishDue()
	for id := range w.workers {
		w.rejoin(id)
		w.wake(id)
	}
}

// wake lets a worker go on if it is due.
func (w *world) wake(id int) {
	k := &w.workers[id]
	if k.sleeping && k.wakeAt <= w.now {
		k.sleeping = false
		w.runner.resume(id)
		return
	}
	for i := range k.links {
		if l := &k.links[i]; !w.apart(id) && l.reading && l.deadline != noDeadline && l.deadline <= w.now {
			w.timeOut(id, i)
			return
		}
	}
}

// timeOut makes a read fail. What the client waits for is still on its way, unless
// Redis has it: it forgets what a connection waited for that is closed.
func (w *world) timeOut(id, link int) {
	l := w.link(id, link)
	if len(l.queue) > 0 && !(l.server != MySQL && w.waits(l)) {
		w.orphan(l.queue[0], l)
	}
	w.sever(id, link, errSlow)
}

// orphan keeps a request that its client has given up, and the server's end of
// its connection with it.
func (w *world) orphan(op *Op, l *link) {
	orphan := *op
	orphan.conn, l.conn = l.conn, 0
	w.orphans = append(w.orphans, &orphan)
}

// passTime lets time pass as long as nothing else can happen: all workers that
// are alive wait for it. In a schedule that has become far too long it also
// passes once a round: by then each worker has had enough turns to finish what
// it holds, and those that still ask are polling.
func (w *world) passTime() {
	if late := w.scene.Setup.Steps * 3 / 2; w.steps >= late && (w.steps-late)%len(w.workers) == 0 {
		w.advance()
		w.settle()
	}
	for w.problem == nil && w.found.Verdict == "" && !w.busy() {
		if _, ok := w.nextDue(); !ok || w.first(alive) < 0 && len(w.orphans) == 0 {
			return
		}
		if w.now > w.lastFault+w.scene.Setup.Patience {
			w.stuck("it did not complete within " + w.scene.Setup.Patience.String() + " of the last fault")
			return
		}
		w.advance()
		w.settle()
	}
}

// busy tells whether a request is under way.
func (w *world) busy() bool {
	if slices.ContainsFunc(w.orphans, func(op *Op) bool { return !w.apart(op.Worker) }) {
		return true
	}
	for id := range w.workers {
		if w.apart(id) {
			continue
		}
		for i := range w.workers[id].links {
			l := &w.workers[id].links[i]
			if len(l.queue) > 0 && !w.blocked(l.queue[0], l.conn) {
				return true
			}
		}
	}
	return false
}
