package main

import (
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/defects"
)

// describe explains the strategies and scenarios of a campaign to the readers of its
// results, so that these can be shown without the program that made them.
func describe(r *reports.Results, strategies []string, all []scenarios.Scenario) {
	for _, name := range strategies {
		r.Strategies = append(r.Strategies, describeStrategy(name))
	}
	for _, s := range all {
		r.Scenarios = append(r.Scenarios, describeScenario(s))
	}
}

func describeStrategy(name string) reports.StrategyText {
	if s, ok := lock.Find(name); ok {
		return reports.StrategyText{Name: s.Name, Summary: s.Summary, How: s.How, Rests: s.Rests, Cost: s.Cost, Use: s.Use}
	}
	text := reports.StrategyText{Name: name}
	if d, ok := defects.Find(name); ok {
		text.Summary = "a known mistake, kept to see it caught: " + d.Mistake
	}
	if name == scenarios.Foreign {
		text.Summary = "a program that is not Onceover's own, under the contract for workers"
	}
	return text
}

// describeScenario says nothing of the simulated world about a plan of the user's
// own, which does not take place there.
func describeScenario(s scenarios.Scenario) reports.ScenarioText {
	text := reports.ScenarioText{Name: s.Name, Summary: s.Summary}
	if s.Name == ownBudget {
		text.Summary = "the faults that were allowed"
	}
	if scenarios.Known(s.Name) != scenarios.OwnPlan {
		text.Sim = s.Budget.String()
	}
	return text
}
