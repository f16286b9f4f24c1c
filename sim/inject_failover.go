package sim

import (
	"slices"

	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:    faults.Failover,
	where:   onRedis,
	between: true,
	events: []event{
		{
			name: "failover-lag", outcome: reports.StepNote, text: "the replica of Redis receives nothing any more",
			inject: func(w *world, _ Choice, _ []byte) { w.redis.Part() },
		},
		{
			name: "failover", sequel: true, forgets: true, inject: failOver, outcome: reports.StepNote,
			text: "Redis dies, and its replica takes its place without what it had not received",
		},
		{
			name: "failover-past-leases", sequel: true, forgets: true, outcome: reports.StepNote,
			text: "Redis stands still until all leases have run out and dies, and its replica takes its place without what it had not received",
			inject: func(w *world, c Choice, _ []byte) {
				w.advanceTo(w.now + 2*w.scene.Setup.TTL)
				failOver(w, c, nil)
			},
		},
	},
	offer: offerFailover,
	plan:  serverPlan(faults.Failover),
})

// offerFailover lets the replica part where something may be written next, since until then
// it makes no difference, and take the place of a Redis of which something is gone then.
func offerFailover(w *world, next EventID, into []Choice) []Choice {
	may := w.redis.Behind()
	if !events[next.Kind].sequel {
		may = !w.redis.Parted() && w.mayWrite()
	}
	if may {
		into = append(into, Choice{ID: next})
	}
	return into
}

// mayWrite tells whether the next event may write to the Redis of the data. Other faults
// do, and are not looked at one by one.
func (w *world) mayWrite() bool {
	writes := func(op *Op) bool { return op.Server == Redis && op.Writes() }
	if w.scene.scope.several || slices.ContainsFunc(w.orphans, writes) {
		return true
	}
	return slices.ContainsFunc(w.workers, func(k worker) bool {
		return slices.ContainsFunc(k.links, func(l link) bool { return len(l.queue) > 0 && writes(l.queue[0]) })
	})
}

// failOver puts the replica in the place of Redis. The list may be as long as before, and
// another one.
func failOver(w *world, _ Choice, _ []byte) {
	w.redis.FailOver(w.now)
	w.tally.total = -1
	w.severServer(Redis)
}
