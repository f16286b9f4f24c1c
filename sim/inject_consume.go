package sim

import (
	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:  faults.Consume,
	where: onRedis,
	events: []event{{
		name: "consume", outcome: reports.StepNote, text: "a consumer takes what is in the list",
		inject: func(w *world, _ Choice, _ []byte) { w.consume() },
	}},
	offer: func(w *world, next EventID, into []Choice) []Choice {
		if w.tally.total == 0 {
			return into
		}
		return append(into, Choice{ID: next})
	},
})

// consume empties the list. What was taken counts as arrived for ever.
func (w *world) consume() {
	w.deleteKey(list)
	w.tally.take()
}
