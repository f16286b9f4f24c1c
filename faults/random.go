package faults

import (
	"math/rand/v2"
	"time"

	"onceover/loader"
)

// Limits are what a random plan has to fit.
type Limits struct {
	Chunks int
	// Steps, if false, says that the workers do not report their steps, so that
	// only a request can be a position.
	Steps bool
}

// RandomKills draws kills of any worker at any step of any chunk. Each strikes
// whichever worker gets there, so each is reached by every strategy that loads
// every chunk. Of a chunk some steps are taken once only, so there are no more
// kills than chunks.
func RandomKills(seed uint64, limits Limits, kills int) Plan {
	random := rand.New(rand.NewPCG(seed, 0x6b696c6c))
	kills = min(kills, limits.Chunks)
	plan := make(Plan, 0, kills)
	for i := range kills {
		plan = append(plan, Fault{
			Kind:    Kill,
			At:      randomPosition(random, limits, i, kills),
			Restart: time.Duration(20+random.IntN(300)) * time.Millisecond,
		})
	}
	return plan
}

// randomPosition keeps the kills on different chunks where there are enough,
// so that none hides another.
func randomPosition(random *rand.Rand, limits Limits, i, of int) Position {
	if !limits.Steps {
		// There is a write for each chunk at least.
		return Position{Worker: Any, Chunk: Any, Request: Write, Answered: random.IntN(2) == 1, Nth: 1 + spread(random, limits.Chunks, i, of)}
	}
	steps := loader.Steps()
	return Position{
		Worker: Any,
		Chunk:  spread(random, limits.Chunks, i, of),
		Step:   steps[random.IntN(len(steps))],
		Nth:    1,
	}
}

// spread draws from the i-th of equal parts of the chunks.
func spread(random *rand.Rand, chunks, i, parts int) int {
	low, high := chunks*i/parts, chunks*(i+1)/parts
	return low + random.IntN(high-low)
}
