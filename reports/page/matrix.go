package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// matrixView is scenarios x strategies, with a line for each world. Strategies that were run in other worlds
// have a table of their own, so that no table is full of cells that were not run.
type matrixView struct {
	Answer  string
	Tables  []matrixTable
	Problem bool // in some line
}

// matrixTable has strategies as its columns, because there are fewer of them: so a page of usual width has
// room for all.
type matrixTable struct {
	Only     string      // where its strategies were run, if others were run elsewhere too
	Columns  []*record   // the controls last
	Groups   []groupView // of columns
	Controls bool        // some strategy is one
	Scenes   []matrixScene
}

// groupView is a heading above some columns.
type groupView struct {
	Heading string
	Columns int
}

type matrixScene struct {
	Problem bool
	Lines   []matrixLine
}

// matrixLine is a scenario in one world.
type matrixLine struct {
	Scenario, Anchor, World string
	Again                   bool        // the scenario stands above it already
	Cells                   []*cellView // of each strategy; nil: it was not run
}

func (s *source) matrix() matrixView {
	v := matrixView{Answer: s.matrixAnswer()}
	tables := reports.Groups(s.strategies, func(x *record) string { return strings.Join(s.worldsOf(x), " ") })
	slices.SortStableFunc(tables, func(a, b []*record) int { return cmp.Compare(len(s.worldsOf(b[0])), len(s.worldsOf(a[0]))) })
	for _, columns := range tables {
		t := s.matrixTable(columns)
		if in := s.worldsOf(columns[0]); len(tables) > 1 && len(in) == 1 {
			t.Only = fmt.Sprintf("%s run in the %s world only.", format.Plural(len(columns), "strategy was", "strategies were"), worldName(in[0]))
		}
		v.Problem = v.Problem || slices.ContainsFunc(t.Scenes, func(scene matrixScene) bool { return scene.Problem })
		v.Tables = append(v.Tables, t)
	}
	return v
}

// worldsOf are those in which a strategy was run.
func (s *source) worldsOf(x *record) []string {
	return reports.Those(s.worlds, func(world string) bool {
		return slices.ContainsFunc(x.cells, func(c *cellView) bool { return c.World == world })
	})
}

func (s *source) matrixTable(columns []*record) matrixTable {
	controls := len(reports.Those(columns, func(x *record) bool { return x.control }))
	t := matrixTable{Columns: columns, Controls: controls > 0}
	for _, g := range []groupView{{"Strategies", len(columns) - controls}, {"Controls", controls}} {
		if g.Columns > 0 {
			t.Groups = append(t.Groups, g)
		}
	}
	for i, name := range s.scenarios {
		if scene := s.matrixScene(i, name, columns); len(scene.Lines) > 0 {
			t.Scenes = append(t.Scenes, scene)
		}
	}
	return t
}

func scenarioAnchor(i int) string { return fmt.Sprintf("scenario-%d", i+1) }

func (s *source) matrixScene(i int, name string, columns []*record) matrixScene {
	var v matrixScene
	for _, world := range s.worlds {
		line := matrixLine{Scenario: name, Anchor: scenarioAnchor(i), Again: len(v.Lines) > 0, Cells: make([]*cellView, len(columns))}
		for column, row := range columns {
			for _, c := range row.cells {
				if c.Scenario == name && c.World == world {
					line.World, line.Cells[column] = c.Where, c
					v.Problem = v.Problem || c.Problem()
				}
			}
		}
		if slices.ContainsFunc(line.Cells, func(c *cellView) bool { return c != nil }) {
			v.Lines = append(v.Lines, line)
		}
	}
	return v
}

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
	text := fmt.Sprintf("Every row arrived exactly once in %d of %s; the promise was broken in %d", good, format.Plural(len(s.Cells), "cell", "cells"), bad)
	if open == 0 {
		return text + "."
	}
	return text + fmt.Sprintf(", and %d proved nothing.", open)
}
