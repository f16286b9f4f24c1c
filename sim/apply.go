package sim

import (
	"bytes"
	"io"
	"slices"

	"onceover/sim/mysqlmodel"
	"onceover/sim/redismodel"
)

// apply lets an event happen, and what follows from it until everybody waits.
func (w *world) apply(c Choice) {
	w.steps++
	w.current = c.ID
	w.noteEvent(c)
	e := &events[c.ID.Kind]
	if c.ID.Kind.IsFault() {
		w.lastFault = w.now
		if !e.sequel {
			w.left[e.injector]--
		}
	}
	switch {
	case c.ID.Kind == Arrive:
		w.arrive(c.Op)
	case c.ID.Kind == Vanish:
		w.vanish(life{c.ID.Worker, c.ID.Ord})
	case c.Op != nil:
		w.applyTo(c, e)
	default:
		e.inject(w, c, nil)
	}
	w.settle()
	w.checkList()
	if w.found.Verdict != "" {
		w.noteBad()
	}
}

// applyTo takes a request out of its queue, executes it if the event does so,
// and lets the reply arrive or injects the fault.
func (w *world) applyTo(c Choice, e *event) {
	l := w.link(c.Op.Worker, c.Op.link)
	var reply []byte
	if e.executes {
		w.redis.RefuseNext(e.refused)
		w.redis.RefuseWrites(e.refusal)
		reply = w.execute(c.Op, false)
		w.redis.RefuseNext(0)
		w.redis.RefuseWrites(redismodel.Accepts)
	}
	l.queue = l.queue[1:]
	if c.ID.Kind.IsFault() {
		e.inject(w, c, bytes.Clone(reply))
		return
	}
	w.deliver(c.Op, reply)
}

// connection is the one that a request came on, to be changed; nil if it has
// ended since.
func (w *world) connection(op *Op) *link {
	k := &w.workers[op.Worker]
	if k.life != op.Life || op.link >= len(k.links) {
		return nil
	}
	l := w.link(op.Worker, op.link)
	if l.hungUp || l.broken != nil {
		return nil
	}
	return l
}

// deliver lets a reply arrive. A request that waits has none yet, and is delivered
// once more when its wait is over.
func (w *world) deliver(op *Op, reply []byte) {
	l := w.connection(op)
	switch {
	case l == nil:
		return
	case w.waits(l):
		l.queue = slices.Insert(l.queue, 0, op)
		return
	}
	l.out = append(l.out, reply...)
	if l.reading {
		w.runner.resume(op.Worker)
	}
}

// cut breaks the connection of a request; the client meets why.
func (w *world) cut(op *Op, why error) {
	if w.connection(op) != nil {
		w.sever(op.Worker, op.link, why)
	}
}

// waits tells whether a request that was executed waits: for a lock, or in Redis
// for what never comes.
func (w *world) waits(l *link) bool {
	switch {
	case l.conn == 0:
		return false
	case l.server != MySQL:
		return w.redisAt(l.server).Blocked(redismodel.ConnID(l.conn))
	}
	state := w.mysql.State(mysqlmodel.ConnID(l.conn))
	return state == mysqlmodel.Waiting || state == mysqlmodel.Ready
}

// arrive executes a request that nobody waits for any more.
func (w *world) arrive(op *Op) {
	w.orphans = slices.DeleteFunc(slices.Clone(w.orphans), func(o *Op) bool { return o == op })
	w.execute(op, false)
	w.disconnectFrom(life{op.Worker, op.Life}, op.Server, op.conn)
}

// forget drops the server's ends of all connections, because the numbers of a
// server that was started again begin anew.
func (w *world) forget(s Server) {
	w.forgetGhosts(s)
	for id := range w.workers {
		for i := range w.workers[id].links {
			if w.workers[id].links[i].server == s {
				w.link(id, i).conn = 0
			}
		}
	}
}

// severAll breaks those connections of a worker that there are now.
func (w *world) severAll(id int, s Server) {
	life := w.workers[id].life
	for i := range w.workers[id].links {
		if w.workers[id].life != life || i >= len(w.workers[id].links) {
			return
		}
		if w.workers[id].links[i].server == s {
			w.sever(id, i, io.EOF)
		}
	}
}
