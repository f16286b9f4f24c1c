package main

import (
	"fmt"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios/defects"
	"onceover/scenarios/simulated"
	"onceover/sim"
)

// knownProgram finds what a schedule is made with, by its name: a strategy in the
// project's own loader, or a defect of the catalogue with what it needs.
func knownProgram(name string) (simulated.Program, error) {
	p := simulated.Program{Name: name}
	if strategy, ok := lock.Find(name); ok {
		p.Program = sim.Loader(strategy)
		return p, nil
	}
	if defect, ok := defects.Find(name); ok {
		scene := defect.Scene()
		p.Program, p.Tables = scene.Program, scene.Tables
		return p, nil
	}
	return p, advice{
		error: fmt.Errorf("this program knows no strategy and no defect %q", name),
		try:   "onceover list strategies, onceover list defects", code: reports.ExitUsage,
	}
}
