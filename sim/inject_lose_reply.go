package sim

import (
	"onceover/faults"
	"onceover/reports"
)

func init() {
	register(injector{
		kind:  faults.LoseReply,
		where: onRedis,
		events: []event{{
			name: "lose-reply", executes: true, strike: cutConnection, outcome: reports.StepReplyLost,
		}},
		lesser: []faults.Kind{faults.Cut},
		plan: func(e EventID, where Where) (faults.Fault, bool) {
			place := where.Of(e.Worker)
			return faults.Fault{Kind: faults.LoseReply, At: place.position()}, place.Known
		},
	})
}
