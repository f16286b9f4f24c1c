package faults

import (
	"time"

	"onceover/reports"
)

// LateRequest makes a client's read time out while its request is still on its
// way. The server executes the request later: in a plan the worker's next
// write, after for=DURATION.
const LateRequest Kind = "late-request"

// DefaultLate is how long a late request is on its way.
const DefaultLate = time.Second

var lateRequest = Spec{
	Kind:     LateRequest,
	Class:    Wire,
	Summary:  "a request is executed after its sender has given it up",
	Example:  "late-request worker=* chunk=5 at=committing for=1s",
	Effect:   reports.ReplyLost,
	Settings: []Setting{{Name: "for", Of: func(f *Fault) *time.Duration { return &f.For }, Default: DefaultLate}},
}
