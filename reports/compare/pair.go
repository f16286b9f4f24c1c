package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// pair is one cell on both sides; nil: it is not there.
type pair struct {
	world    string
	old, now *reports.Cell
}

// newPairs pairs the cells of both results, in the order of the newer one; those
// that are gone come last.
func newPairs(old, now *reports.Results, o Options) ([]pair, error) {
	was, err := byName(old, cmp.Or(o.OldName, "the older result"))
	if err != nil {
		return nil, err
	}
	is, err := byName(now, cmp.Or(o.NewName, "the newer result"))
	if err != nil {
		return nil, err
	}
	var pairs []pair
	for i := range now.Cells {
		name := nameOf(now, now.Cells[i])
		pairs = append(pairs, pair{name.World, was[name], &now.Cells[i]})
	}
	for i := range old.Cells {
		if name := nameOf(old, old.Cells[i]); is[name] == nil {
			pairs = append(pairs, pair{name.World, &old.Cells[i], nil})
		}
	}
	return pairs, nil
}

func nameOf(r *reports.Results, c reports.Cell) reports.PartCell {
	return reports.PartCell{World: worldOf(r, c), ID: c.ID}
}

func byName(r *reports.Results, from string) (map[reports.PartCell]*reports.Cell, error) {
	cells := map[reports.PartCell]*reports.Cell{}
	for i := range r.Cells {
		name := nameOf(r, r.Cells[i])
		if cells[name] != nil {
			return nil, fmt.Errorf("%s: it has two cells %s in the world %q", from, name.ID, name.World)
		}
		if n := r.Cells[i].Tally; !n.Sound() || n.N > MostRuns {
			return nil, fmt.Errorf("%s: the counts of runs of %s do not add up: %+v", from, name.ID, n)
		}
		cells[name] = &r.Cells[i]
	}
	return cells, nil
}

// MostRuns is more than anybody carries out; the tests take time for each.
const MostRuns = 1_000_000

// judge says what became of the cell in the newer result.
func (p pair) judge(rate *RateTest, now *reports.Results) Cell {
	known := cmp.Or(p.now, p.old)
	c := Cell{
		World: p.world, ID: known.ID, Strategy: known.Strategy, Scenario: known.Scenario,
		Old: newEvidence(p.old), New: newEvidence(p.now),
	}
	var r *judgement
	switch {
	case p.now == nil && p.wasAhead(now):
		r = &judgement{Unproven, false, "it was not reached before the run was interrupted"}
	case p.now == nil:
		r = &judgement{Gone, true, "it is not checked any more"}
	case p.old == nil:
		r = appeared(*p.now)
	default:
		r = p.rule(rate)
		c.Notes = p.notes()
		if bad(*p.old) {
			c.Rate = rate
		}
	}
	c.Change, c.Fails, c.Why = r.change, r.fails, r.why
	if p.now != nil && (c.Change == Worse || c.Change == New || c.Change == Unproven) {
		c.Run = p.example()
	}
	return c
}

// wasAhead tells whether a cell that the newer result lacks was still to come when an
// invocation of its world was interrupted. One of a strategy or scenario that was not
// chosen would never have come; results that name neither do not say what was chosen.
func (p pair) wasAhead(now *reports.Results) bool {
	stopped := slices.ContainsFunc(parts(now, p.world), func(part reports.Part) bool { return partial(part.Run) })
	if !stopped || len(now.Strategies)+len(now.Scenarios) == 0 {
		return stopped
	}
	return slices.ContainsFunc(now.Strategies, func(s reports.StrategyText) bool { return s.Name == p.old.Strategy }) &&
		slices.ContainsFunc(now.Scenarios, func(s reports.ScenarioText) bool { return s.Name == p.old.Scenario })
}

// appeared: with nothing to compare with, a cell fails if it is not what its own
// expectation demands.
func appeared(now reports.Cell) *judgement {
	switch now.State {
	case reports.Worse:
		return &judgement{New, true, "it was not checked before, and is expected " + now.Expected}
	case reports.ControlMissed:
		return &judgement{New, true, "it was not checked before, and is a control that was missed"}
	case reports.NotProven:
		return &judgement{Unproven, false, "it was not checked before, and is expected " + now.Expected + ", which is not proven"}
	}
	return &judgement{New, false, "it was not checked before"}
}

func newEvidence(c *reports.Cell) *Evidence {
	if c == nil {
		return nil
	}
	s := &Evidence{Found: c.Found(), Search: c.Search, Line: format.Line(*c), Expected: c.Expected, State: c.State}
	if c.Search == nil {
		s.Bad, s.Of, s.BadRate = c.Tally.Bad(), c.Tally.Conclusive(), c.Tally.Rate()
	}
	return s
}

// example is the run to look at: the first of a kind that is new, or the first
// that is bad with a seed that was not bad before, or the first bad one. Not every
// report keeps the runs.
func (p pair) example() *Example {
	was := map[uint64]bool{}
	if p.old != nil {
		for _, run := range p.old.Runs {
			was[run.Seed] = was[run.Seed] || run.Verdict.Bad()
		}
	}
	bad := slices.DeleteFunc(slices.Clone(p.now.Runs), func(run reports.Run) bool { return !run.Verdict.Bad() })
	if len(bad) == 0 {
		return nil
	}
	fresh := p.fresh()
	best := slices.MaxFunc(bad, func(a, b reports.Run) int { return newness(a, fresh, was) - newness(b, fresh, was) })
	return &Example{Seed: best.Seed, Found: best.Found(), Why: best.Why, Replay: best.Replay}
}

func newness(run reports.Run, fresh []reports.Verdict, wasBad map[uint64]bool) int {
	switch {
	case slices.ContainsFunc(run.Found(), func(v reports.Verdict) bool { return slices.Contains(fresh, v) }):
		return 2
	case !wasBad[run.Seed]:
		return 1
	}
	return 0
}

// notes say what has changed beside the verdict.
func (p pair) notes() (notes []string) {
	if p.old.Expected != p.now.Expected {
		notes = append(notes, fmt.Sprintf("expected: %s before, %s now", p.old.Expected, p.now.Expected))
	}
	if bad(*p.old) || bad(*p.now) {
		return notes
	}
	was, is := p.old.Search, p.now.Search
	switch {
	case was == nil && is == nil && p.now.Tally.Conclusive() < p.old.Tally.Conclusive():
		notes = append(notes, "weaker evidence: fewer runs prove something")
	case (was == nil) != (is == nil):
		notes = append(notes, "evidence of another kind: a search is no sample of runs")
	case was == nil:
	case was.Bounds != is.Bounds:
		notes = append(notes, fmt.Sprintf("searched within other bounds: %s before, %s now", was.Bounds, is.Bounds))
	case was.Complete && !is.Complete:
		notes = append(notes, strings.TrimSuffix("weaker evidence: the search was complete before; "+format.Left(is.Left), "; "))
	case !was.Complete && is.Complete:
		notes = append(notes, "stronger evidence: the search is complete now")
	case !is.Complete && is.Schedules < was.Schedules:
		notes = append(notes, "weaker evidence: less was searched")
	}
	return notes
}
