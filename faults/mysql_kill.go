package faults

// MySQLKill ends the MySQL server at once and starts it again. It forgets its
// sessions with their locks and open transactions, and nothing committed.
const MySQLKill Kind = "mysql-kill"

var mysqlKill = Spec{
	Kind:     MySQLKill,
	Class:    Forgets,
	Summary:  "the MySQL server dies (SIGKILL) and comes back after for=DURATION",
	Example:  "mysql-kill progress=40% for=1s",
	Settings: []Setting{away},
}
