package faults

// LateRequest makes a client's read time out while its request is still on its
// way. The server executes the request later.
const LateRequest Kind = "late-request"

var lateRequest = Spec{
	Kind:    LateRequest,
	Class:   Wire,
	Summary: "a request is executed after its sender has given it up",
	Example: "late-request x1",
	NotLive: notInjected,
}
