package sim

import (
	"slices"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
)

// stranding lets a worker's host go after some deliveries, and says what the world is like then.
func stranding(t *testing.T, strategy lock.Strategy, after int, vanish func(enabled []Choice) bool, look func(w *world)) *world {
	setup := full(strategy, 2, 1)
	setup.Budget = faults.Budget{faults.HalfOpen: 1}
	var w *world
	delivered, strike := 0, striking(kind("half-open-before"), after)
	run, err := prepared(t, setup).run(func(enabled []Choice) int {
		if len(w.ghosts) == 0 {
			delivered++
			return strike(enabled)
		}
		look(w)
		i := slices.IndexFunc(enabled, func(c Choice) bool { return (c.ID.Kind == Vanish) == vanish(enabled) && !c.ID.Kind.IsFault() })
		return max(i, 0)
	}, func(l *clientRunner) { w = l.w })
	if err != nil || run.Verdict != reports.Safe || run.Used[faults.HalfOpen] != 1 {
		t.Fatalf("%s (%s), %v, %v", run.Verdict, run.Why, run.Used, err)
	}
	return w
}

func TestServersLearnLateOfAHostThatIsGone(t *testing.T) {
	var conns []serverConn
	closed := func(w *world, c serverConn) bool { return w.closed(&link{server: c.server, conn: c.conn}) }
	looks := 0
	w := stranding(t, lock.GetLock, 2, func([]Choice) bool { looks++; return looks > 3 }, func(w *world) {
		conns = w.ghosts[0].conns
		if slices.ContainsFunc(conns, func(c serverConn) bool { return closed(w, c) }) {
			t.Error("a server has closed a connection of which it does not know that its client is gone")
		}
	})
	if len(conns) < 2 || !slices.ContainsFunc(conns, func(c serverConn) bool { return c.server == MySQL }) {
		t.Errorf("left behind were %v", conns)
	}
	for _, c := range conns {
		if !closed(w, c) {
			t.Errorf("%v is still open", c)
		}
	}
	if w.lastFault >= 2*w.scene.Setup.TTL {
		t.Error("it vanished by itself")
	}
}

// A worker that needs what a dead one holds waits until that time is over, and no longer.
func TestServersLearnInTheEndOfAHostThatIsGone(t *testing.T) {
	w := stranding(t, lock.GetLock, 2, func([]Choice) bool { return false }, func(*world) {})
	if w.lastFault < 2*w.scene.Setup.TTL || len(w.ghosts) > 0 {
		t.Errorf("%d ghosts are left after %v", len(w.ghosts), w.now)
	}
}
