package search

import (
	"math/rand/v2"

	"onceover/sim"
)

// pos is partial order sampling (Yuan, Yang and Gu, "Partial Order Aware
// Concurrency Sampling", CAV 2018): each pending request has a random priority,
// the highest is delivered, and those that race with it draw anew.
func (s *search) pos(st *Stage) error {
	return s.repeat(st, s.options.POS, 2, func(r *rand.Rand, n nemesis, _ int) sim.Chooser {
		return &posChooser{random: r, nemesis: n, priority: map[sim.EventID]float64{}}
	})
}

type posChooser struct {
	random   *rand.Rand
	nemesis  nemesis
	priority map[sim.EventID]float64
}

func (p *posChooser) Choose(enabled []sim.Choice) int {
	if i := p.nemesis.inject(enabled); i >= 0 {
		return i
	}
	best := -1
	for i, c := range enabled {
		if !request(c) {
			continue
		}
		if _, ok := p.priority[c.ID]; !ok {
			p.priority[c.ID] = p.random.Float64()
		}
		if best < 0 || p.priority[c.ID] > p.priority[enabled[best].ID] {
			best = i
		}
	}
	for i, c := range enabled {
		if i == best || request(c) && !sim.Independent(c, enabled[best]) {
			delete(p.priority, c.ID)
		}
	}
	return best
}
