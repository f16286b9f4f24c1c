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
	return max(slices.IndexFunc(enabled, func(c Choice) bool { return !c.ID.Kind.IsFault() }), 0)
})

// enabled lists what can happen next. It is empty when nothing is under way.
func (w *world) enabled(into []Choice) []Choice {
	into = into[:0]
	requests := len(w.orphans) > 0
	for _, op := range w.orphans {
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
			into = w.requestChoices(into, l.queue[0], blocked)
		}
	}
	if !requests {
		return into[:0]
	}
	into = w.otherChoices(into)
	slices.SortFunc(into, func(a, b Choice) int { return a.ID.compare(b.ID) })
	return into
}

// requestChoices lists what can happen with a pending request. One that waits for a lock
// can only be broken off.
func (w *world) requestChoices(into []Choice, op *Op, blocked bool) []Choice {
	if !blocked {
		into = append(into, Choice{EventID{op.Worker, op.Ord, Deliver}, op})
	}
	for _, kind := range w.scene.scope.requests[op.Server] {
		e := &events[kind]
		if w.left[e.injector] == 0 || blocked && !e.waiting || e.effectful && !op.Writes() {
			continue
		}
		into = append(into, Choice{EventID{op.Worker, op.Ord, kind}, op})
	}
	return into
}

// otherChoices lists what can happen that is not about a request.
func (w *world) otherChoices(into []Choice) []Choice {
	for _, kind := range w.scene.scope.offers {
		if i := events[kind].injector; w.left[i] > 0 {
			into = injectors[i].offer(w, kind, into)
		}
	}
	return into
}

// offerOnce offers an event that concerns no worker. Its number is how many
// there were before.
func offerOnce(w *world, kind EventKind, into []Choice) []Choice {
	i := events[kind].injector
	return append(into, Choice{ID: EventID{nobody, int(w.scene.scope.allowed[i] - w.left[i]), kind}})
}
