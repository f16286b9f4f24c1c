package sim

import (
	"slices"
	"time"

	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.HalfOpen,
	where: onRedis | onMySQL,
	events: []event{
		{name: "half-open-before", inject: strandAndRestart, outcome: reports.StepDies, text: "dies, and its connections stay"},
		{name: "half-open-after", executes: true, effectful: true, inject: strandAndRestart, outcome: reports.StepDiesAfter, text: "its connections stay"},
	},
	lesser: append([]faults.Kind{faults.Kill, faults.Crash}, lessThanDeath...),
	plan: func(e event, worker int, where Where) (faults.Fault, bool) {
		f, ok := deathPlan(e, worker, where)
		f.Kind, f.For, f.Restart = faults.HalfOpen, faults.DefaultHalfOpen, faults.DefaultRestart
		return f, ok
	},
})

// strandAndRestart ends the life of a worker without a word to the servers, and begins its next.
func strandAndRestart(w *world, c Choice, _ []byte) {
	if w.strand(c.Op.Worker) {
		w.restart(c.Op.Worker)
	}
}

// ghost is what a life that has ended leaves at the servers: they learn of its end later.
type ghost struct {
	of    life
	conns []serverConn
	until time.Duration // by then at the latest
	waits bool          // until then, and not for a choice
}

// serverConn is a server's end of a connection.
type serverConn struct {
	server Server
	conn   int64
}

// strand ends a life at once, and leaves the servers' ends of its connections. Requests that
// were under way do not arrive. ok is false if it has ended already.
func (w *world) strand(id int) (ok bool) {
	k := &w.workers[id]
	if k.status != alive {
		return false
	}
	w.runner.kill(id)
	g := ghost{of: life{id, k.life}, until: w.now + 2*w.scene.Setup.TTL}
	for _, l := range k.links {
		if l.conn != 0 {
			g.conns = append(g.conns, serverConn{l.server, l.conn})
		}
	}
	k.links, k.shared, k.sleeping, k.status = nil, false, false, dead
	w.ghosts = append(slices.Clip(w.ghosts), g)
	return true
}

// vanish lets the servers learn of the end of a life.
func (w *world) vanish(of life) {
	w.vanishing(func(g ghost) bool { return g.of == of && !g.waits })
}

// vanishing takes some ghosts away.
func (w *world) vanishing(some func(ghost) bool) {
	gone := w.ghosts
	w.ghosts = slices.DeleteFunc(slices.Clone(w.ghosts), some)
	for _, g := range gone {
		if !some(g) {
			continue
		}
		w.lastFault = w.now
		for _, c := range g.conns {
			w.disconnectFrom(g.of, c.server, c.conn)
		}
	}
}

// vanishDue does so for those whose time is over.
func (w *world) vanishDue() {
	for _, g := range w.ghosts {
		if g.until <= w.now && !g.waits {
			w.note(Step{ID: w.current, Worker: g.of.worker, Life: g.of.life, Text: events[Vanish].text, Note: true})
		}
	}
	w.vanishing(func(g ghost) bool { return g.until <= w.now })
}

// forgetGhosts drops those connections of ghosts that a server had before it was started again.
func (w *world) forgetGhosts(s Server) {
	w.ghosts = slices.Clone(w.ghosts)
	for i := range w.ghosts {
		g := &w.ghosts[i]
		g.conns = slices.DeleteFunc(slices.Clone(g.conns), func(c serverConn) bool { return c.server == s })
	}
}
