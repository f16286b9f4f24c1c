package sim

import (
	"slices"
	"time"

	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.Partition,
	where: onRedis | onMySQL,
	events: []event{
		{
			name: "partition", outcome: reports.StepNote, text: "it and the servers hear nothing of each other until all leases have run out",
			inject: func(w *world, c Choice, _ []byte) { w.cutOff(c.ID.Worker) },
		},
		{
			name: "partition-past-timeouts", outcome: reports.StepNote, text: "it and the servers hear nothing of each other, and what it waits for times out",
			inject: func(w *world, c Choice, _ []byte) {
				w.cutOff(c.ID.Worker)
				w.loseHope(c.ID.Worker)
			},
		},
	},
	offer: offerPartition,
	plan: func(e event, worker int, where Where) (faults.Fault, bool) {
		f, ok := workerPlan(faults.Partition)(e, worker, where)
		f.For = pastLease
		if e.name != "partition" {
			f.For = pastTimeouts
		}
		return f, ok
	},
})

// pastTimeouts is, in real time, longer than go-redis waits for a reply unless it is told otherwise.
const pastTimeouts = 6 * time.Second

// offerPartition offers every worker of which a request is under way: before that, it makes
// no difference.
func offerPartition(w *world, next EventID, into []Choice) []Choice {
	for id, k := range w.workers {
		if k.apartUntil == 0 && slices.ContainsFunc(k.links, func(l link) bool { return len(l.queue) > 0 }) {
			into = append(into, Choice{ID: EventID{id, k.cutOffs, next.Kind}})
		}
	}
	return into
}

// cutOff lets nothing pass between a worker and the servers for longer than a lease, but what
// is done at once because it is nobody else's business, such as the opening of a connection. The
// reads that time out meanwhile do so when it is over. That is not at the very moment at which
// a context of the client ends, or it would be left to chance which of the two comes first.
func (w *world) cutOff(id int) {
	k := &w.workers[id]
	k.apartUntil = w.now + 2*w.scene.Setup.TTL + 777*time.Microsecond
	k.cutOffs++
}

// loseHope lets a worker give up what it waits for from Redis, at once.
func (w *world) loseHope(id int) {
	life := w.workers[id].life
	for i := range w.workers[id].links {
		if w.workers[id].life != life || i >= len(w.workers[id].links) {
			return
		}
		if l := &w.workers[id].links[i]; l.server == Redis && l.reading && len(l.queue) > 0 {
			w.timeOut(id, i)
		}
	}
}

// apart tells whether a worker is cut off.
func (w *world) apart(id int) bool { return w.workers[id].apartUntil != 0 }

// rejoin lets everything pass again, if it is time: what was held back is under way.
func (w *world) rejoin(id int) {
	k := &w.workers[id]
	if !w.apart(id) || k.apartUntil > w.now {
		return
	}
	k.apartUntil, w.lastFault = 0, w.now
	w.note(Step{ID: w.current, Worker: id, Life: k.life, Text: "it and the servers hear of each other again", Note: true})
}

// leave closes a client's end of which the server learns when the worker is not cut off any more.
func (w *world) leave(of life, s Server, conn int64) {
	if conn != 0 {
		w.ghosts = append(slices.Clip(w.ghosts), ghost{
			of: of, conns: []serverConn{{s, conn}}, until: w.workers[of.worker].apartUntil, waits: true,
		})
	}
}
