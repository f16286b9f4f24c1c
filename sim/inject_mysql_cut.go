package sim

import (
	"onceover/faults"
	"onceover/reports"
)

func init() {
	register(injector{
		kind:  faults.MySQLCut,
		where: onMySQL,
		events: []event{
			{name: "mysql-cut-before", waiting: true, strike: cutConnection, outcome: reports.StepCutBefore, text: didNotArrive},
			{name: "mysql-cut-after", executes: true, effectful: true, strike: cutConnection, outcome: reports.StepReplyLost},
			{name: "mysql-cut-middle", executes: true, strike: cutInReply, outcome: reports.StepReplyLost, text: partArrives},
		},
	})
}
