package sim

import (
	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.MySQLCut,
	where: onMySQL,
	events: []event{
		{name: "mysql-cut-before", waiting: true, inject: cutConnection, outcome: reports.StepCutBefore, text: didNotArrive},
		{name: "mysql-cut-after", executes: true, effectful: true, inject: cutConnection, outcome: reports.StepReplyLost},
		{name: "mysql-cut-middle", executes: true, inject: cutInReply, outcome: reports.StepReplyLost, text: partArrives},
	},
	plan: func(e event, worker int, where Where) (faults.Fault, bool) {
		f, known := workerPlan(faults.MySQLCut)(e, worker, where)
		return f, known && e.name == "mysql-cut-middle" // a plan has no other
	},
})
