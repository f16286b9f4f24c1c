package faults

import (
	"time"

	"onceover/reports"
)

// Kill ends a worker at once, as SIGKILL and a power cut do, and starts it
// again later. Requests that it has sent are still on their way; its kernel
// closes its connections.
const Kill Kind = "kill"

// DefaultRestart is how long a supervisor takes to start a worker again.
const DefaultRestart = 200 * time.Millisecond

var kill = Spec{
	Kind:    Kill,
	Class:   Process,
	Summary: "a worker dies (SIGKILL); restart=DURATION or restart=never",
	Example: "kill worker=2 chunk=5 at=read restart=200ms",
	Effect:  reports.WorkerDies,
	Settings: []Setting{{
		Name: "restart", Of: func(f *Fault) *time.Duration { return &f.Restart },
		Default: DefaultRestart, OrNever: true,
	}},
}
