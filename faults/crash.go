package faults

// Crash ends a worker for good: its program is not started again.
const Crash Kind = "crash"

var crash = Spec{
	Kind:    Crash,
	Class:   Process,
	Summary: "a worker dies and does not come back",
	Example: "crash x1",
	NotLive: "a plan writes it as kill with restart=never",
}
