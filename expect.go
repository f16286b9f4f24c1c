package main

import (
	"os"
	"slices"

	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/catalogue"
	"onceover/scenarios/expect"
)

// coveringExpectations are those of a file, or the standard ones, and cover all cells.
func coveringExpectations(file, world string, strategies []string, all []scenarios.Scenario) (*expect.Expectations, []string, error) {
	e, err := chosenExpectations(file)
	if err != nil {
		return nil, nil, err
	}
	named := catalogue.ScenarioNames(all)
	if err := e.Cover(world, strategies, named); err != nil {
		return nil, nil, wrongExpectations(err)
	}
	return e, named, nil
}

// chosenExpectations are those of a file, or the standard ones.
func chosenExpectations(file string) (*expect.Expectations, error) {
	if file == "" {
		return expect.Standard(), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, usagef("--expect: %w", err)
	}
	e, err := expect.Parse(file, text)
	if err != nil {
		return nil, wrongExpectations(err)
	}
	return e, nil
}

func wrongExpectations(err error) error {
	return advice{
		error: usagef("--expect: %w", err),
		try:   "onceover list expectations, which prints the standard ones and explains the form", code: reports.ExitUsage,
	}
}

// setExpectations holds the campaign to what is expected. It has to come before
// anything that was selected is left out: that is gone, if it is expected by name.
func (p *chaos) setExpectations() error {
	e, named, err := coveringExpectations(p.c.Expect, reports.WorldLive, p.campaign.Strategies, p.campaign.Scenarios)
	if err != nil {
		return err
	}
	all := len(p.c.Strategy) == 0 && p.c.WorkerCmd == ""
	p.expected = e.Source
	p.campaign.Named = e.Named(reports.WorldLive, func(strategy string) bool {
		return slices.Contains(p.campaign.Strategies, strategy) || all && strategy != scenarios.External
	}, named)
	p.campaign.Expected = func(strategy, scenario string) reports.Expectation {
		what, _ := e.Of(reports.WorldLive, strategy, scenario) // they are covered
		if p.required > 0 && what.Demand == reports.DemandSafe && (what.MaxRate == 0 || what.MaxRate > p.required) {
			what.MaxRate = p.required
		}
		return what
	}
	return nil
}

// setExpectations holds the exploration to what is expected.
func (x *exploration) setExpectations() error {
	e, named, err := coveringExpectations(x.c.Expect, reports.WorldSim, x.programNames(), x.what.Scenarios)
	if err != nil {
		return err
	}
	x.expected = e.Source
	x.what.Named = e.Named(reports.WorldSim, func(strategy string) bool {
		return len(x.c.Strategy) == 0 || slices.Contains(x.c.Strategy, strategy)
	}, named)
	for i := range x.what.Programs {
		p := &x.what.Programs[i]
		p.Expected = func(scenario string) reports.Expectation {
			what, _ := e.Of(reports.WorldSim, p.Name, scenario) // they are covered
			return what
		}
	}
	return nil
}
