package reports

import (
	"cmp"
	"slices"
)

// Grid is the matrix of strategies and scenarios, in the order in which it is
// shown.
type Grid struct {
	Scenarios  []string
	Strategies []GridRow // strategies that are nowhere expected to fail, the safest first
	Controls   []GridRow // strategies that are
}

// GridRow holds a strategy's cells by scenario, as indices into
// Results.Cells; -1 stands for a cell that does not exist.
type GridRow struct {
	Strategy string
	Cells    []int
}

// NewGrid sorts cells into rows and columns.
func NewGrid(cells []Cell) Grid {
	var g Grid
	var strategies []string
	for _, c := range cells {
		if !slices.Contains(g.Scenarios, c.Scenario) {
			g.Scenarios = append(g.Scenarios, c.Scenario)
		}
		if !slices.Contains(strategies, c.Strategy) {
			strategies = append(strategies, c.Strategy)
		}
	}
	for _, s := range strategies {
		row, control := newGridRow(s, g.Scenarios, cells)
		if control {
			g.Controls = append(g.Controls, row)
		} else {
			g.Strategies = append(g.Strategies, row)
		}
	}
	safestFirst(g.Strategies, cells)
	safestFirst(g.Controls, cells)
	return g
}

func newGridRow(strategy string, scenarios []string, cells []Cell) (row GridRow, control bool) {
	row = GridRow{Strategy: strategy, Cells: make([]int, len(scenarios))}
	for i, scenario := range scenarios {
		row.Cells[i] = slices.IndexFunc(cells, func(c Cell) bool {
			return c.Strategy == strategy && c.Scenario == scenario
		})
		if at := row.Cells[i]; at >= 0 && cells[at].Control() {
			control = true
		}
	}
	return row, control
}

// Rows lists the rows of both parts.
func (g Grid) Rows() []GridRow { return slices.Concat(g.Strategies, g.Controls) }

// InOrder lists the rows of both parts as their strategies first appear in some
// cells, which is the order of the catalogue, and the same in each world and while
// they are run.
func (g Grid) InOrder(of []Cell) []GridRow {
	rows := g.Rows()
	place := func(row GridRow) int {
		return slices.IndexFunc(of, func(c Cell) bool { return c.Strategy == row.Strategy })
	}
	slices.SortStableFunc(rows, func(a, b GridRow) int { return cmp.Compare(place(a), place(b)) })
	return rows
}

// IsControl tells whether a row is one of the controls.
func (g Grid) IsControl(row GridRow) bool {
	return slices.ContainsFunc(g.Controls, func(c GridRow) bool { return c.Strategy == row.Strategy })
}

// safestFirst sorts by the worst verdict, then by how many cells are bad.
func safestFirst(rows []GridRow, cells []Cell) {
	slices.SortStableFunc(rows, func(a, b GridRow) int {
		aRank, aBad := a.badness(cells)
		bRank, bBad := b.badness(cells)
		return cmp.Or(cmp.Compare(aRank, bRank), cmp.Compare(aBad, bBad))
	})
}

func (row GridRow) badness(cells []Cell) (rank, bad int) {
	for _, i := range row.Cells {
		if i < 0 {
			continue
		}
		v := cells[i].Found()[0]
		rank = max(rank, v.Rank())
		if v.Bad() {
			bad++
		}
	}
	return rank, bad
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
