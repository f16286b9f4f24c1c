package faults

// LoseReply lets a worker's next write reach Redis and be executed, and cuts
// the connection before the reply gets back. The worker cannot know whether
// the write took effect; a client that sends it again by itself may write twice.
const LoseReply Kind = "lose-reply"

var loseReply = Spec{
	Kind:    LoseReply,
	Summary: "a worker's next write is executed, and its reply never arrives",
	Example: "lose-reply worker=* chunk=5 at=committing",
	Wire:    true,
}
