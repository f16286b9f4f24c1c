package sim

import (
	"slices"

	"onceover/faults"
	"onceover/reports"
	"onceover/sim/redismodel"
)

var _ = register(injector{
	kind:    faults.RedisKill,
	where:   onRedis,
	between: true,
	events: []event{{
		name: "redis-kill", forgets: true, inject: killRedis, outcome: reports.StepNote, text: "Redis dies and starts again",
	}},
	offer: offerServer,
	plan:  serverPlan(faults.RedisKill),
})

// killRedis kills Redis and starts it again on what it had written.
func killRedis(w *world, _ Choice, _ []byte) { w.crashRedis(redismodel.Killed) }

func (w *world) crashRedis(how redismodel.Failure) {
	w.redis.Crash(w.now, how)
	w.severServer(Redis)
}

// offerServer offers what strikes a server at any time.
func offerServer(_ *world, next EventID, into []Choice) []Choice {
	return append(into, Choice{ID: next})
}

// severServer breaks all connections of a server that was started again.
func (w *world) severServer(s Server) {
	w.orphans = slices.DeleteFunc(slices.Clone(w.orphans), func(op *Op) bool { return op.Server == s })
	w.forget(s)
	for id := range w.workers {
		w.severAll(id, s)
	}
}
