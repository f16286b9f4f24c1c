package sim

import (
	"time"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.Pause,
	where: onRedis | onMySQL,
	events: []event{
		{
			name: "pause", outcome: reports.StepNote, text: "nobody is scheduled",
			inject: func(w *world, _ Choice, _ []byte) { w.advance() },
		},
		{
			name: longPause, outcome: reports.StepNote, text: "nobody is scheduled until all leases have run out",
			inject: func(w *world, _ Choice, _ []byte) { w.advanceTo(w.now + 2*w.scene.Setup.TTL) },
		},
	},
	offer: func(w *world, next EventID, into []Choice) []Choice {
		if _, due := w.nextDue(); !due && next.Kind.String() != longPause {
			return into
		}
		return append(into, Choice{ID: next})
	},
	plan: pausePlan,
})

// longPause also ends leases of which no server knows: a deadline that is kept
// as data is due for nobody but the worker that reads it.
const longPause = "pause-past-leases"

// pastLease is, in real time, until a lease has run out: half a second unless
// the live world is told otherwise.
const pastLease = 1500 * time.Millisecond

// pausePlan stops a worker that has a chunk and has not committed it.
func pausePlan(_ event, _ int, where Where) (faults.Fault, bool) {
	for _, p := range where {
		if p.Known && p.Step >= loader.Claimed && p.Step <= loader.Committing {
			p.Step = loader.Committing
			return faults.Fault{Kind: faults.Pause, At: p.position(), For: pastLease}, true
		}
	}
	return faults.Fault{}, false
}
