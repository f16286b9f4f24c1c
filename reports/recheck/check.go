// Package recheck distrusts results. A results.json can be damaged, edited by hand, or
// of a later version, so nothing in it counts only because it is written there:
//
//   - Decode refuses a text that this program does not fully understand;
//   - Check refuses results that contradict themselves, before they are merged or
//     compared;
//   - Supported lowers states and gate to what the evidence supports, before results
//     are shown to somebody who wants a yes or no.
package recheck

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

// Check refuses results that no campaign could have left behind. If a summary and the
// cells contradict each other, nobody knows which of the two is true.
func Check(r *reports.Results) error {
	if !slices.Contains([]string{reports.WorldLive, reports.WorldSim, reports.WorldBoth}, r.Run.World) {
		return fmt.Errorf("its world is %q, not %s or %s", r.Run.World, reports.WorldLive, reports.WorldSim)
	}
	if r.Run.World == reports.WorldBoth && len(r.Parts) == 0 {
		return errors.New("it is of both worlds, and does not name its invocations")
	}
	for _, p := range r.Invocations() {
		if err := checkShard(p.Run); err != nil {
			return err
		}
	}
	seen := map[reports.PartCell]bool{}
	for _, c := range r.Cells {
		at := reports.PartCell{World: c.World, ID: c.ID}
		if seen[at] {
			return fmt.Errorf("the cell %s is there twice", c.ID)
		}
		seen[at] = true
		if err := cmp.Or(checkCell(c, r.Run.World, r.Abridged != ""), contradiction(r, c)); err != nil {
			return fmt.Errorf("the cell %s: %w", c.ID, err)
		}
	}
	return checkCounts(r)
}

// checkCounts looks whether the cells that an invocation says it has run are there.
// Results without cells, or with fewer runs than were planned, do not contradict
// themselves; they do not pass the gate.
func checkCounts(r *reports.Results) error {
	if len(r.Parts) > 0 {
		return checkParts(r)
	}
	done := 0
	for _, c := range r.Cells {
		done += runsOf(r.Run.World, c)
	}
	switch {
	case r.Run.Done != done:
		return fmt.Errorf("it says that %s done, and its cells hold %d", format.Plural(r.Run.Done, "run was", "runs were"), done)
	case r.Run.Spared != 0 && !slices.ContainsFunc(r.Cells, reports.Cell.Decided):
		return sparedForNothing(r.Run)
	case r.Run.Done+r.Run.Spared > r.Run.Planned:
		return fmt.Errorf("it says that %d runs were done, of %d planned", r.Run.Done, r.Run.Planned)
	}
	return checkWhole(r)
}

func sparedForNothing(of reports.Invocation) error {
	return fmt.Errorf("it says that a bad run spared %s, and no cell that has to be safe has one", format.Plural(of.Spared, "run", "runs"))
}

// runsOf counts the runs of a cell as an invocation does, for which a search is one.
func runsOf(world string, c reports.Cell) int {
	if world == reports.WorldSim {
		return 1
	}
	return c.Tally.N
}

// checkParts does the same of merged results. These do not say which part has how
// many runs of a cell, but which has some, and none can have more than it was to.
func checkParts(r *reports.Results) error {
	planned, done, spared := reports.Counted(r.Parts)
	covered, decided := map[reports.PartCell]bool{}, map[reports.PartCell]bool{}
	for _, c := range r.Cells {
		decided[reports.PartCell{World: c.World, ID: c.ID}] = c.Decided()
	}
	for _, p := range r.Parts {
		for _, at := range p.Cells {
			covered[at] = true
		}
		most := len(p.Cells)
		if p.Run.World != reports.WorldSim {
			most *= p.Config.Runs
		}
		if p.Run.Done > most {
			return fmt.Errorf("the invocation %s says that %s done, and its cells can hold %d", p.Run.ID, format.Plural(p.Run.Done, "run was", "runs were"), most)
		}
		if p.Run.Spared != 0 && !slices.ContainsFunc(p.Cells, func(at reports.PartCell) bool { return decided[at] }) {
			return fmt.Errorf("the invocation %s: %w", p.Run.ID, sparedForNothing(p.Run))
		}
	}
	if spared != r.Run.Spared {
		return fmt.Errorf("it says that bad runs spared %d runs, and its invocations that they spared %d", r.Run.Spared, spared)
	}
	if planned != r.Run.Planned || done != r.Run.Done {
		return fmt.Errorf("it says that %d of %d runs were done, and its invocations that %d of %d were", r.Run.Done, r.Run.Planned, done, planned)
	}
	for _, c := range r.Cells {
		at := reports.PartCell{World: c.World, ID: c.ID}
		if !covered[at] {
			return fmt.Errorf("the cell %s is of none of its invocations", c.ID)
		}
		delete(covered, at)
	}
	for at := range covered {
		return fmt.Errorf("the cell %s was run, and is not there", at.ID)
	}
	return nil
}

func checkCell(c reports.Cell, world string, abridged bool) error {
	if c.World == "" && world != reports.WorldBoth {
		c.World = world
	}
	count := reports.Count(c.Runs)
	t := c.Tally
	switch {
	case c.World != reports.WorldLive && c.World != reports.WorldSim,
		world != reports.WorldBoth && c.World != world:
		return fmt.Errorf("its world is %q, and that of the results is %q", c.World, world)
	case c.ID != c.Strategy+"/"+c.Scenario:
		return fmt.Errorf("it is of the strategy %q and the scenario %q", c.Strategy, c.Scenario)
	case (c.World == reports.WorldSim) != (c.Search != nil):
		return errors.New("the simulated world searches, and real servers do not; it says otherwise")
	case !t.Sound():
		return errors.New("its tally does not add up")
	case count.N > t.N || count.Safe > t.Safe || count.Lost > t.Lost || count.Duplicated > t.Duplicated || count.Stuck > t.Stuck,
		!abridged && count != t:
		return fmt.Errorf("it counts %d runs, %d of them bad, and its %d runs show something else", t.N, t.Bad(), count.N)
	case !abridged && repeated(c):
		return errors.New("a run is there twice, with the same seed")
	case c.Verdict != t.Worst():
		return fmt.Errorf("it is called %s, and its worst run is %s", c.Verdict, t.Worst())
	}
	return nil
}

// repeated tells whether a cell has a run twice.
func repeated(c reports.Cell) bool {
	return len(reports.Groups(c.Runs, func(r reports.Run) reports.RunID { return r.ID(c.World) })) < len(c.Runs)
}
