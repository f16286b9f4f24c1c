package faults

// Deny makes Redis refuse one command of a request: the right to it was taken away, or
// the command renamed, after the worker had looked. A script and a transaction go
// through what comes before the command all the same, and a transaction also through
// what comes after it.
const Deny Kind = "deny"

var deny = Spec{
	Kind:    Deny,
	Class:   Refuses,
	Summary: "Redis refuses one command in a request, also in the middle of a script or a transaction",
	Example: "deny x1",
	NotLive: "a real server takes a command away from a user for good, not once",
}
