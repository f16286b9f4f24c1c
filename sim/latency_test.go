package sim

import (
	"slices"

	"onceover/faults"
	"onceover/reports"
)

// AddLatency adds a fault that the program does not have: its description and
// its injector are all that there is of it.
func AddLatency() (remove func()) {
	forget := faults.Add(faults.Spec{
		Kind:    "latency",
		Class:   faults.Wire,
		Summary: "a reply of Redis arrives late",
		Example: "latency x1",
		NotLive: "it is there for a test",
	})
	before := injectors
	simulate(append(slices.Clone(injectors), injector{
		kind:  "latency",
		where: onRedis,
		events: []event{{
			name: "latency", executes: true, outcome: reports.StepAnswered, text: "the reply is late",
			inject: func(w *world, c Choice, reply []byte) {
				w.advance()
				w.deliver(c.Op, reply)
			},
		}},
	}))
	return func() {
		simulate(before)
		forget()
	}
}
