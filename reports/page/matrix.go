package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

// matrixView is scenarios x strategies, with a line for each world. Strategies are the
// columns, because there are fewer of them: so a page of usual width has room for all.
type matrixView struct {
	Answer   string
	Columns  []*record   // the controls last
	Groups   []groupView // of columns
	Controls bool        // some strategy is one
	Scenes   []matrixScene
	Problem  bool // in some line
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
	controls := len(reports.Those(s.strategies, func(x *record) bool { return x.control }))
	n := len(s.strategies)
	v := matrixView{Answer: s.matrixAnswer(), Columns: s.strategies, Controls: controls > 0}
	for _, g := range []groupView{{"Strategies", n - controls}, {"Controls", controls}} {
		if g.Columns > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	for i, name := range s.scenarios {
		scene := s.matrixScene(i, name)
		v.Problem = v.Problem || scene.Problem
		v.Scenes = append(v.Scenes, scene)
	}
	return v
}

func scenarioAnchor(i int) string { return fmt.Sprintf("scenario-%d", i+1) }

func (s *source) matrixScene(i int, name string) matrixScene {
	var v matrixScene
	for _, world := range s.worlds {
		line := matrixLine{Scenario: name, Anchor: scenarioAnchor(i), Again: len(v.Lines) > 0, Cells: make([]*cellView, len(s.strategies))}
		for column, row := range s.strategies {
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
	return fmt.Sprintf("Every row arrived exactly once in %d of %s; the promise was broken in %d, and %d proved nothing.",
		good, format.Plural(len(s.Cells), "cell", "cells"), bad, open)
}
