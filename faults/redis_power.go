package faults

// RedisPower cuts the power of the machine that Redis runs on. It takes more than a
// RedisKill: what the server has written lies in the operating system's memory until
// it is synced, and is gone with it. A server that syncs each second loses what it has
// acknowledged since the last time; the others lose what a RedisKill takes from them.
// MySQL has no such fault: it syncs each commit before it acknowledges it
// (innodb_flush_log_at_trx_commit is 1 unless someone has changed it), so that a loss of
// power is a MySQLKill to it.
const RedisPower Kind = "redis-power"

var redisPower = Spec{
	Kind:     RedisPower,
	Class:    Forgets,
	Summary:  "the machine of Redis loses power and comes back after for=DURATION: what was not synced is gone",
	Example:  "redis-power chunk=9 at=committing for=300ms",
	Settings: []Setting{away},
}
