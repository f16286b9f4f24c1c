package sim

import (
	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.HalfReply,
	where: onRedis | onLocks,
	events: []event{{
		name: "half-reply", executes: true, inject: cutInReply,
		outcome: reports.StepReplyLost, text: partArrives,
	}},
	lesser: []faults.Kind{faults.Cut, faults.LoseReply},
	plan:   workerPlan(faults.HalfReply),
})

const partArrives = "a part of the reply arrives"

// cutInReply breaks the connection of a request when half of its reply has come.
func cutInReply(w *world, c Choice, reply []byte) {
	if l := w.connection(c.Op); l != nil {
		l.out = append(l.out, reply[:len(reply)/2]...)
	}
	cutConnection(w, c, nil)
}
