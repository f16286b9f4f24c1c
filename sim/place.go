package sim

import "onceover/loader"

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
