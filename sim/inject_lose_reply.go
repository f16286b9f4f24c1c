package sim

import (
	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.LoseReply,
	where: onRedis | onLocks,
	events: []event{{
		name: "lose-reply", executes: true, inject: cutConnection, outcome: reports.StepReplyLost,
	}},
	lesser: []faults.Kind{faults.Cut},
	plan:   workerPlan(faults.LoseReply),
})
