package simulated

import (
	"context"
	"time"

	"onceover/reports"
	"onceover/scenarios"
	"onceover/sim/search"
)

// Judge searches a program of which nothing is known in the usual scopes, until
// the first violation. Safe says that none was found within the limit.
func Judge(ctx context.Context, p Program, o search.Options, clock func() time.Duration) (reports.Verdict, search.Result, error) {
	p.Expected = func(string) reports.Expectation { return reports.Expectation{Demand: reports.DemandSafe} }
	x := Exploration{Scopes: Usual(), Search: o, Clock: clock}
	result, err := x.search(ctx, p, scenarios.Scenario{Name: scenarios.OwnBudget})
	if err != nil || len(result.Found) == 0 {
		return reports.Safe, result.Result, err
	}
	return result.Found[0].Verdict, result.Result, nil
}
