package catalogue

import (
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/defects"
)

// Describe explains the strategies and scenarios of a campaign to the readers of its
// results, so that these can be shown without the program that made them.
func Describe(r *reports.Results, strategies []string, all []scenarios.Scenario) {
	for _, name := range strategies {
		r.Strategies = append(r.Strategies, strategyText(name))
	}
	for _, s := range all {
		text := reports.ScenarioText{Name: s.Name, Summary: s.Summary}
		if scenarios.Known(s.Name) != scenarios.OwnPlan { // which does not take place in the simulated world
			text.Sim = s.Budget.String()
		}
		r.Scenarios = append(r.Scenarios, text)
	}
}

func strategyText(name string) reports.StrategyText {
	if s, ok := lock.Find(name); ok {
		return reports.StrategyText{Name: s.Name, Summary: s.Summary, How: s.How, Rests: s.Rests, Cost: s.Cost, Use: s.Use}
	}
	text := reports.StrategyText{Name: name}
	if d, ok := defects.Find(name); ok {
		text.Summary = "a known mistake, kept to see it caught: " + d.Mistake
	} else if name == scenarios.External {
		text.Summary = "a program that is not Onceover's own, under the contract for workers"
	}
	return text
}
