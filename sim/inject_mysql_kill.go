package sim

import (
	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.MySQLKill,
	where: onMySQL,
	events: []event{{
		name: "mysql-kill", outcome: reports.StepNote, text: "MySQL stops and starts again",
		inject: func(w *world, _ Choice, _ []byte) {
			w.mutableMySQL().Crash()
			w.severServer(MySQL)
		},
	}},
	offer: offerServer,
	plan:  serverPlan(faults.MySQLKill),
})
