package search

import (
	"cmp"
	"fmt"
	"math/rand/v2"

	"onceover/faults"
	"onceover/sim"
)

// Choosers make the choosers of the stages for a world that carries out one schedule after
// another, such as one of real processes. Each depends on its number and on what is set here.
type Choosers struct {
	Seed    uint64
	Workers int
	Budget  faults.Budget
	Length  int // of a schedule, as measured so far; at least 1
	Work    int // requests of it that do something new, for which faults are drawn; 0: Length
}

// InTurn lets one worker go as far as it can, and then the others by their numbers.
func InTurn(first int) sim.Chooser { return inTurn(first) }

// EachFault lets each single fault happen at each place of a schedule, and goes on as rest
// does. Offered is how many faults there were to choose from at each event of the log.
func EachFault(offered []int, log []sim.EventID, rest sim.Chooser) []sim.Chooser {
	return each(offered, log, rest)
}

// The stages that draw at random.
const (
	Random   = "random"
	POS      = "pos"
	PCT      = "pct"
	Comeback = "comeback" // who is struck has changed something, and is back at once
)

// Drawn is the chooser of schedule i of a stage, with what goes wrong in between. But for
// Comeback it is the one that a search of the simulation has.
func (c Choosers) Drawn(stage string, i int) sim.Chooser {
	stream := map[string]uint64{Random: 1, POS: 2, PCT: 3, Comeback: 4}[stage]
	r := rand.New(rand.NewPCG(c.Seed, stream<<32|uint64(i)))
	work := cmp.Or(c.Work, c.Length)
	inject := nemesis(r, c.Budget, work)
	switch stage {
	case Random:
		return withNemesis(inject, uniform(r))
	case POS:
		return withNemesis(inject, partialOrder(r))
	case Comeback:
		return comeback(r, c.Budget, work)
	case PCT:
		return withNemesis(inject, prioritized(r, c.Workers, c.Length, i))
	}
	panic(fmt.Sprintf("search: no stage %q", stage))
}
