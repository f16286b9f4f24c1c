package sim

import (
	"fmt"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
)

// mostClocks is the last lock server whose clock jumps, counted from 1.
const mostClocks = 3

var _ = register(injector{
	kind:   faults.RedisClock,
	where:  onRedis | onLocks,
	events: clocks(),
	offer: func(w *world, next EventID, into []Choice) []Choice {
		server := events[next.Kind].clock
		if server >= firstLock+Server(len(w.locks)) || !w.redisAt(server).Timed(w.now) {
			return into
		}
		return append(into, Choice{ID: next})
	},
	plan: clockPlan,
})

// clocks has an event for each Redis. Leases have run out after twice their time.
func clocks() []event {
	all := []event{clockJump("redis-clock", Redis, "the clock of Redis jumps ahead, and all leases run out")}
	for i := range mostClocks {
		name, text := fmt.Sprintf("redis-clock-%d", i+1), fmt.Sprintf("the clock of lock server %d jumps ahead, and all its leases run out", i+1)
		all = append(all, clockJump(name, LockServer(i), text))
	}
	return all
}

func clockJump(name string, clock Server, text string) event {
	return event{
		name: name, clock: clock, outcome: reports.StepNote, text: text,
		inject: func(w *world, _ Choice, _ []byte) { w.redisAt(clock).Jump(w.now, 2*w.scene.Setup.TTL) },
	}
}

// clockPlan lets the clock jump while a worker holds a lease.
func clockPlan(_ event, _ int, where Where) (faults.Fault, bool) {
	spec, _ := faults.Find(faults.RedisClock)
	for _, p := range where {
		if p.Known && p.Step >= loader.Claimed && p.Step <= loader.Committing {
			return spec.At(p.position()), true
		}
	}
	return faults.Fault{}, false
}
