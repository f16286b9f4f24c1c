package sequence

import (
	"cmp"
	"slices"
)

// hold is a time in which a worker believes that a chunk is its own.
type hold struct {
	worker, life, chunk int
	from, to            float64 // heights in the picture
	late                float64 // from where on its lease is over; 0: never
}

var holdingPlaces = []string{"claimed", "reading", "read", "committing", "committed"}

// holds finds which worker believed to have which chunk, as far as the steps say where their
// workers are. A claim begins with the reply to the last request that was sent
// while claiming, and ends with the last request before the worker is elsewhere;
// after a worker's last step nothing is known of it.
func (p *plan) holds() (all []*hold) {
	type holder struct {
		life  int
		open  *hold   // the hold that goes on; nil: none
		asked float64 // where its last request while claiming was answered; 0: it sent none
	}
	workers := map[int]*holder{}
	begun, done := p.heights()
	for i, s := range p.cx.Steps {
		for _, w := range workers {
			if w.open != nil && w.open.late == 0 && slices.Contains(s.RunsOut, w.open.chunk) {
				w.open.late = done[i]
			}
		}
		if s.Worker < 0 || s.Place == "" {
			continue
		}
		w := workers[s.Worker]
		if w == nil || w.life != s.Life {
			w = &holder{life: s.Life}
			workers[s.Worker] = w
		}
		if !slices.Contains(holdingPlaces, s.Place) {
			*w = holder{life: s.Life}
			if s.Request != "" { // otherwise its outcome is a step of its own
				w.asked = done[i]
			}
			continue
		}
		if w.open == nil || w.open.chunk != s.Chunk {
			w.open = &hold{worker: s.Worker, life: s.Life, chunk: s.Chunk, from: cmp.Or(w.asked, begun[i])}
			all = append(all, w.open)
		}
		w.open.to = done[i]
		if s.Outcome.Dies() {
			*w = holder{life: s.Life}
		}
	}
	return all
}

// heights are where each step begins and where it has had its effect. Steps that
// are not drawn are where the picture says so.
func (p *plan) heights() (begun, done []float64) {
	for _, r := range p.rows {
		upTo := len(begun)
		top := r.top
		switch r.kind {
		case stepRow:
			upTo = r.index + 1
		case leftRow:
			upTo += r.left
			top = r.done() // steps that are not drawn take no room
		}
		for len(begun) < upTo { // the repetitions of a row take place where it is
			begun, done = append(begun, top), append(done, r.done())
		}
	}
	for len(begun) < len(p.cx.Steps) {
		begun, done = append(begun, p.bottom), append(done, p.bottom)
	}
	return begun, done
}

// done is where a row has had its effect.
func (r row) done() float64 {
	if r.asks() {
		return r.top + replyLine
	}
	return r.top + noteRow/2
}
