package sim

import (
	"io"
	"slices"

	"onceover/sim/mysqld"
	"onceover/sim/redisd"
)

// apply lets an event happen, and what follows from it until everybody waits.
func (w *world) apply(c Choice) {
	w.steps++
	w.current = c.ID
	w.noteEvent(c)
	if kind := c.ID.Kind; kind.Fault() {
		server := Redis
		if c.Op != nil {
			server = c.Op.Server
		}
		*w.left.share(kind, server)--
		w.lastFault = w.now
	}
	if c.Op != nil {
		w.applyTo(c.Op, c.ID.Kind)
	} else {
		w.applyElsewhere(c.ID)
	}
	w.settle()
	w.look()
	if w.found.verdict != "" {
		w.noteBad()
	}
}

func (w *world) applyTo(op *Op, kind Kind) {
	if kind == Arrive {
		w.arrive(op)
		return
	}
	id, link := op.Worker, op.link
	l := w.link(id, link)
	var reply []byte
	if kind.executes() {
		reply = w.execute(op, false)
		if kind == Deliver && w.waits(l) {
			return
		}
	}
	l.queue = l.queue[1:]
	switch kind {
	case Deliver:
		l.out = append(l.out, reply...)
		if l.reading {
			w.players.resume(id)
		}
	case CutMiddle:
		l.out = append(l.out, reply[:len(reply)/2]...)
		w.sever(id, link, io.EOF)
	case CutBefore, CutAfter:
		w.sever(id, link, io.EOF)
	case GiveUp:
		stray := *op
		stray.conn, l.conn = l.conn, 0
		w.strays = append(w.strays, &stray)
		w.sever(id, link, errSlow)
	case CrashBefore, CrashAfter:
		w.kill(id)
	case RestartBefore, RestartAfter:
		w.kill(id)
		w.revive(id)
	}
}

// waits tells whether a request that was executed waits for a lock: its reply
// comes later, when it is delivered once more.
func (w *world) waits(l *link) bool {
	if l.server != MySQL || l.conn == 0 {
		return false
	}
	state := w.mysql.State(mysqld.ConnID(l.conn))
	return state == mysqld.Waiting || state == mysqld.Ready
}

// arrive executes a request that nobody waits for any more.
func (w *world) arrive(op *Op) {
	w.strays = slices.DeleteFunc(slices.Clone(w.strays), func(o *Op) bool { return o == op })
	w.execute(op, false)
	w.disconnectFrom(life{op.Worker, op.Life}, op.Server, op.conn)
}

func (w *world) applyElsewhere(id EventID) {
	switch id.Kind {
	case Advance:
		w.advances++
		w.advance()
	case KillClient:
		w.workers[id.Worker].killed++
		w.severAll(id.Worker, Redis)
	case MySQLRestart:
		w.mysqlRestarts++
		w.restartMySQL()
	case RedisCrash:
		w.redisCrashes++
		w.crashRedis()
	}
}

func (w *world) crashRedis() {
	how := redisd.Killed
	if w.scene.Setup.Persistence == EverySec {
		how = redisd.PowerLoss
	}
	w.redis.Crash(w.now, how)
	w.strays = slices.DeleteFunc(slices.Clone(w.strays), func(op *Op) bool { return op.Server == Redis })
	w.forget(Redis)
	for id := range w.workers {
		w.severAll(id, Redis)
	}
}

// forget drops the server's ends of all connections, because the numbers of a
// server that was started again begin anew.
func (w *world) forget(s Server) {
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
