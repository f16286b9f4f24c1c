package scenarios

import (
	"slices"
	"strings"
	"time"

	"onceover/faults"
	"onceover/reports"
)

// Names that stand in place of those of the catalogues.
const (
	External  = "worker-cmd"    // in place of a strategy's: workers of another program
	OwnPlan   = reports.OwnPlan // in place of a scenario's: a plan of the user's own, on real servers
	OwnBudget = "budget"        // the same in the simulated world: the faults that the user allows

	onServers = "@" // after OwnPlan, before the persistence of a Redis that is not the usual one
)

// Known is the name by which a scenario is known to expectations: one line is for
// plans of the user's own on any servers.
func Known(scenario string) string {
	if strings.HasPrefix(scenario, OwnPlan+onServers) {
		return OwnPlan
	}
	return scenario
}

// ServersFor is the scenario whose servers a plan of the user's own meets if none is named:
// those that have no disk, or can lose what was not synced, if that is what the plan is about.
func ServersFor(plan faults.Plan) Scenario {
	if slices.ContainsFunc(plan, func(f faults.Fault) bool { return f.Kind == faults.RedisPower }) {
		s, _ := Find("redis-power")
		return s
	}
	s, _ := Find(reports.Calm)
	return s
}

// OwnPlans are the scenarios of a plan of the user's own, one for each kind of Redis
// among the given scenarios.
func OwnPlans(plan faults.Plan, servers []Scenario) (all []Scenario) {
	for _, s := range servers {
		own := Scenario{
			Name: OwnPlan, Summary: "the plan of faults that was given", Persistence: s.Persistence, NeedsNoSteps: true,
			Faults: func(uint64, faults.Limits, time.Duration) faults.Plan { return plan },
		}
		if s.Persistence != faults.Nothing {
			own.Name += onServers + string(s.Persistence)
			own.Summary += ", on the Redis of " + s.Name
		}
		if !slices.ContainsFunc(all, func(other Scenario) bool { return other.Name == own.Name }) {
			all = append(all, own)
		}
	}
	return all
}
