package faults

// MySQLShort makes a result of MySQL end before its rows do, and without an error: the
// session's sql_select_limit does so, an optimizer that is wrong, or a proxy.
const MySQLShort Kind = "mysql-short"

var mysqlShort = Spec{
	Kind:    MySQLShort,
	Class:   Data,
	Summary: "a result of MySQL lacks its last row, and nothing says so",
	Example: "mysql-short x1",
	NotLive: "a plan strikes a worker, and what cuts a result short is a setting of the server",
}
