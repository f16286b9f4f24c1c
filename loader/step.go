package loader

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Step is a named point in a worker's life.
type Step int

const (
	Claiming   Step = iota // about to ask for a chunk
	Claimed                // the strategy gave it the chunk
	Reading                // about to read the rows
	Read                   // the rows are in memory
	Committing             // about to send the commit
	Committed              // the commit was answered: this worker's rows are in the list
	Released               // the claim was let go
)

var stepNames = []string{"claiming", "claimed", "reading", "read", "committing", "committed", "released"}

// Steps lists all steps in the order in which a worker takes them.
func Steps() []Step {
	return []Step{Claiming, Claimed, Reading, Read, Committing, Committed, Released}
}

func (s Step) String() string { return stepNames[s] }

// ParseStep is the inverse of String.
func ParseStep(name string) (Step, error) {
	i := slices.Index(stepNames, name)
	if i < 0 {
		return 0, fmt.Errorf("unknown step %q, known are %s", name, strings.Join(stepNames, ", "))
	}
	return Step(i), nil
}

// Hook is called at each step. A worker goes on when it returns, so a hook
// that blocks holds the worker at that place.
type Hook func(ctx context.Context, step Step, chunk int)

func (h Hook) at(ctx context.Context, step Step, chunk int) {
	if h != nil {
		h(ctx, step, chunk)
	}
}
