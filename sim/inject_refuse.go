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
		refusal("refuse-noreplicas", redismodel.Alone, "no replica follows it"),
	},
	plan: func(e event, worker int, where Where) (faults.Fault, bool) {
		f, ok := workerPlan(faults.Refuse)(e, worker, where)
		f.Word = refusalWords[e.refusal]
		return f, ok
	},
})

// refusalWords are what plans call the ways to refuse.
var refusalWords = map[redismodel.Refusal]string{
	redismodel.Full: faults.OOM, redismodel.Replica: faults.ReadOnly, redismodel.Alone: faults.NoReplicas,
}

// refusal refuses every write of one request.
func refusal(name string, why redismodel.Refusal, text string) event {
	return event{
		name: name, executes: true, effectful: true, refusal: why,
		outcome: reports.StepAnswered, text: "Redis refuses the writes of this request: " + text,
		inject: func(w *world, c Choice, reply []byte) { w.deliver(c.Op, reply) },
	}
}
