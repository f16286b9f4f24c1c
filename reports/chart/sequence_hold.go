package chart

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

// holdingPlaces are the places of a worker that has a chunk.
var holdingPlaces = []string{"claimed", "reading", "read", "committing", "committed"}

// holding finds holds.
type holding struct {
	all   []hold
	open  map[int]int     // worker -> the hold that goes on
	asked map[int]float64 // worker -> where its last request while claiming was answered
	lives map[int]int     // worker -> its life
}

// holds finds who believed to have what, as far as the steps say where their
// workers are. A claim begins with the reply to the last request that was sent
// while claiming, and ends with the last request before the worker is elsewhere;
// of what comes after a worker's last step nothing is known.
func (p *sequencePlan) holds() []hold {
	h := holding{open: map[int]int{}, asked: map[int]float64{}, lives: map[int]int{}}
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
	for _, i := range h.open {
		if one := &h.all[i]; one.chunk == chunk && one.late == 0 {
			one.late = y
		}
	}
}

func (h *holding) at(s reports.Step, begun, done float64) {
	if h.lives[s.Worker] != s.Life {
		h.end(s.Worker)
	}
	h.lives[s.Worker] = s.Life
	if !slices.Contains(holdingPlaces, s.Place) {
		h.end(s.Worker)
		if s.Request != "" { // otherwise what it came to is a step of its own
			h.asked[s.Worker] = done
		}
		return
	}
	i, goesOn := h.open[s.Worker]
	if !goesOn || h.all[i].chunk != s.Chunk {
		from, known := h.asked[s.Worker]
		if !known {
			from = begun
		}
		i = len(h.all)
		h.all = append(h.all, hold{worker: s.Worker, life: s.Life, chunk: s.Chunk, from: from})
		h.open[s.Worker] = i
	}
	h.all[i].to = done
	if dies(s) {
		h.end(s.Worker)
	}
}

func (h *holding) end(worker int) {
	delete(h.open, worker)
	delete(h.asked, worker)
}

// heights are where each step begins and where it has had its effect. Steps that
// are not drawn are where the picture says so.
func (p *sequencePlan) heights() (begun, done []float64) {
	for _, row := range p.rows {
		upTo := len(begun)
		switch row.kind {
		case stepRow:
			upTo = row.index + 1
		case leftRow:
			upTo += row.left
		}
		for len(begun) < upTo { // the repetitions of a row take place where it is
			begun, done = append(begun, row.begins()), append(done, row.done())
		}
	}
	for len(begun) < len(p.cx.Steps) {
		begun, done = append(begun, p.bottom), append(done, p.bottom)
	}
	return begun, done
}

// begins is where what happens in a row begins. What is not drawn takes no room.
func (r sequenceRow) begins() float64 {
	if r.kind == leftRow {
		return r.done()
	}
	return r.top
}

// done is where a row has had its effect.
func (r sequenceRow) done() float64 {
	if r.asks() {
		return r.top + replyLine
	}
	return r.top + noteRow/2
}

func dies(s reports.Step) bool {
	return s.Outcome == reports.StepDies || s.Outcome == reports.StepDiesAfter
}
