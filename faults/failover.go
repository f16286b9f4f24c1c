package faults

import "time"

// Failover lets the replica of Redis take its place, without the last of what it had
// acknowledged: replication is asynchronous. At its position the replica stops receiving;
// lag later the primary dies; for later the replica answers at the same address. What the
// primary acknowledged in between is gone, and so is all that a replica never has: connections,
// the names on them, cached scripts. Times to live go on.
//
// On real servers the lag is a time, as operators know it of their replicas, and not a number of
// writes, which nobody but Redis could count without a look at every request. The worker at the
// position waits until the primary is dead, so that the job is not over before, and what is lost
// needs no luck: the others write meanwhile. Where they wrote nothing, nothing is lost, and the run
// proves nothing. The simulation has no such time. There the replica stops before any write,
// and the primary dies after any later one, at once or when all leases have run out: every
// amount of loss is tried, none excepted. In neither world does the old primary go on as if nothing
// had happened (split brain), nor can a reader ask the replica.
const Failover Kind = "failover"

// DefaultLag is how far a replica is behind.
const DefaultLag = 200 * time.Millisecond

var failover = Spec{
	Kind:    Failover,
	Class:   Forgets,
	Summary: "the replica of Redis stops receiving, lag=DURATION later the primary dies, and the replica takes its place for=DURATION after that",
	Example: "failover chunk=9 at=committing lag=200ms for=300ms",
	Settings: []Setting{
		{Name: "lag", Of: func(f *Fault) *time.Duration { return &f.Restart }, Default: DefaultLag},
		away,
	},
}
