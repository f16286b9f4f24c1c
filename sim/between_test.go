package sim

import (
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
)

// A fault that breaks connections on which nothing is under way can strike between two
// requests to Redis, and what a worker sends next may go out on another connection. If
// what the worker reads in between is no event, no schedule has that.
func TestWhatBreaksIdleConnectionsCanStrikeWhileMySQLIsRead(t *testing.T) {
	breaking := 0
	for _, in := range injectors {
		setup := full(lock.Streams, 2, 2)
		setup.Budget = faults.Budget{in.kind: 1}
		if !breaksIdle(t, setup, in.kind) {
			continue
		}
		breaking++
		if scope := newScope(setup.Budget); !scope.between && !scope.mysql {
			t.Errorf("%s breaks idle connections of a worker that lives on, and does not strike while it reads: set between", in.kind)
		}
	}
	if breaking < 4 { // of Redis: redis-kill, redis-power, kill-client; of MySQL: mysql-kill
		t.Errorf("%d kinds of faults were seen to break idle connections", breaking)
	}
}

// breaksIdle tells whether a fault of the kind does that in some schedule.
func breaksIdle(t *testing.T, setup Setup, kind faults.Kind) bool {
	t.Helper()
	cache := prepared(t, setup).Cache()
	for seed := range uint64(5) {
		choose := randomly(seed)
		p, err := cache.Start()
		for err == nil && len(p.Enabled) > 0 {
			for i, c := range p.Enabled {
				if c.ID.Kind.IsFault() && c.ID.Kind.Fault() == kind {
					struck, err := p.Next(i)
					if err != nil {
						t.Fatal(err)
					}
					if idleBroken(p.w, struck.w) {
						return true
					}
				}
			}
			p, err = p.Next(choose(p.Enabled))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return false
}

// idleBroken tells whether a connection without a request lost its server between two
// states, and its worker lives on.
func idleBroken(before, after *world) bool {
	for id, was := range before.workers {
		is := after.workers[id]
		if is.life != was.life || is.status != was.status {
			continue
		}
		for n, l := range was.links {
			if l.conn != 0 && !l.hungUp && len(l.queue) == 0 && is.links[n].conn == 0 && !is.links[n].hungUp {
				return true
			}
		}
	}
	return false
}
