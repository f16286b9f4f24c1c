package faults

import "onceover/reports"

// Evict takes one key of the job out of Redis and leaves the others, as a server does
// that evicts keys when its memory is full, or a hand that deletes one. What stands
// there was written together, and now a part of it is gone.
const Evict Kind = "evict"

// EvictList does the same to the list. It is a kind of its own, since no strategy can
// tell the missing rows from those that a consumer has taken.
const EvictList Kind = "evict-list"

// The keys that Evict takes, as lock.Keys has them.
const (
	ChunksKey = "chunks"
	PlanKey   = "plan"
	OwnersKey = "owners"
	LockKey   = "lock" // of the chunk that the worker has in hand
)

// A strategy may keep its locks elsewhere. Chunks, plan and owners are lost by the Redis of
// the data, as redis-kill kills that one; a lock is lost where it is, and on as many lock
// servers as it takes for it to be free: to lose it on fewer is what a quorum is there for.
var evict = Spec{
	Kind:     Evict,
	Class:    Forgets,
	Summary:  "Redis loses one key of the job and keeps the others; key=chunks, plan, owners or lock",
	Example:  "evict progress=40% key=chunks",
	Effect:   reports.KeyLost,
	Settings: []Setting{{Name: "key", Words: []string{ChunksKey, PlanKey, OwnersKey, LockKey}}},
}

var evictList = Spec{
	Kind:    EvictList,
	Class:   Forgets,
	Summary: "Redis loses the list, and keeps what else belongs to the job",
	Example: "evict-list progress=40%",
	Effect:  reports.ListLost,
}
