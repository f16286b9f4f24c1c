package faults

// HalfReply breaks a connection to Redis in the middle of a reply. The request
// was executed.
const HalfReply Kind = "half-reply"

var halfReply = Spec{
	Kind:    HalfReply,
	Class:   Wire,
	Summary: "a connection to Redis breaks in the middle of a reply",
	Example: "half-reply x1",
	NotLive: notInjected,
}
