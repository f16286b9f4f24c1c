package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/say"
)

// matrixView is strategies x scenarios, both worlds in one place.
type matrixView struct {
	Answer  string
	Columns []columnView
	Width   int // in columns
	Groups  []groupView
	Problem bool // of some row
}

type columnView struct {
	Name, Anchor string // Anchor: where it is explained
}

type groupView struct {
	Heading string
	Rows    []rowView
}

type rowView struct {
	Strategy, Anchor string
	Problem          bool
	Places           []placeView
}

// placeView is one strategy under one scenario, in each world; empty: it was not run.
type placeView struct {
	Cells []*cellView
}

func (s *source) matrix(cells []*cellView) matrixView {
	v := matrixView{Answer: s.matrixAnswer(), Width: 1 + len(s.scenarios), Problem: slices.ContainsFunc(cells, func(c *cellView) bool { return c.Problem })}
	for i, name := range s.scenarios {
		v.Columns = append(v.Columns, columnView{name, scenarioAnchor(i)})
	}
	group := func(heading string, control bool) {
		g := groupView{Heading: heading}
		for _, row := range s.strategies {
			if row.control == control {
				g.Rows = append(g.Rows, s.matrixRow(row, cells))
			}
		}
		if len(g.Rows) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	group("Strategies", false)
	group("Controls: known to fail in some scenario, and kept to prove that it is noticed", true)
	return v
}

func scenarioAnchor(i int) string { return fmt.Sprintf("scenario-%d", i+1) }

func (s *source) matrixRow(row strategyRow, cells []*cellView) rowView {
	v := rowView{Strategy: row.name, Anchor: s.strategyAnchor(row.name), Places: make([]placeView, len(s.scenarios))}
	for _, at := range row.cells {
		place := &v.Places[slices.Index(s.scenarios, s.Cells[at].Scenario)]
		place.Cells = append(place.Cells, cells[at])
		v.Problem = v.Problem || cells[at].Problem
	}
	for i := range v.Places {
		slices.SortStableFunc(v.Places[i].Cells, func(a, b *cellView) int { return worldOrder(a.world) - worldOrder(b.world) })
	}
	return v
}

// matrixAnswer counts the cells by what was found in them.
func (s *source) matrixAnswer() string {
	if len(s.Cells) == 0 {
		return "Nothing was run, so nothing is known."
	}
	var good, bad, open int
	for _, c := range s.Cells {
		switch found := c.Found()[0]; {
		case found.Bad():
			bad++
		case found == reports.Safe:
			good++
		default:
			open++
		}
	}
	return fmt.Sprintf("In %d of %s every row arrived exactly once, in %d the promise was broken, and %d proved nothing.",
		good, say.Plural(len(s.Cells), "cell", "cells"), bad, open)
}
