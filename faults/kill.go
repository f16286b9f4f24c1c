package faults

import "time"

// Kill ends a worker at once, as SIGKILL and a power cut do. Whatever it had
// sent is still on its way; its connections are closed by its kernel.
const Kill Kind = "kill"

// DefaultRestart is how long a supervisor takes to start a worker again.
const DefaultRestart = 200 * time.Millisecond

var kill = Spec{
	Kind:     Kill,
	Summary:  "a worker dies (SIGKILL); restart=DURATION or restart=never",
	Example:  "kill worker=2 chunk=5 at=read restart=200ms",
	takes:    []string{"restart"},
	defaults: func(f *Fault) { f.Restart = DefaultRestart },
}
