package page

import (
	"cmp"
	"fmt"
	"slices"

	"onceover/reports"
)

// source is the base of all sections: the results, and where on the page the
// parts of them stand.
type source struct {
	*reports.Results
	options    Options
	detail     detail
	summary    reports.Summary
	strategies []strategyRow // in the order in which they are shown
	scenarios  []string
	worlds     []string // live before simulated

	all      []record                    // of each strategy
	speeds   map[string]map[string]speed // by scenario
	comparer string                      // the scenario in which speeds are compared; empty: none allows it

	left []string // the parts that this page leaves out, in sentences

	made map[string]any // drawings and copies of the results, however often a page is tried
}

// strategyRow is a strategy with all its cells, as indices into Results.Cells.
type strategyRow struct {
	name    string
	control bool // it is expected to fail somewhere
	cells   []int
}

func newSource(r *reports.Results, o Options) *source {
	s := &source{
		Results: r, options: o, summary: reports.Summarize(r),
		speeds: map[string]map[string]speed{}, made: map[string]any{},
	}
	for i, c := range r.Cells {
		if !slices.Contains(s.scenarios, c.Scenario) {
			s.scenarios = append(s.scenarios, c.Scenario)
		}
		if w := s.world(c); !slices.Contains(s.worlds, w) {
			s.worlds = append(s.worlds, w)
		}
		at := slices.IndexFunc(s.strategies, func(row strategyRow) bool { return row.name == c.Strategy })
		if at < 0 {
			at = len(s.strategies)
			s.strategies = append(s.strategies, strategyRow{name: c.Strategy})
		}
		row := &s.strategies[at]
		row.cells = append(row.cells, i)
		row.control = row.control || c.Control()
	}
	slices.SortStableFunc(s.worlds, func(a, b string) int { return cmp.Compare(worldOrder(a), worldOrder(b)) })
	slices.SortStableFunc(s.strategies, s.safestFirst)
	for _, row := range s.strategies {
		s.all = append(s.all, s.record(row))
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

// safestFirst puts controls last, then sorts by the worst verdict, then by how
// many cells are bad.
func (s *source) safestFirst(a, b strategyRow) int {
	if a.control != b.control {
		if b.control {
			return -1
		}
		return 1
	}
	aRank, aBad := s.badness(a)
	bRank, bBad := s.badness(b)
	return cmp.Or(cmp.Compare(aRank, bRank), cmp.Compare(aBad, bBad))
}

func (s *source) badness(row strategyRow) (rank, bad int) {
	for _, i := range row.cells {
		v := s.Cells[i].Found()[0]
		rank = max(rank, v.Rank())
		if v.Bad() {
			bad++
		}
	}
	return rank, bad
}

// world is that of a cell; one that names none is of the invocation's.
func (s *source) world(c reports.Cell) string { return cmp.Or(c.World, s.Run.World) }

// worldWord is the world of a cell as the page says it, if there are several.
func (s *source) worldWord(c reports.Cell) string {
	if len(s.worlds) < 2 {
		return ""
	}
	return worldName(s.world(c))
}

func worldName(world string) string {
	switch world {
	case reports.WorldLive:
		return "live"
	case reports.WorldSim:
		return "simulated"
	case reports.WorldBoth:
		return "live and simulated"
	}
	return world
}

// leave notes that something is not on the page, and says so where it would be.
func (s *source) leave(format string, args ...any) string {
	text := fmt.Sprintf(format, args...)
	s.left = append(s.left, text)
	return text
}

func cellAnchor(i int) string { return fmt.Sprintf("cell-%d", i+1) }

// strategyAnchor is the paragraph on a strategy; empty if there is none.
func (s *source) strategyAnchor(name string) string {
	i := slices.IndexFunc(s.strategies, func(row strategyRow) bool { return row.name == name })
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("strategy-%d", i+1)
}

// cellsOf are the cells of a strategy.
func (s *source) cellsOf(row strategyRow) []reports.Cell {
	cells := make([]reports.Cell, len(row.cells))
	for i, at := range row.cells {
		cells[i] = s.Cells[at]
	}
	return cells
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
