package page

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onceover/reports/format"
)

type coverageView struct {
	Answer     string
	Strategies []string
	Points     []pointView
	Never      []string // points that were planned and never seen to take effect
	Simulated  string
}

type point struct{ Kind, Place string }

type pointView struct {
	point
	Cells []hitView // by strategy
}

type hitView struct {
	Seen, Planned int
}

// Never tells whether a fault was planned and not seen once.
func (h hitView) Never() bool { return h.Planned > 0 && h.Seen == 0 }

// places is the order of a worker's life.
var places = []string{"claiming", "claimed", "reading", "read", "committing", "committed", "released"}

func (s *source) coverage() coverageView {
	v := coverageView{Simulated: s.simulatedPlaces()}
	hits := map[point]map[string]hitView{} // by strategy
	for _, c := range s.live() {
		for _, run := range c.Runs {
			for _, f := range run.Faults {
				p := pointOf(f.Text)
				if hits[p] == nil {
					hits[p] = map[string]hitView{}
				}
				h := hits[p][c.Strategy]
				h.Planned++
				if f.Confirmed {
					h.Seen++
				}
				hits[p][c.Strategy] = h
				if !slices.Contains(v.Strategies, c.Strategy) {
					v.Strategies = append(v.Strategies, c.Strategy)
				}
			}
		}
	}
	for _, p := range slices.SortedFunc(maps.Keys(hits), byPlace) {
		row := pointView{point: p}
		for _, strategy := range v.Strategies {
			row.Cells = append(row.Cells, hits[p][strategy])
		}
		v.Points = append(v.Points, row)
	}
	if len(v.Points) > 0 || v.Simulated != "" {
		v.conclude()
	}
	return v
}

func byPlace(a, b point) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(slices.Index(places, a.Place), slices.Index(places, b.Place)), cmp.Compare(a.Place, b.Place))
}

// pointOf reads kind and place out of a fault's line of the plan, as in
// "kill worker=0 chunk=* at=read". What a fault takes away, or is refused with, makes it a
// fault of its own: "evict progress=40% key=plan".
func pointOf(text string) point {
	kind, settings, _ := strings.Cut(strings.TrimSpace(text), " ")
	p := point{cmp.Or(kind, "unknown"), ""}
	for setting := range strings.FieldsSeq(settings) {
		switch key, value, _ := strings.Cut(setting, "="); key {
		case "at":
			p.Place = value
		case "progress", "request", "reply":
			p.Place = key + " " + value
		case "key", "error":
			p.Kind += " " + setting
		}
	}
	p.Place = cmp.Or(p.Place, "no place")
	return p
}

func (v *coverageView) conclude() {
	seen, planned, points, hit := 0, 0, 0, 0
	for _, p := range v.Points {
		var never []string
		for i, h := range p.Cells {
			seen, planned = seen+h.Seen, planned+h.Planned
			if h.Planned > 0 {
				points++
			}
			if h.Seen > 0 {
				hit++
			}
			if h.Never() {
				never = append(never, v.Strategies[i])
			}
		}
		if len(never) > 0 {
			v.Never = append(v.Never, fmt.Sprintf("%s at %s, under %s", p.Kind, p.Place, format.Listed(never, "and")))
		}
	}
	switch {
	case planned == 0:
		v.Answer = "No fault was planned in any run on servers."
	case len(v.Never) == 0:
		v.Answer = fmt.Sprintf("Every point of the fault plans was hit, under every strategy that it was planned for: %s, and %s of %s were seen to take effect.",
			format.Plural(points, "point", "points"), format.Thousands(seen), format.Plural(planned, "fault", "faults"))
	default:
		v.Answer = fmt.Sprintf("%s of %s of the fault plans (a fault, a place and a strategy) were hit, which is %s; nothing is known of the others. In all, %s of %s were seen to take effect.",
			format.Thousands(hit), format.Plural(points, "point", "points"), sayShare(float64(hit)/float64(points)), format.Thousands(seen), format.Plural(planned, "fault", "faults"))
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
	text := fmt.Sprintf("In the simulated world there is no plan: the search of each of the %s tries the faults at every place that it comes to", format.Plural(cells, "cell", "cells"))
	if positions > 0 {
		text += fmt.Sprintf(", %s in all", format.Plural(positions, "position", "positions"))
	}
	return text + "."
}
