package reports

import (
	"cmp"
	"slices"
)

// grid is the matrix of strategies and scenarios, in the order in which it is
// shown.
type grid struct {
	scenarios []string
	expected  []gridRow // strategies that are nowhere expected to fail, the safest first
	controls  []gridRow // strategies that are
}

// gridRow holds a strategy's cells by scenario, as indices into
// Results.Cells; -1 stands for a cell that does not exist.
type gridRow struct {
	strategy string
	cells    []int
}

func newGrid(cells []Cell) grid {
	var g grid
	var strategies []string
	for _, c := range cells {
		if !slices.Contains(g.scenarios, c.Scenario) {
			g.scenarios = append(g.scenarios, c.Scenario)
		}
		if !slices.Contains(strategies, c.Strategy) {
			strategies = append(strategies, c.Strategy)
		}
	}
	for _, s := range strategies {
		row, control := newGridRow(s, g.scenarios, cells)
		if control {
			g.controls = append(g.controls, row)
		} else {
			g.expected = append(g.expected, row)
		}
	}
	safestFirst(g.expected, cells)
	safestFirst(g.controls, cells)
	return g
}

func newGridRow(strategy string, scenarios []string, cells []Cell) (row gridRow, control bool) {
	row = gridRow{strategy: strategy, cells: make([]int, len(scenarios))}
	for i, scenario := range scenarios {
		row.cells[i] = slices.IndexFunc(cells, func(c Cell) bool {
			return c.Strategy == strategy && c.Scenario == scenario
		})
		if at := row.cells[i]; at >= 0 && cells[at].Expected == "unsafe" {
			control = true
		}
	}
	return row, control
}

// rows lists the rows of both parts.
func (g grid) rows() []gridRow { return slices.Concat(g.expected, g.controls) }

// safestFirst sorts by the worst verdict, then by how many cells are bad.
func safestFirst(rows []gridRow, cells []Cell) {
	slices.SortStableFunc(rows, func(a, b gridRow) int {
		aRank, aBad := a.badness(cells)
		bRank, bBad := b.badness(cells)
		return cmp.Or(cmp.Compare(aRank, bRank), cmp.Compare(aBad, bBad))
	})
}

func (row gridRow) badness(cells []Cell) (rank, bad int) {
	for _, i := range row.cells {
		if i < 0 {
			continue
		}
		v := cells[i].Found()[0]
		rank = max(rank, v.rank())
		if v.Bad() {
			bad++
		}
	}
	return rank, bad
}
