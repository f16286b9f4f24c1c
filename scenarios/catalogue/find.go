// Package catalogue finds by name what can be tried, in whatever catalogue it stands,
// and explains it: strategies, defects and scenarios.
package catalogue

import (
	"onceover/loader/lock"
	"onceover/scenarios/defects"
	"onceover/scenarios/simulated"
	"onceover/sim"
)

// FindStrategy finds a strategy, or the defect of that name if it is one of a strategy.
func FindStrategy(name string) (lock.Strategy, bool) {
	if s, ok := lock.Find(name); ok {
		return s, true
	}
	d, ok := defects.Find(name)
	return d.Strategy, ok && d.Strategy.Open != nil
}

// FindProgram finds what a schedule is made with: a strategy in the project's own
// loader, or a defect with what it needs.
func FindProgram(name string) (simulated.Program, bool) {
	p := simulated.Program{Name: name}
	if strategy, ok := lock.Find(name); ok {
		p.Program = sim.Loader(strategy)
		return p, true
	}
	defect, ok := defects.Find(name)
	if ok {
		scene := defect.Scene()
		p.Program, p.Tables = scene.Program, scene.Tables
	}
	return p, ok
}
