package scenarios

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/gate"
)

// Names that stand in expectations beside those of the catalogues.
const (
	Foreign   = "worker-cmd"    // in place of a strategy's: workers of another program
	OwnPlan   = reports.OwnPlan // in place of a scenario's: a plan of the user's own, on real servers
	OwnBudget = "budget"        // the same in the simulated world: the faults that the user allows
	others    = "*"             // what is not named

	onServers = "@" // after OwnPlan, before the persistence of a Redis that is not the usual one
)

// Known is the name by which a scenario is known to expectations: one line is for
// plans of the user's own on any servers.
func Known(scenario string) string {
	if strings.HasPrefix(scenario, OwnPlan+onServers) {
		return OwnPlan
	}
	return scenario
}

// Standard is where the expectations come from if nobody says otherwise.
const Standard = "the standard expectations"

// StandardText is the file of the standard expectations. Its head documents the form.
//
//go:embed expect.yaml
var StandardText string

// Expectations say for both worlds what each cell has to come to.
type Expectations struct {
	Source string // where they come from
	worlds map[string]strategies
}

type (
	strategies map[string]cells
	cells      map[string]reports.Expectation // by scenario
)

// StandardExpectations are those that come with the program.
func StandardExpectations() *Expectations {
	e, err := ParseExpectations(Standard, []byte(StandardText))
	if err != nil {
		panic(err) // a test reads them
	}
	return e
}

// Of returns what is expected of a cell. What a strategy's own lines say goes
// before what is said of all others.
func (e *Expectations) Of(world, strategy, scenario string) (_ reports.Expectation, said bool) {
	for _, s := range []string{strategy, others} {
		for _, c := range []string{Known(scenario), others} {
			if what, said := e.worlds[world][s][c]; said {
				return what, true
			}
		}
	}
	return reports.Expectation{}, false
}

// Cover is an error if nothing is said of a cell.
func (e *Expectations) Cover(world string, strategies, scenarios []string) error {
	for _, strategy := range strategies {
		for _, scenario := range scenarios {
			if _, said := e.Of(world, strategy, scenario); !said {
				return fmt.Errorf("%s: nothing is said of %s/%s in the world %s", e.Source, strategy, scenario, world)
			}
		}
	}
	return nil
}

// Named lists the cells of a world that have to be there: those that are named one
// by one, and were selected. Of one that may come to anything nothing is lost.
func (e *Expectations) Named(world string, selected func(strategy string) bool, scenarios []string) []gate.Named {
	var all []gate.Named
	for _, strategy := range slices.Sorted(maps.Keys(e.worlds[world])) {
		if strategy == others || !selected(strategy) {
			continue
		}
		for _, scenario := range scenarios {
			what, named := e.worlds[world][strategy][Known(scenario)]
			if named && what.Demand != reports.DemandAny {
				all = append(all, gate.Named{World: world, ID: strategy + "/" + scenario, Expected: what.String(), By: e.Source})
			}
		}
	}
	return all
}

// sumUp judges results. What was not done before an end that came too early is not
// gone: that the results are not complete says it.
func sumUp(r *reports.Results, named []gate.Named) {
	if r.Run.Status != reports.Complete {
		named = nil
	}
	gate.Apply(r, named...)
}
