package proxy

// Kind is what happened to a connection or to a request.
type Kind string

// The kinds of events.
const (
	// Unreachable: the target was not found or could not be dialled, and the connection was reset.
	Unreachable Kind = "unreachable"
	// Unreadable: the bytes of one side could not be followed, and the connection was reset.
	Unreadable Kind = "unreadable"
	// Broken: the proxy can accept no more connections.
	Broken Kind = "broken"

	// Cut: the connection was cut before the request; the server never got it.
	Cut Kind = "cut"
	// Withheld: the server answered the request; its complete reply, of Bytes bytes, was withheld and the connection cut.
	Withheld Kind = "withheld"
	// Halved: the server answered the request; a part of its reply was passed on, the other Bytes bytes were withheld and
	// the connection cut.
	Halved Kind = "halved"
	// Lost: the server ended the connection.
	Lost Kind = "lost"
	// Spared: the server answered the request with an error, which was passed on, and the connection goes on.
	Spared Kind = "spared"
	// Missed: the request was sent, but the connection to the server ended before the reply was complete.
	Missed Kind = "missed"

	// Held: the request is being held.
	Held Kind = "held"
	// Released: the held request was sent to the server.
	Released Kind = "released"
	// Answered: the server answered a late request, and not with an error.
	Answered Kind = "answered"
	// Dropped: the held request was never sent, because the connection was reset or the server had gone.
	Dropped Kind = "dropped"
)

// Event carries no time; its receiver knows when it came.
type Event struct {
	Kind    Kind
	Conn    uint64 // number of the connection, 0 if the event is of none
	Ordinal uint64 // number of the request, 0 if the event is of none
	Request string // short name of the request, without arguments and credentials
	Bytes   int    // length of a withheld reply
	Err     error  // why, for Unreachable, Unreadable, Broken and Dropped
}
