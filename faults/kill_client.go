package faults

import "onceover/reports"

// KillClient closes all Redis connections of a worker from the server's side,
// as CLIENT KILL does.
const KillClient Kind = "kill-client"

var killClient = Spec{
	Kind:    KillClient,
	Class:   Wire,
	Summary: "Redis closes all connections of a worker (CLIENT KILL)",
	Example: "kill-client worker=* chunk=5 at=read",
	Effect:  reports.ConnectionLost,
}
