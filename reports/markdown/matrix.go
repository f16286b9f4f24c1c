package markdown

import (
	"fmt"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// matrices are the tables of verdicts, one for each world.
func matrices(r *reports.Results) []section {
	var all []section
	for _, cells := range reports.ByWorld(r.Cells) {
		all = append(all, titled(worldTitle(cells[0].World), matrix(cells, r.Cells)))
	}
	return all
}

func worldTitle(world string) string {
	if world == reports.WorldLive || world == reports.WorldSim {
		return "Matrix: " + format.World(world)
	}
	return "Matrix"
}

// matrix is the table of one world, with its rows in the order of all cells.
func matrix(cells, all []reports.Cell) string {
	g := reports.NewGrid(cells, all)
	var b strings.Builder
	b.WriteString("| strategy |")
	for _, s := range g.Scenarios {
		b.WriteString(" " + code(s) + " |")
	}
	b.WriteString("\n|" + strings.Repeat(" --- |", 1+len(g.Scenarios)) + "\n")
	for _, row := range g.Rows {
		name := code(row.Strategy)
		if row.Control {
			name += " (control)"
		}
		b.WriteString("| " + name + " |")
		for _, at := range row.Cells {
			word := "-"
			if at >= 0 {
				word = cellWords(cells[at])
			}
			b.WriteString(" " + word + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cellWords are the verdicts of a cell, what they rest on, and its state.
func cellWords(c reports.Cell) string {
	found := c.Found()
	verdicts := format.Verdicts(found)
	if found[0] != reports.Safe {
		verdicts = "**" + verdicts + "**"
	}
	mark := format.State(c.State)
	if !c.State.Holds() {
		mark = "**" + mark + "**"
	}
	return fmt.Sprintf("%s %s, %s", verdicts, format.Short(c), mark)
}
