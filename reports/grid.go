package reports

import (
	"cmp"
	"slices"
)

// Grid is the matrix of strategies and scenarios. Its rows stand in the order of the
// catalogue, which is the same in each world and while they are run.
type Grid struct {
	Scenarios []string
	Rows      []GridRow
}

// GridRow holds a strategy's cells by scenario, as indices into
// Results.Cells; -1 stands for a cell that does not exist.
type GridRow struct {
	Strategy string
	Control  bool // the strategy is expected to fail somewhere
	Cells    []int
}

// NewGrid sorts some cells into rows and columns, with the strategies in the order of
// all cells.
func NewGrid(cells, all []Cell) (g Grid) {
	for _, c := range Unique(cells, func(c Cell) string { return c.Scenario }) {
		g.Scenarios = append(g.Scenarios, c.Scenario)
	}
	for _, of := range Groups(all, strategyOf) {
		row := GridRow{Strategy: of[0].Strategy}
		for _, scenario := range g.Scenarios {
			at := slices.IndexFunc(cells, func(c Cell) bool { return c.Strategy == row.Strategy && c.Scenario == scenario })
			row.Cells = append(row.Cells, at)
			row.Control = row.Control || at >= 0 && cells[at].Control()
		}
		if slices.ContainsFunc(row.Cells, func(at int) bool { return at >= 0 }) {
			g.Rows = append(g.Rows, row)
		}
	}
	return g
}

// SafestFirst lists the strategies of some cells as reports show them: sorted by the
// worst verdict, then by how many cells are bad. Controls are expected to fail somewhere.
func SafestFirst(cells []Cell) (strategies, controls []string) {
	type standing struct {
		strategy  string
		control   bool
		rank, bad int
	}
	all := Each(Groups(cells, strategyOf), func(of []Cell) standing {
		x := standing{strategy: of[0].Strategy}
		for _, c := range of {
			worst := c.Found()[0]
			x.control, x.rank = x.control || c.Control(), max(x.rank, worst.Rank())
			if worst.Bad() {
				x.bad++
			}
		}
		return x
	})
	slices.SortStableFunc(all, func(a, b standing) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.bad, b.bad)) })
	names := func(control bool) []string {
		return Each(Those(all, func(x standing) bool { return x.control == control }), func(x standing) string { return x.strategy })
	}
	return names(false), names(true)
}

// ByWorld parts cells by their world, in order of appearance: merged results may
// have the same cell in both, and a Grid has room for it only once.
func ByWorld(cells []Cell) [][]Cell {
	return Groups(cells, func(c Cell) string { return c.World })
}

func strategyOf(c Cell) string { return c.Strategy }

// First is the first value of which something is true.
func First[T any](all []T, is func(T) bool) (first T, ok bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	return first, false
}

// Each is what a function makes of each value.
func Each[T, R any](all []T, of func(T) R) []R {
	made := make([]R, len(all))
	for i, one := range all {
		made[i] = of(one)
	}
	return made
}

// Those are the values of which something is true.
func Those[T any](all []T, is func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(one T) bool { return !is(one) })
}

// Unique is the first value with each key.
func Unique[T any, K comparable](all []T, key func(T) K) []T {
	return Each(Groups(all, key), func(alike []T) T { return alike[0] })
}

// Groups puts together what has the same key, in order of appearance.
func Groups[T any, K comparable](all []T, key func(T) K) [][]T {
	var groups [][]T
	places := map[K]int{}
	for _, one := range all {
		at, known := places[key(one)]
		if !known {
			at = len(groups)
			places[key(one)] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], one)
	}
	return groups
}
