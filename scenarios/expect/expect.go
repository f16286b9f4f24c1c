// Package expect says what each cell has to come to, as a file of YAML demands it.
package expect

import (
	"fmt"
	"maps"
	"slices"

	"onceover/reports"
	"onceover/reports/gate"
	"onceover/scenarios"
)

// others is the name of what is not named.
const others = "*"

// standard is the source of the expectations that come with the program.
const standard = "the standard expectations"

// Expectations say for both worlds what each cell has to come to.
type Expectations struct {
	Source string // a file, or standard
	worlds map[string]strategies
}

type (
	strategies map[string]cells
	cells      map[string]reports.Expectation // by scenario
)

// Standard are those that come with the program.
func Standard() *Expectations {
	e, err := Parse(standard, []byte(scenarios.StandardExpectations))
	if err != nil {
		panic(err) // a test reads them
	}
	return e
}

// Of returns the expectation of a cell. A strategy's own lines take precedence
// over those for all others.
func (e *Expectations) Of(world, strategy, scenario string) (_ reports.Expectation, said bool) {
	for _, s := range []string{strategy, others} {
		for _, c := range []string{scenarios.Known(scenario), others} {
			if what, said := e.worlds[world][s][c]; said {
				return what, true
			}
		}
	}
	return reports.Expectation{}, false
}

// Cover returns an error for a cell without an expectation.
func (e *Expectations) Cover(world string, strategies, named []string) error {
	for _, strategy := range strategies {
		for _, scenario := range named {
			if _, said := e.Of(world, strategy, scenario); !said {
				return fmt.Errorf("%s: nothing is said of %s/%s in the world %s", e.Source, strategy, scenario, world)
			}
		}
	}
	return nil
}

// Named lists the cells of a world that have to be there: those that are named one
// by one, and were selected. A cell that may come to anything is not among them.
func (e *Expectations) Named(world string, selected func(strategy string) bool, of []string) []gate.Named {
	var all []gate.Named
	for _, strategy := range slices.Sorted(maps.Keys(e.worlds[world])) {
		if strategy == others || !selected(strategy) {
			continue
		}
		for _, scenario := range of {
			what, named := e.worlds[world][strategy][scenarios.Known(scenario)]
			if named && what.Demand != reports.DemandAny {
				all = append(all, gate.Named{World: world, ID: strategy + "/" + scenario, Expected: what.String(), By: e.Source})
			}
		}
	}
	return all
}
