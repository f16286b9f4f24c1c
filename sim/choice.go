package sim

import (
	"fmt"
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
type Chooser func(enabled []Choice) int

// First delivers the first pending request: a schedule without faults.
func First(enabled []Choice) int {
	return max(slices.IndexFunc(enabled, func(c Choice) bool { return !c.ID.Kind.IsFault() }), 0)
}

// Follow does what a log says, and then what another chooser does. It abandons
// the schedule where an event cannot happen.
func Follow(log []EventID, then Chooser) Chooser { return (&follow{log: log, then: then}).choose }

type follow struct {
	log      []EventID
	then     Chooser
	next     int
	diverged error // what could not happen
}

func (f *follow) choose(enabled []Choice) int {
	if f.next == len(f.log) {
		return f.then(enabled)
	}
	want := f.log[f.next]
	f.next++
	i := indexOf(enabled, want)
	if i < 0 {
		f.diverged = fmt.Errorf("%w at event %d: expected %v, offered %s", ErrDiverged, f.next, want, names(enabled))
	}
	return i
}

func indexOf(enabled []Choice, id EventID) int {
	return slices.IndexFunc(enabled, func(c Choice) bool { return c.ID == id })
}

func names(enabled []Choice) string {
	text := ""
	for i, c := range enabled {
		if i > 0 {
			text += " "
		}
		text += c.ID.String()
	}
	return text
}

// Tolerant follows a log as far as it fits: an event that cannot happen is
// taken for the same kind of event of the same worker, or else left out. When
// the log is at its end, what remains is delivered without faults.
func Tolerant(log []EventID) Chooser {
	next := 0
	return func(enabled []Choice) int {
		for next < len(log) {
			want := log[next]
			next++
			if i := fitting(enabled, want); i >= 0 {
				return i
			}
		}
		return First(enabled)
	}
}

func fitting(enabled []Choice, want EventID) int {
	if i := indexOf(enabled, want); i >= 0 {
		return i
	}
	return slices.IndexFunc(enabled, func(c Choice) bool {
		return c.ID.Worker == want.Worker && c.ID.Kind == want.Kind
	})
}

// enabled lists what can happen next. It is empty when nothing is under way.
func (w *world) enabled(into []Choice) []Choice {
	into = into[:0]
	requests := false
	for _, op := range w.orphans {
		if w.apart(op.Worker) {
			continue
		}
		requests = true
		into = append(into, Choice{EventID{op.Worker, op.Ord, Arrive}, op})
	}
	for id := range w.workers {
		for i := range w.workers[id].links {
			l := &w.workers[id].links[i]
			if len(l.queue) == 0 || w.apart(id) {
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
	for _, g := range w.ghosts {
		if g.waits {
			continue
		}
		into = append(into, Choice{ID: EventID{g.of.worker, g.of.life, Vanish}})
	}
	into = w.otherChoices(into)
	slices.SortFunc(into, func(a, b Choice) int { return a.ID.compare(b.ID) })
	return into
}

// requestChoices lists what can happen with a pending request. One that waits can only be
// broken off.
func (w *world) requestChoices(into []Choice, op *Op, blocked bool) []Choice {
	if !blocked {
		into = append(into, Choice{EventID{op.Worker, op.Ord, Deliver}, op})
	}
	reach := w.reach(op)
	for _, kind := range w.scene.scope.requests[op.Server.class()] {
		e := &events[kind]
		if w.left[e.injector] == 0 || blocked && !e.waiting || e.effectful && !op.Writes() || e.refused > reach {
			continue
		}
		into = append(into, Choice{EventID{op.Worker, op.Ord, kind}, op})
	}
	return into
}

// otherChoices lists what can happen that is not about a request.
func (w *world) otherChoices(into []Choice) []Choice {
	for _, kind := range w.scene.scope.offers {
		e := &events[kind]
		i, struck := e.injector, int(w.scene.scope.allowed[e.injector]-w.left[e.injector])
		switch {
		case e.sequel && struck > 0:
			into = injectors[i].offer(w, EventID{nobody, struck - 1, kind}, into)
		case !e.sequel && w.left[i] > 0:
			into = injectors[i].offer(w, EventID{nobody, struck, kind}, into)
		}
	}
	return into
}
