package faults

import (
	"time"

	"onceover/reports"
)

// Refuse makes Redis refuse every write for a while, or whatever it is asked, with an error. In the simulated world
// the while is as long as one request: the shortest that there is. More of them follow
// each other if the budget has more.
const Refuse Kind = "refuse"

// The errors with which a Redis refuses writes. In a transaction whose commands were queued
// before, it says so of EXEC as a whole; of a right that is gone, of each write alone.
const (
	OOM        = "oom"        // its memory is full, and it evicts nothing
	ReadOnly   = "readonly"   // it was made a replica
	NoReplicas = "noreplicas" // fewer replicas follow it than it needs for a write
	MisConf    = "misconf"    // it could not save its data on disk
	Denied     = "denied"     // the user has lost the right to write
	Busy       = "busy"       // a script does not end, and nothing at all is answered meanwhile
)

// DefaultRefused is how long writes are refused.
const DefaultRefused = 500 * time.Millisecond

var refuse = Spec{
	Kind:    Refuse,
	Class:   Refuses,
	Summary: "Redis refuses all writes for=DURATION; error=oom (its memory is full), readonly (it is a replica), noreplicas (too few follow it), misconf (it cannot save), denied (no right) or busy (a script runs; reads are refused too)",
	Example: "refuse request=write error=oom for=500ms",
	Effect:  reports.WritesRefused,
	Settings: []Setting{
		{Name: "error", Words: []string{OOM, ReadOnly, NoReplicas, MisConf, Denied, Busy}},
		{Name: "for", Of: func(f *Fault) *time.Duration { return &f.For }, Default: DefaultRefused},
	},
}
