package faults

import (
	"time"

	"onceover/reports"
)

// RedisClock lets the clock of a Redis jump ahead, as when it is corrected or an operator sets
// it. What goes by that clock is suddenly later: a time to live has run out, and an entry of a
// stream has waited for long. No process has failed, and nobody is told.
//
// A strategy with lock servers is struck at one of them: clocks of several hosts do not jump at
// once. On real servers nobody sets the clock of a container, which is that of its host: the
// keys that would have run out do so, the others run out so much earlier, and what waits in
// streams has waited so much longer. In that state the jump leaves a server, but for
// the time that it tells. The worker at the position goes on a little later, so that others meet
// what it does not know to be lost. A clock that jumps back makes leases longer, which
// delays what follows a death and is no fault of its own.
const RedisClock Kind = "redis-clock"

// What a jump is unless it is said.
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
