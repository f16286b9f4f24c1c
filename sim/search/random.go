package search

import (
	"cmp"
	"math/rand/v2"

	"onceover/faults"
	"onceover/sim"
	"onceover/sim/redismodel"
)

// nemesis returns the fault that happens now, or -1: now and then, so that what
// the budget allows is spread over the whole schedule. It expects each fault of
// the budget once in a schedule of that length.
func nemesis(random *rand.Rand, budget faults.Budget, length int) sim.Chooser {
	chance := faultChance(budget, length)
	return func(enabled []sim.Choice) int {
		if chance == 0 || random.Float64() >= chance {
			return -1
		}
		return pick(random, enabled, func(c sim.Choice) bool { return !request(c) })
	}
}

// faultChance is that of something going wrong at an event.
func faultChance(budget faults.Budget, length int) float64 {
	return min(0.5, 1.5*float64(budget.Total())/float64(length))
}

// withNemesis asks the nemesis first.
func withNemesis(inject, deliver sim.Chooser) sim.Chooser {
	return func(enabled []sim.Choice) int {
		if chosen := inject(enabled); chosen >= 0 {
			return chosen
		}
		return deliver(enabled)
	}
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

// random chooses evenly among the requests.
func (s *search) random(st *Stage) error {
	return s.repeat(st, s.options.Random, 1, func(r *rand.Rand, _ int) sim.Chooser { return uniform(r) })
}

func uniform(r *rand.Rand) sim.Chooser {
	return func(enabled []sim.Choice) int { return pick(r, enabled, request) }
}

// repeat carries out schedules in which the nemesis injects, and else a chooser
// chooses. Both draw from a generator of the schedule's own, so that each can be
// repeated by its number.
func (s *search) repeat(st *Stage, schedules int, stream uint64, chooser func(*rand.Rand, int) sim.Chooser) error {
	traces := map[uint64]bool{}
	return s.schedules(st, schedules, func(i int) (sim.Chooser, func(sim.Run)) {
		r := rand.New(rand.NewPCG(s.options.Seed, stream<<32|uint64(i)))
		chosenBy := withNemesis(nemesis(r, s.scene.Setup.Budget, s.length), chooser(r, i))
		var t trace
		choose := func(enabled []sim.Choice) int {
			chosen := chosenBy(enabled)
			if chosen >= 0 {
				t.add(enabled[chosen])
			}
			return chosen
		}
		return choose, func(sim.Run) {
			traces[t.sum] = true
			st.Traces = len(traces)
			if st.Schedules%256 == 0 {
				s.progress(st)
			}
		}
	})
}

// pos is partial order sampling (Yuan, Yang and Gu, "Partial Order Aware
// Concurrency Sampling", CAV 2018): each pending request has a random priority,
// the highest is delivered, and those that race with it draw anew.
func (s *search) pos(st *Stage) error {
	return s.repeat(st, s.options.POS, 2, func(r *rand.Rand, _ int) sim.Chooser { return partialOrder(r) })
}

func partialOrder(r *rand.Rand) sim.Chooser {
	priority := map[sim.EventID]float64{}
	return func(enabled []sim.Choice) int {
		best := highest(enabled, func(c sim.Choice) float64 {
			if _, ok := priority[c.ID]; !ok {
				priority[c.ID] = r.Float64()
			}
			return priority[c.ID]
		})
		for i, c := range enabled {
			if i == best || request(c) && !sim.Independent(c, enabled[best]) {
				delete(priority, c.ID)
			}
		}
		return best
	}
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
	return s.repeat(st, s.options.PCT, 3, func(r *rand.Rand, i int) sim.Chooser {
		return prioritized(r, s.scene.Setup.Workers, s.length, i)
	})
}

func prioritized(r *rand.Rand, workers, length, i int) sim.Chooser {
	rank := r.Perm(workers) // the highest goes first
	priority := func(c sim.Choice) int { return rank[c.ID.Worker] }
	drops := map[int]bool{}
	for range leastDepth + i%(mostDepth-leastDepth+1) - 1 {
		drops[r.IntN(length)] = true
	}
	at, lowest := 0, 0
	return func(enabled []sim.Choice) int {
		best := highest(enabled, priority)
		if drops[at] {
			lowest--
			rank[enabled[best].ID.Worker] = lowest
			best = highest(enabled, priority)
		}
		at++
		return best
	}
}

// trace is the events of a schedule, to tell schedules apart that differ in
// more than the order of independent events.
type trace struct {
	events []sim.Choice
	levels []int
	sum    uint64 // a digest of the events on their levels
}

// add puts an event on the level behind the last one that it depends on: the
// Foata normal form of a trace (Cartier and Foata, 1969).
func (t *trace) add(c sim.Choice) {
	level := 0
	for i, before := range t.events {
		if t.levels[i] >= level && !sim.Independent(before, c) {
			level = t.levels[i] + 1
		}
	}
	t.events, t.levels = append(t.events, c), append(t.levels, level)
	t.sum += redismodel.Mix(uint64(level)<<48 ^ uint64(c.ID.Worker+1)<<32 ^ uint64(c.ID.Ord)<<8 ^ uint64(c.ID.Kind))
}
