package sim

import (
	"onceover/faults"
	"onceover/reports"
	"onceover/sim/redismodel"
)

var _ = register(injector{
	kind:    faults.RedisPower,
	where:   onRedis,
	between: true,
	events: []event{{
		name: "redis-power", forgets: true, inject: cutPower, outcome: reports.StepNote, text: "Redis loses power and starts again on what was synced",
	}},
	offer: offerServer,
	plan:  serverPlan(faults.RedisPower),
})

// cutPower starts Redis again on what it had synced.
func cutPower(w *world, _ Choice, _ []byte) { w.crashRedis(redismodel.PowerLoss) }
