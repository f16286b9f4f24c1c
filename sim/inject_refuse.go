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
		refusal("refuse-misconf", redismodel.NoDisk, "it could not save its data"),
		refusal("refuse-denied", redismodel.Denied, "the right to them is gone"),
		busy(),
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
	redismodel.NoDisk: faults.MisConf, redismodel.Denied: faults.Denied, redismodel.Busy: faults.Busy,
}

// refusal refuses every write of one request.
func refusal(name string, why redismodel.Refusal, text string) event {
	return event{
		name: name, executes: true, effectful: true, refusal: why,
		outcome: reports.StepAnswered, text: "Redis refuses the writes of this request: " + text,
		inject: func(w *world, c Choice, reply []byte) { w.deliver(c.Op, reply) },
	}
}

// busy refuses one request, whether it writes or not.
func busy() event {
	e := refusal("refuse-busy", redismodel.Busy, "")
	e.effectful, e.text = false, "Redis refuses this request: it is busy with a script"
	return e
}
