package sim

import (
	"onceover/faults"
	"onceover/reports"
	"onceover/sim/redismodel"
)

var _ = register(injector{
	kind:  faults.Refuse,
	where: onRedis,
	events: []event{
		refusal("refuse-oom", redismodel.Full, "its memory is full"),
		refusal("refuse-readonly", redismodel.Replica, "it is a replica"),
	},
	plan: func(e event, worker int, where Where) (faults.Fault, bool) {
		f, ok := workerPlan(faults.Refuse)(e, worker, where)
		if e.refusal == redismodel.Replica {
			f.Word = faults.ReadOnly
		}
		return f, ok
	},
})

// refusal refuses every write of one request.
func refusal(name string, why redismodel.Refusal, text string) event {
	return event{
		name: name, executes: true, effectful: true, refusal: why,
		outcome: reports.StepAnswered, text: "Redis refuses the writes of this request: " + text,
		inject: func(w *world, c Choice, reply []byte) { w.deliver(c.Op, reply) },
	}
}
