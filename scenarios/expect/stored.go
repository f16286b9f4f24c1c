package expect

import (
	"cmp"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/gate"
)

// Apply holds stored results to these expectations in place of their own, also in what
// has to be there.
func (e *Expectations) Apply(r *reports.Results) error {
	for i := range r.Cells {
		c := &r.Cells[i]
		world := cmp.Or(c.World, r.Run.World)
		what, said := e.Of(world, c.Strategy, c.Scenario)
		if !said {
			return e.Cover(world, []string{c.Strategy}, []string{c.Scenario})
		}
		c.Expected = what.String()
	}
	r.Gate = reports.Gate{Expected: e.Source}
	return nil
}

// Demanded lists the cells that these expectations name one by one, as far as stored
// results were to have them: those of the strategies and scenarios that were selected,
// and those that were gone before. Cells that an invocation had not reached when it was
// interrupted are not gone.
func (e *Expectations) Demanded(r *reports.Results) (all []gate.Named) {
	demand := func(s selection) {
		all = append(all, e.Named(s.world, func(strategy string) bool { return slices.Contains(s.strategies, strategy) }, s.scenarios)...)
	}
	for _, s := range selections(r) {
		demand(s)
	}
	for _, reason := range r.Gate.Reasons {
		if strategy, scenario, _ := strings.Cut(reason.Cell, "/"); reason.State == reports.Gone {
			demand(selection{cmp.Or(reason.World, r.Run.World), []string{strategy}, []string{scenario}})
		}
	}
	return all
}

// selection is what an invocation was to do in its world: each of the strategies
// under each of the scenarios.
type selection struct {
	world                 string
	strategies, scenarios []string
}

// selections are those of the invocations behind results that came to their end.
// Merged results do not say which of them selected what, only which has runs of
// what: there, a cell that is missing contradicts that.
func selections(r *reports.Results) (all []selection) {
	if len(r.Parts) == 0 && r.Run.Status == reports.Complete {
		s := selection{world: r.Run.World}
		for _, c := range r.Cells {
			s.add(c.Strategy, c.Scenario)
		}
		for _, text := range r.Strategies {
			s.strategies = append(s.strategies, text.Name)
		}
		for _, text := range r.Scenarios {
			s.scenarios = append(s.scenarios, text.Name)
		}
		all = append(all, s)
	}
	for _, p := range r.Parts {
		s := selection{world: p.Run.World}
		for _, c := range p.Cells {
			strategy, scenario, _ := strings.Cut(c.ID, "/")
			s.add(strategy, scenario)
		}
		if p.Run.Status == reports.Complete {
			all = append(all, s)
		}
	}
	return all
}

func (s *selection) add(strategy, scenario string) {
	s.strategies, s.scenarios = append(s.strategies, strategy), append(s.scenarios, scenario)
}
