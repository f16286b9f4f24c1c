package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

// overviewView is everything that was run in one picture: strategies x classes of fault, with a
// half for each world.
type overviewView struct {
	Classes  []classView
	Rows     []overviewRow
	Rates    bool // something was run on servers
	Searched bool // something was simulated
}

// classView is what the faults of some scenarios strike.
type classView struct {
	Name      string
	scenarios []string
}

type overviewRow struct {
	*record
	Published bool
	Tiles     []tileView // of each class
	Bad       string     // of its runs on servers: "0 of 33"
	Bound     string     // of their true rate
}

// tileView is what became of a strategy in the scenarios of a class.
type tileView struct {
	Class  string
	Worst  reports.Verdict // "": nothing was run
	Halves []halfView
}

// halfView is the worst that became of it in one world.
type halfView struct {
	World   string // empty where there is only one
	Verdict reports.Verdict
	Link    string
	Brief   string // how often, or how far
}

type faultClass struct{ class, name string }

// classes are the classes of fault in the order in which they are shown, by their names in the results.
var classes = []faultClass{
	{"", "no fault"}, {"process", "a worker dies or stands still"}, {"wire", "a message is lost"},
	{"server-forgets", "a server dies or forgets"}, {"server-refuses", "a server refuses"}, {"data", "the rows change"},
	{"several", "several faults allowed"},
}

func (s *source) overview() overviewView {
	v := overviewView{Rates: len(s.live()) > 0}
	v.Searched = slices.Contains(s.worlds, reports.WorldSim)
	v.Classes = s.classes()
	for _, x := range s.byStanding() {
		v.Rows = append(v.Rows, s.overviewRow(x, v.Classes))
	}
	return v
}

// classes are those of the scenarios that were run. Older results do not name them, and later ones
// may name others.
func (s *source) classes() (all []classView) {
	const unknown = "faults"
	of := func(scenario string) string {
		text := s.scenarioText(scenario)
		known := slices.ContainsFunc(classes, func(c faultClass) bool { return c.class == text.Class })
		if !known || text.Class == "" && scenario != calm && text.Sim != noFaults {
			return unknown
		}
		return text.Class
	}
	for _, c := range append(slices.Clone(classes), faultClass{unknown, unknown}) {
		if in := reports.Those(s.scenarios, func(scenario string) bool { return of(scenario) == c.class }); len(in) > 0 {
			all = append(all, classView{Name: c.name, scenarios: in})
		}
	}
	return all
}

// byStanding puts what held first, and the published scheme next, since most readers come for it.
func (s *source) byStanding() []*record {
	held, open, broken := s.sortOut()
	rank := func(x *record) int {
		switch {
		case slices.Contains(held, x):
			return 0
		case x.Name == s.answered.Published:
			return 1
		}
		return 2
	}
	all := slices.Concat(held, open, broken)
	slices.SortStableFunc(all, func(a, b *record) int { return rank(a) - rank(b) })
	return all
}

func (s *source) overviewRow(x *record, all []classView) overviewRow {
	row := overviewRow{record: x, Published: x.Name == s.answered.Published}
	for _, class := range all {
		t := tileView{Class: class.Name}
		for _, world := range s.worlds {
			in := reports.Those(x.cells, func(c *cellView) bool { return c.World == world && slices.Contains(class.scenarios, c.Scenario) })
			if len(in) > 0 {
				t.Halves = append(t.Halves, half(in))
			}
		}
		if len(t.Halves) > 0 {
			t.Worst = slices.MaxFunc(t.Halves, func(a, b halfView) int { return a.Verdict.Rank() - b.Verdict.Rank() }).Verdict
		}
		row.Tiles = append(row.Tiles, t)
	}
	live := pooled(reports.Those(x.cells, func(c *cellView) bool { return c.Search == nil }))
	if live.Conclusive() > 0 {
		row.Bad = fmt.Sprintf("%d of %d", live.Bad(), live.Conclusive())
		if live.Bad() == 0 {
			row.Bound = "below " + sayShare(format.Ceil(live.Rate().High))
		}
	}
	return row
}

// pooled counts the runs of several cells as those of one.
func pooled(cells []*cellView) (t reports.Tally) {
	for _, c := range cells {
		t.N, t.Safe, t.Lost = t.N+c.Tally.N, t.Safe+c.Tally.Safe, t.Lost+c.Tally.Lost
		t.Duplicated, t.Stuck, t.Inconclusive = t.Duplicated+c.Tally.Duplicated, t.Stuck+c.Tally.Stuck, t.Inconclusive+c.Tally.Inconclusive
	}
	return t
}

// short is the name of a world where there is little room.
func short(world string) string {
	if world == worldName(reports.WorldSim) {
		return "sim"
	}
	return world
}

// half shows the worst of some cells of one world. Of cells that found nothing, one that proved
// nothing makes it unknown.
func half(in []*cellView) halfView {
	worst := slices.MaxFunc(in, func(a, b *cellView) int { return a.Found()[0].Rank() - b.Found()[0].Rank() })
	v := halfView{World: short(worst.Where), Verdict: worst.Found()[0], Link: worst.Link()}
	if worst.Search == nil {
		t := pooled(in)
		v.Brief = fmt.Sprintf("%d/%d", t.Bad(), t.Conclusive())
		return v
	}
	left := func(c *cellView) bool { return !c.Search.Complete }
	if v.Verdict == reports.Safe && !slices.ContainsFunc(in, left) {
		v.Brief = "COMPLETE"
	}
	return v
}
