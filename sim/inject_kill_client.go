package sim

import (
	"slices"

	"onceover/faults"
	"onceover/reports"
)

var _ = register(injector{
	kind:    faults.KillClient,
	where:   onRedis,
	between: true,
	events: []event{{
		name: "kill-client", outcome: reports.StepNote, text: "Redis closes its connections",
		inject: func(w *world, c Choice, _ []byte) {
			w.workers[c.ID.Worker].killed++
			w.severAll(c.ID.Worker, Redis)
		},
	}},
	offer: offerKillClient,
	plan:  workerPlan(faults.KillClient),
})

// offerKillClient offers the connections of every worker that has some.
func offerKillClient(w *world, next EventID, into []Choice) []Choice {
	for id, k := range w.workers {
		if slices.ContainsFunc(k.links, func(l link) bool { return l.server == Redis && l.conn != 0 }) {
			into = append(into, Choice{ID: EventID{id, k.killed, next.Kind}})
		}
	}
	return into
}
