package faults

import (
	"time"

	"onceover/loader"
)

// Any stands for whichever worker or chunk is there first.
const Any = -1

// Never, as a restart, says that the worker does not come back.
const Never = time.Duration(-1)

// Fault is one thing that goes wrong, once.
type Fault struct {
	Kind Kind
	At   Position

	// For is how long the fault lasts, and Restart how long after it a worker is
	// started again. The settings of the kind say whether it takes them, and
	// may give them another meaning.
	For, Restart time.Duration
}

// Position is where in a run a fault strikes: at a worker's step, or when a
// share of the rows has arrived.
type Position struct {
	Worker int // 0-based, or Any
	Chunk  int // ordinal, or Any
	Step   loader.Step
	Nth    int           // strikes the nth time that the position is reached, from 1
	Hold   time.Duration // keeps the worker at its step for so long before it strikes

	// Progress, if not 0, is a percentage of the table's rows, and the only
	// part of the position beside Worker that counts.
	Progress int
}

// Matches tells whether a worker at a step stands at the position, Nth aside.
func (p Position) Matches(worker int, step loader.Step, chunk int) bool {
	return p.Progress == 0 &&
		step == p.Step &&
		(p.Worker == Any || p.Worker == worker) &&
		(p.Chunk == Any || p.Chunk == chunk)
}

// Plan is the faults of one run.
type Plan []Fault
