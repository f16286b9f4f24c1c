package page

import (
	"cmp"
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/answer"
)

// source is the base of all sections: the results, and where on the page the
// parts of them stand.
type source struct {
	*reports.Results
	options    Options
	detail     detail
	summary    reports.Summary
	answered   answer.Answer
	cells      []*cellView // in the order of the results
	strategies []*record   // in the order in which they are shown
	scenarios  []string
	worlds     []string // live before simulated
	parts      []reports.Part

	speeds   map[string]map[string]speed // by scenario
	comparer string                      // the scenario in which speeds are compared; empty: none allows it

	left []string // the parts that this page leaves out, in sentences

	made map[string]any // drawings and copies of the results, however often a page is tried
}

func newSource(r *reports.Results, o Options) *source {
	s := &source{
		Results: r, options: o, summary: reports.Summarize(r), answered: answer.Of(r), parts: r.Invocations(),
		speeds: map[string]map[string]speed{}, made: map[string]any{},
	}
	locks := reports.Groups(s.answered.Locks(), func(l answer.Lock) string { return l.Name })
	strategies, controls := reports.SafestFirst(r.Cells)
	for i, name := range append(strategies, controls...) {
		text, _ := reports.First(r.Strategies, func(t reports.StrategyText) bool { return t.Name == name })
		lock, _ := reports.First(locks, func(of []answer.Lock) bool { return of[0].Name == name })
		s.strategies = append(s.strategies, &record{Lock: lock[0], Anchor: fmt.Sprintf("strategy-%d", i+1), Text: text, control: i >= len(strategies)})
	}
	for _, c := range r.Cells {
		c.World = cmp.Or(c.World, r.Run.World) // one that names none is of the invocation's
		x, v := s.strategy(c.Strategy), s.newCell(len(s.cells), c)
		s.cells, x.cells = append(s.cells, v), append(x.cells, v)
	}
	scenario, world := func(c *cellView) string { return c.Scenario }, func(c *cellView) string { return c.World }
	s.scenarios, s.worlds = reports.Each(reports.Unique(s.cells, scenario), scenario), reports.Each(reports.Unique(s.cells, world), world)
	slices.SortStableFunc(s.worlds, func(a, b string) int { return cmp.Compare(worldOrder(a), worldOrder(b)) })
	for _, v := range s.cells {
		if len(s.worlds) > 1 {
			v.Where = worldName(v.World)
		}
	}
	for _, x := range s.strategies {
		s.judge(x)
	}
	for _, scenario := range s.scenarios {
		s.speeds[scenario] = s.measure(scenario)
	}
	s.comparer = s.comparable()
	return s
}

func worldOrder(world string) int {
	return slices.Index([]string{reports.WorldLive, reports.WorldSim}, world)
}

func (s *source) inOrder() (sorted []*cellView) {
	for _, x := range s.strategies {
		sorted = append(sorted, x.cells...)
	}
	return sorted
}

func (s *source) live() []reports.Cell {
	live := reports.Those(s.inOrder(), func(c *cellView) bool { return c.Search == nil })
	return reports.Each(live, func(c *cellView) reports.Cell { return c.Cell })
}

func (s *source) cell(id, world string) *cellView {
	c, _ := reports.First(s.cells, func(c *cellView) bool { return c.ID == id && (world == "" || c.World == world) })
	return c
}

func (s *source) strategy(name string) *record {
	x, _ := reports.First(s.strategies, func(x *record) bool { return x.Name == name })
	return x
}

func (s *source) was(scenario, world string) bool {
	return slices.ContainsFunc(s.cells, func(c *cellView) bool { return c.Scenario == scenario && c.World == world })
}

// scenarioText explains a scenario; only its name is known of one that is not explained.
func (s *source) scenarioText(name string) reports.ScenarioText {
	text, _ := reports.First(s.Scenarios, func(t reports.ScenarioText) bool { return t.Name == name })
	text.Name = name
	return text
}

var worldNames = map[string]string{reports.WorldSim: "simulated", reports.WorldBoth: "live and simulated"}

func worldName(world string) string { return cmp.Or(worldNames[world], world) }

// leave notes that something is not on the page, and says so where it would be.
func (s *source) leave(format string, args ...any) string {
	text := fmt.Sprintf(format, args...)
	s.left = append(s.left, text)
	return text
}

// once makes something for a page, once, however often the page is tried.
func once[T any](s *source, key string, make func() T) T {
	if v, ok := s.made[key].(T); ok {
		return v
	}
	v := make()
	s.made[key] = v
	return v
}
