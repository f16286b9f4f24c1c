package main

import (
	"fmt"

	"onceover/loader/lock"
	"onceover/scenarios"
	"onceover/scenarios/defects"
	"onceover/sim"
)

// programOf finds what a stored schedule was made with: a strategy in the
// project's own loader, or a defect of the catalogue.
func programOf(name string) (sim.Program, error) {
	if strategy, ok := lock.Find(name); ok {
		return sim.Loader(strategy), nil
	}
	if defect, ok := defects.Find(name); ok {
		return defect.Scene().Program, nil
	}
	return nil, advice{
		error: fmt.Errorf("this program knows no strategy and no defect %q", name),
		try:   "onceover list strategies, onceover list defects", code: exitUsage,
	}
}

// explorable is a strategy as something to be searched.
func explorable(strategy lock.Strategy) scenarios.Program {
	return scenarios.Program{
		Name: strategy.Name, Program: sim.Loader(strategy),
		Expected: func(scenario string) scenarios.Expectation {
			return scenarios.Expected(strategy.Name, scenario, false)
		},
	}
}
