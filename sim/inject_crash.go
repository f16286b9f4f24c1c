package sim

import (
	"time"

	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.Crash,
	where: onRedis | onMySQL | onLocks,
	events: []event{
		{name: "crash-before", waiting: true, inject: die, outcome: reports.StepDies, text: "dies"},
		{name: "crash-after", executes: true, effectful: true, inject: die, outcome: reports.StepDiesAfter},
	},
	lesser: lessThanDeath,
	plan: func(e event, worker int, where Where) (faults.Fault, bool) {
		f, ok := deathPlan(e, worker, where)
		f.Restart, f.At.Hold = faults.Never, othersPass
		return f, ok
	},
})

func die(w *world, c Choice, _ []byte) { w.kill(c.Op.Worker) }

// othersPass is, in real time, until the other workers have gone by.
const othersPass = time.Second

// lessThanDeath is what does less harm than the death of the worker.
var lessThanDeath = []faults.Kind{faults.MySQLCut, faults.Cut, faults.LoseReply, faults.HalfReply, faults.LateRequest}

// deathPlan kills the worker at the step at which it sends the request, or at
// the next one if the request was executed.
func deathPlan(e event, worker int, where Where) (faults.Fault, bool) {
	place := where.Of(worker)
	f := faults.Fault{Kind: faults.Kill, At: place.position()}
	if e.executes {
		f.At.Step = following(f.At.Step)
	}
	return f, place.Known
}
