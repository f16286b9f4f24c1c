package catalogue

import (
	"testing"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios"
)

func TestEveryStrategyAndScenarioIsExplained(t *testing.T) {
	var names []string
	for _, s := range lock.All() {
		names = append(names, s.Name)
	}
	var r reports.Results
	Describe(&r, names, scenarios.Every())
	if len(r.Strategies) != len(names) || len(r.Scenarios) != len(scenarios.Every()) {
		t.Fatalf("%d strategies, %d scenarios", len(r.Strategies), len(r.Scenarios))
	}
	for _, s := range r.Strategies {
		if s.Summary == "" || s.How == "" || s.Rests == "" || s.Cost == "" || s.Use == "" {
			t.Errorf("%s is not explained: %+v", s.Name, s)
		}
	}
	for _, s := range r.Scenarios {
		if s.Summary == "" || s.Sim == "" {
			t.Errorf("%s is not explained: %+v", s.Name, s)
		}
	}
}

func TestWhatIsInNoCatalogueIsNamedAllTheSame(t *testing.T) {
	for name, want := range map[string]string{
		"skipped-chunk-never-taken-up": "a known mistake, kept to see it caught: ",
		scenarios.External:             "a program that is not Onceover's own",
	} {
		var r reports.Results
		Describe(&r, []string{name}, nil)
		if got := r.Strategies[0]; got.Name != name || len(got.Summary) < len(want) || got.Summary[:len(want)] != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	var r reports.Results
	Describe(&r, nil, scenarios.OwnPlans(nil, scenarios.Every()))
	for _, got := range r.Scenarios {
		if got.Summary == "" || got.Sim != "" {
			t.Errorf("own plan: %+v", got)
		}
	}
}
