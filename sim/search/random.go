package search

import (
	"math/rand/v2"

	"onceover/faults"
	"onceover/sim"
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
		traces[c.(*tracing).digest()] = true
		st.Traces = len(traces)
		if st.Schedules%256 == 0 {
			s.progress(st)
		}
	})
}
