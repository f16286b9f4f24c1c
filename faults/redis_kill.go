package faults

import "time"

// RedisKill ends the Redis server at once and starts it again. What it has
// forgotten by then depends on its Persistence.
const RedisKill Kind = "redis-kill"

// DefaultAway is how long a killed server stays away.
const DefaultAway = 300 * time.Millisecond

var redisKill = Spec{
	Kind:     RedisKill,
	Class:    Forgets,
	Summary:  "the Redis server dies (SIGKILL) and comes back after for=DURATION",
	Example:  "redis-kill chunk=9 at=committing for=300ms",
	Settings: []Setting{away},
}

// away is how long a server is gone.
var away = Setting{Name: "for", Of: func(f *Fault) *time.Duration { return &f.For }, Default: DefaultAway}

// Persistence is how a Redis server secures what it has acknowledged.
type Persistence string

// The kinds of persistence, and what a RedisKill leaves.
const (
	Always   Persistence = "always"   // append-only file, synced before each reply: everything
	EverySec Persistence = "everysec" // append-only file, synced each second: everything
	Nothing  Persistence = "none"     // memory alone: nothing
)

// Forgets tells whether a fault of a kind takes something from a server that it had
// acknowledged.
func (p Persistence) Forgets(kind Kind) bool {
	switch kind {
	case RedisKill:
		return p == Nothing
	case RedisPower:
		return p != Always
	case Failover: // what a replica has not received is on no disk of it
		return true
	}
	return false
}

// Persistences lists the kinds of persistence.
func Persistences() []Persistence { return []Persistence{Always, EverySec, Nothing} }
