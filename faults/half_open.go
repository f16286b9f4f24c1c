package faults

import (
	"time"

	"onceover/reports"
)

// HalfOpen ends a worker as the loss of its host does: at once, and without a word to the
// servers. They go on to believe that it is there, with its name, its locks and its open
// transactions, until for=DURATION has passed. By then it may have been started again
// elsewhere. Requests that it has sent and that the servers do not have yet are lost.
const HalfOpen Kind = "half-open"

// DefaultHalfOpen is how long servers do not notice: longer than the usual lease.
const DefaultHalfOpen = 1500 * time.Millisecond

var halfOpen = Spec{
	Kind:    HalfOpen,
	Class:   Process,
	Summary: "a worker's host is gone and no server learns of it for=DURATION; the worker dies, its connections stay; restart=DURATION or restart=never",
	Example: "half-open worker=* chunk=5 at=read for=1.5s restart=200ms",
	Effect:  reports.WorkerDies,
	Settings: []Setting{
		{Name: "for", Of: func(f *Fault) *time.Duration { return &f.For }, Default: DefaultHalfOpen},
		{Name: "restart", Of: func(f *Fault) *time.Duration { return &f.Restart }, Default: DefaultRestart, OrNever: true},
	},
}
