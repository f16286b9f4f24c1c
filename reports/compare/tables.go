package compare

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
)

// outcomes lists all outcomes, in the order in which they are shown.
var outcomes = []Outcome{Regressed, Inconclusive, Improved, Unshown, TooFew, NotComparable}

// Name tells a cell from others, its world included.
func (c Cell) Name() string { return fmt.Sprintf("%s (%s)", c.ID, c.World) }

// costTable is how costs are shown: what can be told as a table, the rest as
// lines that say why it cannot.
type costTable struct {
	head  []string
	rows  [][]string
	notes []string // numbered from 1, as the marks in the rows
	apart []string
	tests int
}

// cellCost is one cost and whose it is.
type cellCost struct {
	cell Cell
	Cost
}

// costs makes the table, what has regressed first.
func (c *Comparison) costs() costTable {
	var all []cellCost
	for _, cell := range c.Cells {
		for _, cost := range cell.Costs {
			// An obstacle of a whole world is said of the world.
			if cost.Outcome != NotComparable || cost.Note != obstacle(c.Worlds, cell.World) {
				all = append(all, cellCost{cell, cost})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b cellCost) int {
		return slices.Index(outcomes, a.Outcome) - slices.Index(outcomes, b.Outcome)
	})
	t := costTable{head: []string{"cell", "cost", "before", "now", "change", ""}}
	for _, one := range reports.Those(all, func(one cellCost) bool { return one.Outcome != NotComparable }) {
		t.add(one)
	}
	t.apart = reasons(reports.Those(all, func(one cellCost) bool { return one.Outcome == NotComparable }))
	return t
}

func (t *costTable) add(one cellCost) {
	change := one.Cost.String()
	if one.Note != "" {
		change += t.mark(one.Note)
	}
	if one.P != nil {
		t.tests++
	}
	t.rows = append(t.rows, []string{
		one.cell.Name(), one.metric.Label,
		t.estimate(one.Old), t.estimate(one.New), change, one.Outcome.Mark(),
	})
}

func (t *costTable) estimate(e Estimate) string {
	if why := e.Lacks(); why != "" {
		return e.String() + t.mark(why)
	}
	return e.String()
}

// mark is the number of a note, raised.
func (t *costTable) mark(note string) string {
	at := slices.Index(t.notes, note)
	if at < 0 {
		at = len(t.notes)
		t.notes = append(t.notes, note)
	}
	return raised(at + 1)
}

func raised(n int) string {
	return strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹").Replace(fmt.Sprint(n))
}

// reasons says which costs are not comparable, each reason once.
func reasons(of []cellCost) (lines []string) {
	for _, alike := range reports.Groups(of, func(one cellCost) string { return one.Note }) {
		name := func(one cellCost) string { return one.cell.Name() }
		lines = append(lines, fmt.Sprintf("%s: %s", alike[0].Note, few(reports.Each(reports.Unique(alike, name), name))))
	}
	return lines
}

// few lists the first of some names.
func few(names []string) string {
	const most = 5
	if len(names) <= most+1 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
