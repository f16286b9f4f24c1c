package faults

import (
	"time"

	"onceover/reports"
)

// Partition cuts a worker off from the servers for a while: its connections stay, and
// carry nothing in either direction, and new ones are not made. What was under way arrives late,
// also if the worker has given it up. In the simulated world it is always both servers, and
// connections are made all the same: it is their requests that wait.
const Partition Kind = "partition"

// The servers from which a Partition cuts a worker off.
const (
	BothServers = "both"
	OnlyRedis   = "redis"
	OnlyMySQL   = "mysql"
)

var partition = Spec{
	Kind:    Partition,
	Class:   Process,
	Summary: "a worker and the servers hear nothing of each other for=DURATION, and what was sent arrives late; servers=both, redis or mysql",
	Example: "partition worker=* chunk=5 at=read for=1.5s servers=both",
	Effect:  reports.WorkerCutOff,
	Settings: []Setting{
		{Name: "for", Of: func(f *Fault) *time.Duration { return &f.For }, Required: true},
		{Name: "servers", Words: []string{BothServers, OnlyRedis, OnlyMySQL}},
	},
}
