package faults

import (
	"time"

	"onceover/reports"
)

// Pause stops a worker for a while without its noticing, as SIGSTOP, a long
// garbage collection or a frozen virtual machine do. Its connections stay open.
// In the simulated world nobody is scheduled until something is due, or until
// twice the time of a lease has passed.
const Pause Kind = "pause"

var pause = Spec{
	Kind:     Pause,
	Class:    Process,
	Summary:  "a worker stands still for a while (SIGSTOP, then SIGCONT)",
	Example:  "pause worker=* chunk=7 at=committing for=2.5s",
	Effect:   reports.WorkerSuspended,
	Settings: []Setting{{Name: "for", Of: func(f *Fault) *time.Duration { return &f.For }, Required: true}},
}
