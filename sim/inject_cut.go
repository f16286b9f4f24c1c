package sim

import (
	"io"

	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.Cut,
	where: onRedis | onLocks,
	events: []event{{
		name: "cut", waiting: true, inject: cutConnection,
		outcome: reports.StepCutBefore, text: didNotArrive,
	}},
	plan: workerPlan(faults.Cut),
})

const didNotArrive = "connection lost, the request did not arrive"

// cutConnection breaks the connection of a request.
func cutConnection(w *world, c Choice, _ []byte) { w.cut(c.Op, io.EOF) }
