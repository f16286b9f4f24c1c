// Package locktest is the conformance suite of lock strategies: three lines put one, also
// one that is in no catalogue, through every scenario and the faults that people meet.
//
//	func TestMine(t *testing.T) {
//		locktest.Safe(t, mine)
//	}
//
// A strategy passes if no schedule that was tried loses a row, moves one twice, or gets
// stuck. They are the same schedules each time and on each machine: some hundreds at random
// for each set of faults, and then a systematic search of small jobs, up to 8,000
// positions. What passes is not proven: explore searches for as long as one wants, and chaos
// asks real servers. A failure shows the smallest counterexample.
//
// The clients are the real ones; the servers, the network and time are simulated, so no test
// needs Docker, and none waits.
package locktest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"onceover/loader/lock"
	"onceover/reports/format"
	"onceover/scenarios"
	"onceover/scenarios/simulated"
	"onceover/sim"
	"onceover/sim/draw"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

// depth is how far a search goes: schedules of each kind at random, and positions of the
// systematic search, none if -1.
type depth struct{ schedules, positions int }

var usual = depth{schedules: 150, positions: 8_000}

// Safe fails the test if a strategy does anything wrong under a scenario of the catalogue,
// or in one of the usual scopes of a search.
func Safe(t *testing.T, s lock.Strategy) {
	t.Helper()
	suite(t, s, usual)
}

func suite(t *testing.T, s lock.Strategy, far depth) {
	t.Helper()
	for _, scenario := range scenarios.All() {
		t.Run(scenario.Name, func(t *testing.T) { safe(t, s, under(scenario), far) })
	}
	for _, scope := range simulated.Usual() {
		name := fmt.Sprintf("%s, %s, %s", format.Plural(scope.Workers, "worker", "workers"), format.Plural(scope.Chunks, "chunk", "chunks"), scope.Budget)
		far := far
		if scope.Sampled {
			far.positions = -1
		}
		t.Run(name, func(t *testing.T) { safe(t, s, within(scope), far) })
	}
}

// Unsafe fails the test unless something goes wrong under each of the named scenarios: a
// control, which shows that the suite sees what it is there for.
func Unsafe(t *testing.T, s lock.Strategy, names ...string) {
	t.Helper()
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			scenario, known := scenarios.Find(name)
			if !known {
				t.Fatalf("there is no scenario %q", name)
			}
			if err := try(t.Context(), s, under(scenario), usual); !errors.As(err, new(violation)) {
				t.Errorf("%s is held to be unsafe, and under %s nothing was found: %v", s.Name, name, err)
			}
		})
	}
}

func safe(t *testing.T, s lock.Strategy, setup sim.Setup, far depth) {
	t.Helper()
	if err := try(t.Context(), s, setup, far); err != nil {
		t.Error(err)
	}
}

// under is a small job under a scenario.
func under(s scenarios.Scenario) sim.Setup {
	return sim.Setup{Workers: 2, Chunks: 2, Budget: s.Budget, Persistence: s.Persistence}
}

func within(s simulated.Scope) sim.Setup {
	return sim.Setup{Workers: s.Workers, Chunks: s.Chunks, Rows: s.Rows, Budget: s.Budget, Persistence: s.Persistence}
}

// violation is the picture of the smallest counterexample.
type violation string

func (v violation) Error() string { return string(v) }

// try searches for a violation. Another error says that the strategy cannot be simulated.
func try(ctx context.Context, s lock.Strategy, setup sim.Setup, far depth) error {
	setup.Name, setup.Program, setup.NamesOnly, setup.Locks = s.Name, sim.Loader(s), s.NamesOnly, s.Locks
	scene, err := sim.Prepare(setup)
	if err != nil {
		return err
	}
	result, err := search.Explore(scene, search.Options{
		Seed: 1, Random: far.schedules, POS: far.schedules, PCT: far.schedules, Positions: far.positions,
	})
	if err != nil || len(result.Found) == 0 {
		return err
	}
	smallest, err := shrink.Shrink(ctx, scene, result.Found[0].Run)
	if err != nil {
		return err
	}
	var picture strings.Builder
	if err := draw.Terminal(&picture, draw.Of(smallest), draw.Options{Width: 110}); err != nil {
		return err
	}
	return violation("\n" + picture.String())
}
