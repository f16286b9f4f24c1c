package svg

import (
	"cmp"
	"fmt"
	"html/template"
)

// Figure is a chart with all that a page shows of it: its finding as a sentence,
// the drawing, and the same data as a table for readers who cannot see it.
type Figure struct {
	Title, Finding string
	Note           string // how it is counted
	SVG            template.HTML
	Narrow         template.HTML // the same for small screens; empty: they scroll sideways
	Table          Table

	Untitled bool // the heading before it says the title
	Open     bool // the table is not folded
}

// Table is the data of a chart. Its texts come from results: the page that shows them
// escapes them.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string // each as long as Head
}

// Add adds a row; an empty cell becomes a dash.
func (t *Table) Add(cells ...string) {
	for i := range cells {
		cells[i] = cmp.Or(cells[i], "-")
	}
	t.Rows = append(t.Rows, cells)
}

// Limit keeps a table readable and a page small, and its caption says so.
func (t *Table) Limit(what string) {
	const most = 1000
	if n := len(t.Rows); n > most {
		t.Rows = t.Rows[:most]
		t.Caption += fmt.Sprintf(" (the first %d of %d %s)", most, n, what)
	}
}
