package sequence

import (
	"slices"

	"onceover/reports"
)

// hold is a time in which a worker believes that a chunk is its own.
type hold struct {
	worker, life, chunk int
	from, to            float64 // heights in the picture
	late                float64 // from where on its lease is over; 0: never
}

var holdingPlaces = []string{"claimed", "reading", "read", "committing", "committed"}

type holding struct {
	all     []hold
	workers map[int]*holder
}

type holder struct {
	life  int
	open  int     // the hold that goes on; -1: none
	asked float64 // where its last request while claiming was answered; 0: it sent none
}

// holds finds which worker believed to have which chunk, as far as the steps say where their
// workers are. A claim begins with the reply to the last request that was sent
// while claiming, and ends with the last request before the worker is elsewhere;
// after a worker's last step nothing is known of it.
func (p *plan) holds() []hold {
	h := holding{workers: map[int]*holder{}}
	begun, done := p.heights()
	for i, s := range p.cx.Steps {
		for _, chunk := range s.RunsOut {
			h.runsOut(chunk, done[i])
		}
		if s.Worker >= 0 && s.Place != "" {
			h.at(s, begun[i], done[i])
		}
	}
	return h.all
}

func (h *holding) runsOut(chunk int, y float64) {
	for _, w := range h.workers {
		if w.open >= 0 && h.all[w.open].chunk == chunk && h.all[w.open].late == 0 {
			h.all[w.open].late = y
		}
	}
}

func (h *holding) at(s reports.Step, begun, done float64) {
	w := h.workers[s.Worker]
	if w == nil || w.life != s.Life {
		w = &holder{life: s.Life, open: -1}
		h.workers[s.Worker] = w
	}
	if !slices.Contains(holdingPlaces, s.Place) {
		*w = holder{life: s.Life, open: -1}
		if s.Request != "" { // otherwise its outcome is a step of its own
			w.asked = done
		}
		return
	}
	if w.open < 0 || h.all[w.open].chunk != s.Chunk {
		from := begun
		if w.asked > 0 {
			from = w.asked
		}
		w.open = len(h.all)
		h.all = append(h.all, hold{worker: s.Worker, life: s.Life, chunk: s.Chunk, from: from})
	}
	h.all[w.open].to = done
	if dies(s) {
		*w = holder{life: s.Life, open: -1}
	}
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
