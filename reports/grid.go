package reports

import (
	"cmp"
	"slices"
)

// Grid is the matrix of strategies and scenarios. Strategies that are nowhere expected
// to fail come before the controls, and in both the safest first.
type Grid struct {
	Scenarios []string
	Rows      []GridRow
}

// GridRow holds a strategy's cells by scenario, as indices into Results.Cells; -1
// stands for a cell that does not exist.
type GridRow struct {
	Strategy string
	Control  bool // it is expected to fail somewhere
	Cells    []int

	worst, bad int // rank of its worst verdict, number of its bad cells
}

// NewGrid sorts cells into rows and columns.
func NewGrid(cells []Cell) Grid {
	var g Grid
	for _, c := range cells {
		if !slices.Contains(g.Scenarios, c.Scenario) {
			g.Scenarios = append(g.Scenarios, c.Scenario)
		}
	}
	for _, c := range cells {
		if !slices.ContainsFunc(g.Rows, func(row GridRow) bool { return row.Strategy == c.Strategy }) {
			g.Rows = append(g.Rows, newGridRow(c.Strategy, g.Scenarios, cells))
		}
	}
	slices.SortStableFunc(g.Rows, func(a, b GridRow) int {
		if a.Control != b.Control {
			return map[bool]int{true: 1, false: -1}[a.Control]
		}
		return cmp.Or(a.worst-b.worst, a.bad-b.bad)
	})
	return g
}

func newGridRow(strategy string, scenarios []string, cells []Cell) GridRow {
	row := GridRow{Strategy: strategy}
	for _, scenario := range scenarios {
		at := slices.IndexFunc(cells, func(c Cell) bool { return c.Strategy == strategy && c.Scenario == scenario })
		row.Cells = append(row.Cells, at)
		if at < 0 {
			continue
		}
		v := cells[at].Found()[0]
		row.Control = row.Control || cells[at].Control()
		row.worst = max(row.worst, v.Rank())
		if v.Bad() {
			row.bad++
		}
	}
	return row
}

// InOrder lists the rows as their strategies first appear in some cells, which is the
// order of the catalogue, and the same in each world and while they are run.
func (g Grid) InOrder(of []Cell) []GridRow {
	place := func(row GridRow) int {
		return slices.IndexFunc(of, func(c Cell) bool { return c.Strategy == row.Strategy })
	}
	return slices.SortedStableFunc(slices.Values(g.Rows), func(a, b GridRow) int { return place(a) - place(b) })
}

// ByWorld parts cells by their world, in order of appearance: merged results may
// have the same cell in both, and a Grid has room for it only once.
func ByWorld(cells []Cell) [][]Cell {
	var parts [][]Cell
	for _, c := range cells {
		i := slices.IndexFunc(parts, func(part []Cell) bool { return part[0].World == c.World })
		if i < 0 {
			parts = append(parts, []Cell{c})
		} else {
			parts[i] = append(parts[i], c)
		}
	}
	return parts
}
