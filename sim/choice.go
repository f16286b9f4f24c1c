package sim

import (
	"slices"
)

// Choice is something that can happen next. Choices are offered in a canonical
// order, which depends on nothing but the events so far.
type Choice struct {
	ID EventID
	Op *Op // the request that it is about; nil for events of servers and of the clock
}

// Chooser decides what happens next, also if only one thing can; -1 abandons
// the schedule.
type Chooser interface {
	Choose(enabled []Choice) int
}

// ChooserFunc is a Chooser without memory.
type ChooserFunc func(enabled []Choice) int

// Choose calls the function.
func (f ChooserFunc) Choose(enabled []Choice) int { return f(enabled) }

// First delivers the first pending request: a schedule without faults.
var First = ChooserFunc(func(enabled []Choice) int {
	return max(slices.IndexFunc(enabled, func(c Choice) bool { return !c.ID.Kind.Fault() }), 0)
})

// enabled lists what can happen next. It is empty when nothing is under way.
func (w *world) enabled(into []Choice) []Choice {
	into = into[:0]
	requests := len(w.strays) > 0
	for _, op := range w.strays {
		into = append(into, Choice{EventID{op.Worker, op.Ord, Arrive}, op})
	}
	for id := range w.workers {
		for i := range w.workers[id].links {
			l := &w.workers[id].links[i]
			if len(l.queue) == 0 {
				continue
			}
			blocked := w.blocked(l.queue[0], l.conn)
			requests = requests || !blocked
			into = w.about(into, l.queue[0], blocked)
		}
	}
	if !requests {
		return into[:0]
	}
	into = w.elsewhere(into)
	slices.SortFunc(into, func(a, b Choice) int { return a.ID.compare(b.ID) })
	return into
}

// about lists what can happen with a pending request. One that waits for a lock
// can only be broken off.
func (w *world) about(into []Choice, op *Op, blocked bool) []Choice {
	if !blocked {
		into = append(into, Choice{EventID{op.Worker, op.Ord, Deliver}, op})
	}
	for kind := CutBefore; kind <= RestartAfter; kind++ {
		share := w.left.share(kind, op.Server)
		if *share == 0 {
			continue
		}
		if blocked && kind != CutBefore && kind != CrashBefore && kind != RestartBefore {
			continue
		}
		if !op.Writes() && sameAsBefore(kind, op.Server) {
			continue
		}
		into = append(into, Choice{EventID{op.Worker, op.Ord, kind}, op})
	}
	return into
}

// sameAsBefore tells of what happens after a request that changes nothing
// whether it is the same, and costs the same of the budget, as before it.
func sameAsBefore(kind Kind, server Server) bool {
	return kind == CrashAfter || kind == RestartAfter || kind == CutAfter && server == MySQL
}

// elsewhere lists what can happen that is not about a request.
func (w *world) elsewhere(into []Choice) []Choice {
	if w.left.ClientKills > 0 {
		for id, k := range w.workers {
			if slices.ContainsFunc(k.links, func(l link) bool { return l.server == Redis && l.conn != 0 }) {
				into = append(into, Choice{ID: EventID{id, k.killed, KillClient}})
			}
		}
	}
	if w.left.Advances > 0 {
		if _, ok := w.nextMoment(); ok {
			into = append(into, Choice{ID: EventID{nobody, w.advances, Advance}})
		}
	}
	if w.left.RedisCrashes > 0 {
		into = append(into, Choice{ID: EventID{nobody, w.redisCrashes, RedisCrash}})
	}
	if w.left.MySQLRestarts > 0 {
		into = append(into, Choice{ID: EventID{nobody, w.mysqlRestarts, MySQLRestart}})
	}
	return into
}
