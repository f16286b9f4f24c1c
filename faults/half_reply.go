package faults

import "onceover/reports"

// HalfReply breaks a connection to Redis in the middle of a reply. The request
// was executed. A plan strikes a worker's next write.
const HalfReply Kind = "half-reply"

var halfReply = Spec{
	Kind:    HalfReply,
	Class:   Wire,
	Summary: "a connection to Redis breaks in the middle of a reply",
	Example: "half-reply worker=* chunk=5 at=committing",
	Effect:  reports.ReplyLost,
}
