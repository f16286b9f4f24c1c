package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports/say"
)

// coverageView is where the planned faults struck: kinds at steps x strategies.
type coverageView struct {
	Answer     string
	Strategies []string
	Points     []pointView
	Never      []string // points that were planned and never seen to take effect
	Simulated  string
}

// pointView is one kind of fault at one place.
type pointView struct {
	Kind, Place string
	Cells       []hitView // by strategy
}

type hitView struct {
	Seen, Planned int
}

// Never tells whether a fault was planned and not seen once.
func (h hitView) Never() bool { return h.Planned > 0 && h.Seen == 0 }

// places is the order of a worker's life.
var places = []string{"claiming", "claimed", "reading", "read", "committing", "committed", "released"}

func (s *source) coverage() coverageView {
	var v coverageView
	points := map[[2]string]*pointView{}
	column := func(strategy string) int {
		if i := slices.Index(v.Strategies, strategy); i >= 0 {
			return i
		}
		v.Strategies = append(v.Strategies, strategy)
		return len(v.Strategies) - 1
	}
	for _, x := range s.strategies {
		for _, cell := range x.cells {
			for _, run := range cell.Runs {
				for _, f := range run.Faults {
					kind, place := pointOf(f.Text)
					p := points[[2]string{kind, place}]
					if p == nil {
						p = &pointView{Kind: kind, Place: place}
						points[[2]string{kind, place}] = p
					}
					p.count(column(x.name), f.Confirmed)
				}
			}
		}
	}
	for _, p := range points {
		p.Cells = append(p.Cells, make([]hitView, len(v.Strategies)-len(p.Cells))...)
		v.Points = append(v.Points, *p)
	}
	slices.SortFunc(v.Points, func(a, b pointView) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(slices.Index(places, a.Place), slices.Index(places, b.Place)), cmp.Compare(a.Place, b.Place))
	})
	v.Simulated = s.simulatedPlaces()
	if len(v.Points) > 0 || v.Simulated != "" {
		v.conclude()
	}
	return v
}

func (p *pointView) count(column int, seen bool) {
	for len(p.Cells) <= column {
		p.Cells = append(p.Cells, hitView{})
	}
	p.Cells[column].Planned++
	if seen {
		p.Cells[column].Seen++
	}
}

// pointOf reads kind and place out of a fault's line of the plan, as in
// "kill worker=0 chunk=* at=read".
func pointOf(text string) (kind, place string) {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return "unknown", "no place"
	}
	for _, f := range fields[1:] {
		if at, ok := strings.CutPrefix(f, "at="); ok {
			return fields[0], at
		}
		if share, ok := strings.CutPrefix(f, "progress="); ok {
			return fields[0], "progress " + share
		}
	}
	return fields[0], "no place"
}

// conclude names the points that were never hit.
func (v *coverageView) conclude() {
	seen, planned := 0, 0
	for _, p := range v.Points {
		var never []string
		for i, h := range p.Cells {
			seen, planned = seen+h.Seen, planned+h.Planned
			if h.Never() {
				never = append(never, v.Strategies[i])
			}
		}
		if len(never) > 0 {
			v.Never = append(v.Never, fmt.Sprintf("%s at %s, under %s", p.Kind, p.Place, listed(never, "and")))
		}
	}
	switch {
	case planned == 0:
		v.Answer = "No fault was planned in any run on servers."
	case len(v.Never) == 0:
		v.Answer = fmt.Sprintf("Every point of the fault plans was hit, under every strategy that it was planned for: %s of %s were seen to take effect.",
			say.Thousands(int64(seen)), say.Plural(planned, "fault", "faults"))
	default:
		v.Answer = fmt.Sprintf("%s never hit, so nothing is known of that; in all, %s of %s were seen to take effect.",
			say.Plural(len(v.Never), "point was", "points were"), say.Thousands(int64(seen)), say.Plural(planned, "fault", "faults"))
	}
}

// simulatedPlaces says how the simulated world is covered, where no plan says it.
func (s *source) simulatedPlaces() string {
	cells, positions := 0, 0
	for _, c := range s.Cells {
		if c.Search != nil {
			cells++
			positions += c.Search.Positions
		}
	}
	if cells == 0 {
		return ""
	}
	text := fmt.Sprintf("In the simulated world there is no plan: the search of each of the %s tries the faults at every place that it comes to", say.Plural(cells, "cell", "cells"))
	if positions > 0 {
		text += fmt.Sprintf(", %s in all", say.Plural(positions, "position", "positions"))
	}
	return text + "."
}
