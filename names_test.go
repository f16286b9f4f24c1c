package main

import (
	"slices"
	"strings"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/scenarios"
	"onceover/scenarios/catalogue"
)

// TestAPartOfANameIsAnsweredWithAllThatHaveIt tries every beginning of every word of every name.
func TestAPartOfANameIsAnsweredWithAllThatHaveIt(t *testing.T) {
	var live, simulated []string
	for _, f := range faults.All() {
		if f.NotLive == "" {
			live = append(live, string(f.Kind))
		}
		if f.NotSimulated == "" {
			simulated = append(simulated, string(f.Kind))
		}
	}
	strategies := catalogue.StrategyNames(lock.All())
	for kind, c := range map[string]struct {
		known  []string
		choose func(name string) error
	}{
		"strategies of chaos": {slices.Concat(strategies, catalogue.WrongStrategies()), func(name string) error {
			_, err := catalogue.ChooseStrategies([]string{name}, catalogue.WrongStrategies()...)
			return err
		}},
		"strategies, defects and trials of explore": {slices.Concat(strategies, catalogue.Explorable()), func(name string) error {
			_, err := catalogue.ChooseStrategies([]string{name}, catalogue.Explorable()...)
			return err
		}},
		"scenarios": {catalogue.ScenarioNames(scenarios.Every()), func(name string) error {
			_, err := catalogue.ChooseScenarios([]string{name}, nil)
			return err
		}},
		"faults of chaos": {live, func(name string) error {
			_, err := faults.Parse(name + " at=read")
			return badFaults(err)
		}},
		"faults of explore": {simulated, func(name string) error {
			_, err := faults.ParseBudget(name + " x1")
			return badFaults(err)
		}},
	} {
		tried := map[string]bool{}
		for _, name := range c.known {
			for at := range name {
				word := at == 0 || name[at-1] == '-'
				for end := at + 1; word && end <= len(name); end++ {
					tried[name[at:end]] = true
				}
			}
		}
		if len(tried) < 100 {
			t.Errorf("%s: only %d parts", kind, len(tried))
		}
		for part := range tried {
			if slices.Contains(c.known, part) {
				continue
			}
			code, try := diagnose(c.choose(part))
			offered := strings.FieldsFunc(strings.Split(try, ";")[0], func(r rune) bool { return r == ' ' || r == ',' })
			for _, k := range c.known {
				if strings.Contains("-"+k, "-"+part) && !slices.Contains(offered, k) || code != 2 {
					t.Errorf("%s: %q is answered by %q and %d, without %s", kind, part, try, code, k)
				}
			}
		}
	}
}
