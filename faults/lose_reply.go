package faults

import "onceover/reports"

// LoseReply lets a request to Redis be executed, and cuts the connection before
// any of the reply gets back. A plan strikes a worker's next write. The worker
// cannot know whether the write took effect; a client that sends it again by
// itself may write twice.
const LoseReply Kind = "lose-reply"

var loseReply = Spec{
	Kind:    LoseReply,
	Class:   Wire,
	Summary: "a worker's next write is executed, and its reply never arrives",
	Example: "lose-reply worker=* chunk=5 at=committing",
	Effect:  reports.ReplyLost,
}
