package search

import (
	"cmp"
	"math/rand/v2"

	"onceover/faults"
	"onceover/sim"
	"onceover/sim/redismodel"
)

// nemesis decides when something goes wrong: now and then, so that what the
// budget allows is spread over the whole schedule.
type nemesis struct {
	random *rand.Rand
	chance float64 // of a fault at each event
}

// newNemesis expects each fault of the budget once in a schedule of that length.
func newNemesis(random *rand.Rand, budget faults.Budget, length int) nemesis {
	return nemesis{random, min(0.5, 1.5*float64(budget.Total())/float64(length))}
}

// inject returns the fault that happens now, or -1.
func (n nemesis) inject(enabled []sim.Choice) int {
	if n.chance == 0 || n.random.Float64() >= n.chance {
		return -1
	}
	return pick(n.random, enabled, func(c sim.Choice) bool { return c.ID.Kind.IsFault() })
}

// pick chooses evenly among some; -1 if there are none.
func pick(random *rand.Rand, enabled []sim.Choice, among func(sim.Choice) bool) int {
	n, picked := 0, -1
	for i, c := range enabled {
		if among(c) {
			if n++; random.IntN(n) == 0 {
				picked = i
			}
		}
	}
	return picked
}

func request(c sim.Choice) bool { return !c.ID.Kind.IsFault() }

// highest is the request of the highest priority, the first of several; -1 if
// there is none.
func highest[N cmp.Ordered](enabled []sim.Choice, priority func(sim.Choice) N) int {
	best := -1
	var most N
	for i, c := range enabled {
		if !request(c) {
			continue
		}
		if n := priority(c); best < 0 || n > most {
			best, most = i, n
		}
	}
	return best
}

// random chooses evenly among the requests, and lets the nemesis inject.
func (s *search) random(st *Stage) error {
	return s.repeat(st, s.options.Random, 1, func(r *rand.Rand, n nemesis, _ int) sim.Chooser {
		return sim.ChooserFunc(func(enabled []sim.Choice) int {
			if i := n.inject(enabled); i >= 0 {
				return i
			}
			return pick(r, enabled, request)
		})
	})
}

// repeat carries out schedules with choosers that draw from a generator of
// their own, so that each can be repeated by its number.
func (s *search) repeat(st *Stage, schedules int, stream uint64, chooser func(*rand.Rand, nemesis, int) sim.Chooser) error {
	traces := map[uint64]bool{}
	return s.schedules(st, schedules, func(i int) sim.Chooser {
		r := rand.New(rand.NewPCG(s.options.Seed, stream<<32|uint64(i)))
		return &tracing{chooser: chooser(r, newNemesis(r, s.scene.Setup.Budget, s.length), i)}
	}, func(c sim.Chooser, _ sim.Run) {
		traces[c.(*tracing).sum] = true
		st.Traces = len(traces)
		if st.Schedules%256 == 0 {
			s.progress(st)
		}
	})
}

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
	best := highest(enabled, func(c sim.Choice) float64 {
		if _, ok := p.priority[c.ID]; !ok {
			p.priority[c.ID] = p.random.Float64()
		}
		return p.priority[c.ID]
	})
	for i, c := range enabled {
		if i == best || request(c) && !sim.Independent(c, enabled[best]) {
			delete(p.priority, c.ID)
		}
	}
	return best
}

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
	best := highest(enabled, p.priority)
	if p.drops[p.at] {
		p.lowest--
		p.rank[enabled[best].ID.Worker] = p.lowest
		best = highest(enabled, p.priority)
	}
	p.at++
	return best
}

func (p *pctChooser) priority(c sim.Choice) int { return p.rank[c.ID.Worker] }

// tracing notes what a chooser chooses, to tell schedules apart that differ in
// more than the order of independent events.
type tracing struct {
	chooser sim.Chooser
	events  []sim.Choice
	levels  []int
	sum     uint64 // a digest of the events on their levels
}

func (t *tracing) Choose(enabled []sim.Choice) int {
	i := t.chooser.Choose(enabled)
	if i >= 0 {
		t.add(enabled[i])
	}
	return i
}

// add puts an event on the level behind the last one that it depends on: the
// Foata normal form of a trace (Cartier and Foata, 1969).
func (t *tracing) add(c sim.Choice) {
	level := 0
	for i, before := range t.events {
		if t.levels[i] >= level && !sim.Independent(before, c) {
			level = t.levels[i] + 1
		}
	}
	t.events, t.levels = append(t.events, c), append(t.levels, level)
	t.sum += redismodel.Mix(uint64(level)<<48 ^ uint64(c.ID.Worker+1)<<32 ^ uint64(c.ID.Ord)<<8 ^ uint64(c.ID.Kind))
}
