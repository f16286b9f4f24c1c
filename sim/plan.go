package sim

import (
	"fmt"
	"slices"

	"onceover/faults"
	"onceover/loader"
)

// PlanOf says what goes wrong in a run as a plan of faults, so that the same
// can be tried on real servers. The order of the other events is not in a plan.
// What has no counterpart there is returned in words. The run must have been
// traced, and carried out by the real clients.
func PlanOf(run Run) (plan faults.Plan, left []string) {
	for i, e := range run.Log {
		if !e.Kind.IsFault() || events[e.Kind].sequel {
			continue
		}
		var where Where
		if i < len(run.Where) {
			where = run.Where[i]
		}
		worker := e.Worker
		if worker == nobody {
			worker = lastActor(run.Log[:i], where)
		}
		f, ok := planned(e, worker, where)
		if !ok {
			left = append(left, fmt.Sprintf("event %d, %v, has no counterpart among the faults", i+1, e))
			continue
		}
		plan = append(plan, f)
	}
	return plan, left
}

// lastActor is the worker that acted last, of those of which it is known where they are.
func lastActor(log []EventID, where Where) int {
	for _, e := range slices.Backward(log) {
		if where.Of(e.Worker).Known {
			return e.Worker
		}
	}
	return nobody
}

// planned says a fault as one of a plan, if there is an injector of its kind in
// the live world. The worker is that of the event, or the last that acted before one of nobody.
func planned(e EventID, worker int, where Where) (faults.Fault, bool) {
	event := events[e.Kind]
	plan := injectors[event.injector].plan
	if plan == nil {
		return faults.Fault{}, false
	}
	f, ok := plan(event, worker, where)
	spec, known := faults.Find(f.Kind)
	return f, ok && known && spec.NotLive == ""
}

// workerPlan plans a fault for the worker of an event where it is.
func workerPlan(kind faults.Kind) plan {
	return func(_ event, worker int, where Where) (faults.Fault, bool) {
		place := where.Of(worker)
		spec, _ := faults.Find(kind)
		return spec.At(place.position()), place.Known
	}
}

// serverPlan plans a fault of a server for when a worker is where the last one was that acted; if
// that said nothing, for the middle of the job.
func serverPlan(kind faults.Kind) plan {
	return func(_ event, last int, where Where) (faults.Fault, bool) {
		spec, _ := faults.Find(kind)
		return spec.At(where.near(last)), true
	}
}

// near is where a worker is, or the middle of the job.
func (w Where) near(worker int) faults.Position {
	if place := w.Of(worker); place.Known {
		return place.position()
	}
	return faults.Position{Worker: faults.Any, Progress: 50}
}

// position is the place as the position of a fault in a plan.
func (p Place) position() faults.Position {
	return faults.Position{Worker: faults.Any, Chunk: p.Chunk, Step: p.Step, Nth: 1}
}

// following is the step at which a worker is when its request was answered.
func following(s loader.Step) loader.Step { return min(s+1, loader.Released) }

// Place is where a worker is in its life, by its own word.
type Place struct {
	Step  loader.Step
	Chunk int
	Known bool
}

// at notes where a worker is. It is no part of a schedule: programs need not
// say it, and what is remembered of them does not.
func (w *world) at(worker int, step loader.Step, chunk int) {
	if w.journal == nil {
		return
	}
	for len(w.journal.places) <= worker {
		w.journal.places = append(w.journal.places, lastPlace{})
	}
	w.journal.places[worker] = lastPlace{Place{step, chunk, true}, w.workers[worker].life}
}

// lastPlace is where a worker was last by the word of one of its lives.
type lastPlace struct {
	place Place
	life  int
}

// Where is where each worker was when an event happened.
type Where []Place

// Of returns the place of a worker; of one that said nothing it is not Known.
func (w Where) Of(worker int) Place {
	if worker < 0 || worker >= len(w) {
		return Place{}
	}
	return w[worker]
}

// notePlaces keeps where everybody is, for the event that begins. A new life
// that has said nothing yet is nowhere.
func (w *world) notePlaces() {
	where := make(Where, len(w.journal.places))
	for worker, s := range w.journal.places {
		if s.life == w.workers[worker].life {
			where[worker] = s.place
		}
	}
	w.journal.where = append(w.journal.where, where)
}
