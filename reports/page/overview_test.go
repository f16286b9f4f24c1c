package page

import (
	"slices"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

func TestFaultsOfSeveralClassesHaveAColumnOfTheirOwn(t *testing.T) {
	r := reporttest.OfCells(reporttest.WithFaults("a", "redis-none", 2), reporttest.WithFaults("a", "budget", 2), reporttest.WithFaults("a", "later", 2))
	r.Scenarios = []reports.ScenarioText{
		{Name: "redis-none", Class: "server-forgets"}, {Name: "budget", Class: "several", Sim: "crash x1, redis-kill x1"}, {Name: "later", Class: "of a later version"},
	}
	got := reports.Each(newSource(r, Options{}).overview().Classes, func(c classView) string { return c.Name })
	if want := []string{"a server dies or forgets", "several faults allowed", "faults"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
