package faults

import "onceover/reports"

// Cut breaks a connection to Redis before the server has seen the request. A plan
// strikes a worker's next write.
const Cut Kind = "cut"

var cut = Spec{
	Kind:    Cut,
	Class:   Wire,
	Summary: "a connection to Redis breaks before the request is executed",
	Example: "cut worker=* chunk=5 at=committing",
	Effect:  reports.ConnectionLost,
}
