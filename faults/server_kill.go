package faults

import "time"

// RedisKill ends the Redis server at once and starts it again. What it has
// forgotten by then depends on its persistence.
const RedisKill Kind = "redis-kill"

// MySQLKill ends the MySQL server at once and starts it again.
const MySQLKill Kind = "mysql-kill"

// DefaultAway is how long a killed server stays away.
const DefaultAway = 300 * time.Millisecond

var redisKill = Spec{
	Kind:     RedisKill,
	Summary:  "the Redis server dies (SIGKILL) and comes back after for=DURATION",
	Example:  "redis-kill chunk=9 at=committing for=300ms",
	Server:   true,
	takes:    []string{"for"},
	defaults: away,
}

var mysqlKill = Spec{
	Kind:     MySQLKill,
	Summary:  "the MySQL server dies (SIGKILL) and comes back after for=DURATION",
	Example:  "mysql-kill progress=40% for=1s",
	Server:   true,
	takes:    []string{"for"},
	defaults: away,
}

func away(f *Fault) { f.For = DefaultAway }
