package sim

import (
	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.LateRequest,
	where: onRedis | onMySQL | onLocks,
	events: []event{{
		name: "late-request", inject: giveUp,
		outcome: reports.StepGivenUp, text: "no answer in time, the request is still on its way",
	}},
	lesser: []faults.Kind{faults.MySQLCut, faults.Cut, faults.LoseReply},
	plan:   workerPlan(faults.LateRequest),
})

// giveUp makes the client's read time out. The server sees the request later,
// see Arrive.
func giveUp(w *world, c Choice, _ []byte) {
	if l := w.connection(c.Op); l != nil {
		w.orphan(c.Op, l)
	}
	w.cut(c.Op, errSlow)
}
