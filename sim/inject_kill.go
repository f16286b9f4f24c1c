package sim

import (
	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.Kill,
	where: onRedis | onMySQL | onLocks,
	events: []event{
		{name: "kill-before", waiting: true, inject: killAndRestart, outcome: reports.StepDies, text: "dies"},
		{name: "kill-after", executes: true, effectful: true, inject: killAndRestart, outcome: reports.StepDiesAfter},
	},
	lesser: append([]faults.Kind{faults.Crash}, lessThanDeath...),
	plan: func(e event, worker int, where Where) (faults.Fault, bool) {
		f, ok := deathPlan(e, worker, where)
		f.Restart = faults.DefaultRestart
		return f, ok
	},
})

// killAndRestart ends the life of a worker, and begins its next.
func killAndRestart(w *world, c Choice, _ []byte) {
	if w.kill(c.Op.Worker) {
		w.restart(c.Op.Worker)
	}
}
