// Package catalogue finds by name what can be tried, in whatever catalogue it stands,
// and explains it: strategies, defects and scenarios.
package catalogue

import (
	"slices"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/unknown"
	"onceover/scenarios"
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
// loader, a defect with what it needs, or a trial.
func FindProgram(name string) (simulated.Program, bool) {
	p := simulated.Program{Name: name}
	if strategy, ok := lock.Find(name); ok {
		p.Program, p.NamesOnly, p.Locks = sim.Loader(strategy), strategy.NamesOnly, strategy.Locks
		return p, true
	}
	if defect, ok := defects.Find(name); ok {
		scene := defect.Scene()
		p.Program, p.Tables, p.NamesOnly, p.Locks = scene.Program, scene.Tables, scene.NamesOnly, scene.Locks
		return p, true
	}
	trial, ok := defects.FindTrial(name)
	if ok {
		p.Program, p.Tables, p.NamesOnly = trial.Runs(), trial.Tables, trial.Strategy.NamesOnly
	}
	return p, ok
}

// Explorable lists the defects and trials, which can be explored by name.
func Explorable() []string {
	names := NamesOf(defects.All(), func(d defects.Defect) string { return d.Name })
	return append(names, NamesOf(defects.Trials(), func(t defects.Trial) string { return t.Name })...)
}

// ChooseStrategies returns the named strategies, of the catalogue or others, or all of the
// catalogue.
func ChooseStrategies(names []string, also ...string) ([]string, error) {
	known := StrategyNames(lock.All())
	if len(names) > 0 {
		known = append(known, also...)
	}
	return choose("strategy", names, known)
}

// StrategyNames lists the names of strategies.
func StrategyNames(all []lock.Strategy) []string {
	return NamesOf(all, func(s lock.Strategy) string { return s.Name })
}

// WrongStrategies lists the defects that are strategies, and so can work on real servers.
func WrongStrategies() []string {
	wrong := slices.DeleteFunc(defects.All(), func(d defects.Defect) bool { return d.Strategy.Open == nil })
	return NamesOf(wrong, func(d defects.Defect) string { return d.Name })
}

// ChooseScenarios returns the named scenarios, or the given ones if there are no names.
func ChooseScenarios(names []string, unnamed []scenarios.Scenario) (chosen []scenarios.Scenario, err error) {
	if len(names) == 0 {
		return unnamed, nil
	}
	names, err = choose("scenario", names, ScenarioNames(scenarios.Every()))
	for _, name := range names {
		s, _ := scenarios.Find(name)
		chosen = append(chosen, s)
	}
	return chosen, err
}

// ScenarioNames lists the names of scenarios.
func ScenarioNames(all []scenarios.Scenario) []string {
	return NamesOf(all, func(s scenarios.Scenario) string { return s.Name })
}

// NamesOf lists the names of whatever has one.
func NamesOf[T any](all []T, name func(T) string) (names []string) {
	for _, one := range all {
		names = append(names, name(one))
	}
	return names
}

// choose returns the names, each once, or all known ones if there are none.
func choose(kind string, names, known []string) (chosen []string, err error) {
	if len(names) == 0 {
		return known, nil
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, &unknown.Name{Kind: kind, Name: name, Known: known}
		}
		if !slices.Contains(chosen, name) {
			chosen = append(chosen, name)
		}
	}
	return chosen, nil
}

// Describe explains the strategies and scenarios of a campaign to the readers of its
// results, so that these can be shown without the program that made them.
func Describe(r *reports.Results, strategies []string, all []scenarios.Scenario) {
	for _, name := range strategies {
		r.Strategies = append(r.Strategies, strategyText(name))
	}
	for _, s := range all {
		text := reports.ScenarioText{Name: s.Name, Summary: s.Summary, Class: string(s.Class())}
		if scenarios.Known(s.Name) != scenarios.OwnPlan { // which does not take place in the simulated world
			text.Sim = s.Budget.String()
		}
		r.Scenarios = append(r.Scenarios, text)
	}
}

func strategyText(name string) reports.StrategyText {
	if s, ok := lock.Find(name); ok {
		return reports.StrategyText{Name: s.Name, Summary: s.Summary, How: s.How, Rests: s.Rests, Cost: s.Cost, Use: s.Use, Published: s.Name == lock.ConnectionName.Name}
	}
	text := reports.StrategyText{Name: name}
	if d, ok := defects.Find(name); ok {
		text.Summary = "a known mistake, kept to see it caught: " + d.Mistake
	} else if t, ok := defects.FindTrial(name); ok {
		text.Summary = "a trial of the search: " + t.About
	} else if name == scenarios.External {
		text.Summary = "a program that is not Onceover's own, under the contract for workers"
	}
	return text
}
