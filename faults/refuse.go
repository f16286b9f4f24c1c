package faults

import (
	"time"

	"onceover/reports"
)

// Refuse makes Redis refuse every write for a while, with an error. In the simulated world
// the while is as long as one request: the shortest that there is. More of them follow
// each other if the budget has more.
const Refuse Kind = "refuse"

// The errors with which a Redis refuses writes.
const (
	OOM        = "oom"        // its memory is full, and it evicts nothing
	ReadOnly   = "readonly"   // it was made a replica
	NoReplicas = "noreplicas" // fewer replicas follow it than it needs for a write
)

// DefaultRefused is how long writes are refused.
const DefaultRefused = 500 * time.Millisecond

var refuse = Spec{
	Kind:    Refuse,
	Class:   Refuses,
	Summary: "Redis refuses all writes for=DURATION; error=oom (its memory is full), readonly (it is a replica) or noreplicas (too few follow it)",
	Example: "refuse request=write error=oom for=500ms",
	Effect:  reports.WritesRefused,
	Settings: []Setting{
		{Name: "error", Words: []string{OOM, ReadOnly, NoReplicas}},
		{Name: "for", Of: func(f *Fault) *time.Duration { return &f.For }, Default: DefaultRefused},
	},
}
