// Package answer says what results are made for: which lock to use, in a sentence, and why
// each of the others is not in it.
//
//	fmt.Println(answer.Of(results)) // Use lease-lua. The other 4 lose rows, duplicate rows or get stuck.
//
// It never says more than was run: a lock that was not put through what others were put
// through, that met no fault, or of which a cell proved nothing, is not one to use.
package answer

import (
	"cmp"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

// noFaults is how the simulated world says that nothing may go wrong.
const noFaults = "no faults"

// Default is the lock of a load that names none, and the first of those that are named here.
const Default = "lease-lua"

// Lock is how a strategy came through everything that was run.
type Lock struct {
	Name      string
	Broke     []reports.Verdict // everything that went wrong, the worst first
	Stuck     []string          // the scenarios in which it got stuck
	Proven    int               // runs in which every row arrived once
	Live      int               // runs on servers that prove something
	Bad       int               // of them, in whatever way
	Unproven  []Place           // where it proved nothing, or not in every run
	Missing   []Place           // where others were run, and this one was not
	Scenarios int               // in which it was run
	Faults    int               // faults that were seen to take effect
	Trusted   bool              // it is expected to be safe somewhere
	Risky     int               // searches that found nothing, and in which something could go wrong
}

// Place is a scenario in a world.
type Place struct{ Scenario, World string }

// Held tells whether nothing was found against a lock, in everything that was run, and
// whether that means something.
func (l Lock) Held() bool { return len(l.Broke) == 0 && l.tried() }

// Halts tells whether a lock moved each row once or not at all: it got stuck in a few scenarios,
// which somebody notices, and did nothing worse.
func (l Lock) Halts() bool {
	const most = 4 // one scenario of so many
	return len(l.Broke) == 1 && l.Broke[0] == reports.Stuck && l.tried() && most*len(l.Stuck) <= l.Scenarios
}

// few tells whether so little was run of a lock, and nothing else searched, that it may be bad in one run of
// five all the same.
func (l Lock) few() bool { return l.Risky == 0 && l.Live < much }

// much is how many runs without a bad one there have to be on real servers.
var much = func() (n int) {
	for n = 1; reports.BadRate(0, n).High > 0.2; n++ {
	}
	return n
}()

// tried tells whether what was run of a lock is all that was run, and means something.
func (l Lock) tried() bool { return len(l.Unproven)+len(l.Missing) == 0 && l.Faults+l.Risky > 0 }

// Answer sorts the locks, each part in the order in which results are shown. Those against which
// nothing was found begin with the ones that are expected to be safe: in a short search nothing is
// found against known-bad locks either.
type Answer struct {
	Held        []Lock
	Halted      []Lock // they got stuck, and did nothing worse
	Open        []Lock // nothing was found against them, but not everything was proven
	Broken      []Lock
	Scenarios   int    // that were run
	Interrupted string // how much was done, if not everything was; else ""
	Missed      int    // controls: what the harness does not see, it does not see elsewhere either

	Published string // the scheme that readers come for, if it was run; else ""
	foreign   bool   // the workers were those of another program
}

// Of sorts the strategies of results.
func Of(r *reports.Results) Answer {
	a := Answer{Missed: reports.Summarize(r).Missed}
	a.Scenarios = len(reports.Groups(r.Cells, func(c reports.Cell) string { return c.Scenario }))
	if n := reports.Summarize(r); n.Partial() {
		a.Interrupted = format.Reached(r)
	}
	published, _ := reports.First(r.Strategies, func(t reports.StrategyText) bool { return t.Published })
	a.Published = published.Name
	a.foreign = slices.ContainsFunc(r.Invocations(), func(p reports.Part) bool { return p.Config.Worker != "" })
	strategies, controls := reports.SafestFirst(r.Cells)
	for _, name := range append(strategies, controls...) {
		switch l := lockOf(r, name); {
		case l.Halts():
			a.Halted = append(a.Halted, l)
		case len(l.Broke) > 0:
			a.Broken = append(a.Broken, l)
		case l.Held():
			a.Held = append(a.Held, l)
		default:
			a.Open = append(a.Open, l)
		}
	}
	for _, part := range [][]Lock{a.Held, a.Halted, a.Open} {
		slices.SortStableFunc(part, func(x, y Lock) int { return cmp.Compare(a.standing(x), a.standing(y)) })
	}
	return a
}

// Locks are all of them, those that are rather to be used first.
func (a Answer) Locks() []Lock { return slices.Concat(a.Held, a.Halted, a.Open, a.Broken) }

// standing is lower for a lock that is rather to be used.
func (a Answer) standing(l Lock) int {
	switch {
	case l.Trusted && l.Name == Default:
		return 0
	case l.Trusted:
		return 1
	case l.Name != a.Published:
		return 2
	}
	return 3
}

func lockOf(r *reports.Results, name string) Lock {
	l := Lock{Name: name}
	own, scenarios := map[Place]bool{}, map[string]bool{}
	found := map[reports.Verdict]bool{}
	for _, c := range r.Cells {
		if c.Strategy != name {
			continue
		}
		own[placeOf(r, c)], scenarios[c.Scenario] = true, true
		l.Scenarios = len(scenarios)
		l.Trusted = l.Trusted || c.Expectation().Demand == reports.DemandSafe
		l.Faults += format.CountFaults([]reports.Cell{c}).Confirmed
		worst := c.Found()[0]
		switch {
		case worst.Bad():
			for _, v := range c.Found() {
				found[v] = true
				if v == reports.Stuck && !slices.Contains(l.Stuck, c.Scenario) {
					l.Stuck = append(l.Stuck, c.Scenario)
				}
			}
		case worst != reports.Safe || c.Tally.Inconclusive > 0:
			l.Unproven = append(l.Unproven, placeOf(r, c))
		}
		l.Proven += c.Tally.Safe
		if c.Search == nil {
			l.Live += c.Tally.Conclusive()
			l.Bad += c.Tally.Bad()
		}
		if c.Search != nil && worst == reports.Safe && faulty(r, c.Scenario) {
			l.Risky++
		}
	}
	for _, c := range r.Cells {
		if at := placeOf(r, c); !own[at] {
			own[at] = true
			l.Missing = append(l.Missing, at)
		}
	}
	for _, v := range slices.Backward(reports.Verdicts()) {
		if v.Bad() && found[v] {
			l.Broke = append(l.Broke, v)
		}
	}
	return l
}

// placeOf is where a cell was run; one that names no world is of the invocation's.
func placeOf(r *reports.Results, c reports.Cell) Place {
	return Place{c.Scenario, cmp.Or(c.World, r.Run.World)}
}

// faulty tells whether anything may go wrong in a scenario of the simulated world.
// One that is not explained is taken to be harmless: that promises less.
func faulty(r *reports.Results, scenario string) bool {
	text, _ := reports.First(r.Scenarios, func(t reports.ScenarioText) bool { return t.Name == scenario })
	return text.Sim != "" && text.Sim != noFaults
}
