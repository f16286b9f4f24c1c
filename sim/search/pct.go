package search

import (
	"math/rand/v2"

	"onceover/sim"
)

// The bug depths that pct goes round. Too low a depth never finds a deeper bug.
const (
	leastDepth = 2
	mostDepth  = 5
)

// pct is probabilistic concurrency testing (Burckhardt et al., "A Randomized
// Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010): the
// worker of the highest priority goes on, and at depth-1 random places the one
// that is on drops below all others.
func (s *search) pct(st *Stage) error {
	return s.repeat(st, s.options.PCT, 3, func(r *rand.Rand, n nemesis, i int) sim.Chooser {
		depth := leastDepth + i%(mostDepth-leastDepth+1)
		c := &pctChooser{nemesis: n, rank: r.Perm(s.scene.Setup.Workers), drops: map[int]bool{}}
		for range depth - 1 {
			c.drops[r.IntN(s.length)] = true
		}
		return c
	})
}

type pctChooser struct {
	nemesis nemesis
	rank    []int // of each worker, the highest goes first
	lowest  int
	drops   map[int]bool
	at      int
}

func (p *pctChooser) Choose(enabled []sim.Choice) int {
	if i := p.nemesis.inject(enabled); i >= 0 {
		return i
	}
	best := p.highest(enabled)
	if p.drops[p.at] {
		p.lowest--
		p.rank[enabled[best].ID.Worker] = p.lowest
		best = p.highest(enabled)
	}
	p.at++
	return best
}

func (p *pctChooser) highest(enabled []sim.Choice) int {
	best := -1
	for i, c := range enabled {
		if request(c) && (best < 0 || p.rank[c.ID.Worker] > p.rank[enabled[best].ID.Worker]) {
			best = i
		}
	}
	return best
}
