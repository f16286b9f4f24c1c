package sim

import (
	"onceover/faults"
	"onceover/reports"
)

func injectMySQLCut() injector {
	return injector{
		kind:  faults.MySQLCut,
		where: onMySQL,
		events: []event{
			{name: "mysql-cut-before", waiting: true, inject: cutConnection, outcome: reports.StepCutBefore, text: didNotArrive},
			{name: "mysql-cut-after", executes: true, effectful: true, inject: cutConnection, outcome: reports.StepReplyLost},
			{name: "mysql-cut-middle", executes: true, inject: cutInReply, outcome: reports.StepReplyLost, text: partArrives},
		},
		plan: func(e EventID, where Where) (faults.Fault, bool) {
			f, known := workerPlan(faults.MySQLCut)(e, where)
			return f, known && e.Kind.String() == "mysql-cut-middle" // a plan has no other
		},
	}
}
