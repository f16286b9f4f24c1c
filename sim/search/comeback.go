package search

import (
	"math/rand/v2"

	"onceover/faults"
	"onceover/sim"
)

// comebacks lets a worker be struck once it has changed something, and then go first until it
// changes something again: it is back before the others have noticed. Else it chooses evenly.
type comebacks struct {
	random *rand.Rand
	chance float64
	wrote  map[int]bool // workers that have changed something since they were struck
	back   int          // who goes first; -1: nobody
}

func comeback(r *rand.Rand, budget faults.Budget, length int) sim.Chooser {
	c := &comebacks{random: r, chance: faultChance(budget, length), wrote: map[int]bool{}, back: -1}
	return c.choose
}

func (c *comebacks) choose(enabled []sim.Choice) int {
	if c.random.Float64() < c.chance {
		if i := pick(c.random, enabled, func(o sim.Choice) bool { return !request(o) && c.wrote[o.ID.Worker] }); i >= 0 {
			c.back = enabled[i].ID.Worker
			delete(c.wrote, c.back)
			return i
		}
	}
	i := pick(c.random, enabled, func(o sim.Choice) bool { return request(o) && o.ID.Worker == c.back })
	if i < 0 {
		i = pick(c.random, enabled, request)
	}
	if o := enabled[i]; o.Op != nil && o.Op.Writes() {
		c.wrote[o.ID.Worker] = true
		if o.ID.Worker == c.back {
			c.back = -1
		}
	}
	return i
}
