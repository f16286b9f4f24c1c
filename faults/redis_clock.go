package faults

import (
	"time"

	"onceover/reports"
)

// RedisClock lets the clock of a Redis jump ahead, as when it is corrected or an operator sets
// it. All that goes by that clock is suddenly later: a time to live has run out, and an entry of
// a stream has waited for long. No process has failed, and nobody is told.
//
// A strategy with lock servers is struck at one of them: clocks of several hosts do not jump at
// once. Nobody can set the clock of a container, which is that of its host. So on real servers
// the harness does to the keys what a jump would do: those that would have run out end, the others
// end so much earlier, and the entries that wait in streams have waited so much longer. Only the
// time that the server tells does not change. The worker at the position goes on a little later,
// so that others can take the chunk whose lease it has lost without knowing. A clock that jumps
// back makes leases longer, which delays the recovery from a death and is no fault of its own.
const RedisClock Kind = "redis-clock"

// A jump, unless a plan says otherwise.
const (
	DefaultJump  = time.Minute            // longer than leases of chunks are
	DefaultSpell = 300 * time.Millisecond // until the worker goes on
)

var redisClock = Spec{
	Kind:    RedisClock,
	Class:   Forgets,
	Summary: "the clock of Redis jumps ahead by=DURATION, and with it leases run out; the worker there goes on for=DURATION later",
	Example: "redis-clock chunk=7 at=read by=1m for=300ms",
	Effect:  reports.ClockJumped,
	Settings: []Setting{
		{Name: "by", Of: func(f *Fault) *time.Duration { return &f.Restart }, Default: DefaultJump},
		{Name: "for", Of: func(f *Fault) *time.Duration { return &f.For }, Default: DefaultSpell},
	},
}
