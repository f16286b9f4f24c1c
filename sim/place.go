package sim

import (
	"slices"

	"onceover/loader"
)

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
		w.journal.places = append(w.journal.places, Place{})
	}
	w.journal.places[worker] = Place{step, chunk, true}
}

// nowhere forgets where a worker was: a new life has said nothing yet.
func (w *world) nowhere(worker int) {
	if w.journal != nil && worker < len(w.journal.places) {
		w.journal.places[worker] = Place{}
	}
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

// notePlaces keeps where everybody is, for the event that begins.
func (j *journal) notePlaces() {
	j.where = append(j.where, slices.Clone(j.places))
}
