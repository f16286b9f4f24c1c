package faults

import "onceover/reports"

// MySQLCut breaks a connection to MySQL: before a request is executed, after
// it, or in the middle of its result. A plan strikes the result of a worker's next
// SELECT, of which half arrives.
const MySQLCut Kind = "mysql-cut"

var mysqlCut = Spec{
	Kind:    MySQLCut,
	Class:   Wire,
	Summary: "a connection to MySQL breaks, perhaps in the middle of a result",
	Example: "mysql-cut worker=* chunk=5 at=reading",
	Effect:  reports.ConnectionLost,
}
