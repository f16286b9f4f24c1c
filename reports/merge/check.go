package merge

import (
	"errors"
	"fmt"
	"slices"

	"onceover/reports"
)

// check looks whether results are what a campaign leaves behind. A merged result is
// believed by its counts, so counts that its runs do not bear out are an error.
func check(r *reports.Results) error {
	if !slices.Contains([]string{reports.WorldLive, reports.WorldSim, reports.WorldBoth}, r.Run.World) {
		return fmt.Errorf("its world is %q, not %s or %s", r.Run.World, reports.WorldLive, reports.WorldSim)
	}
	if r.Run.World == reports.WorldBoth && len(r.Parts) == 0 {
		return errors.New("it is of both worlds, and does not say of which invocations")
	}
	seen := map[reports.PartCell]bool{}
	for _, c := range r.Cells {
		at := reports.PartCell{World: c.World, ID: c.ID}
		if seen[at] {
			return fmt.Errorf("the cell %s is there twice", c.ID)
		}
		seen[at] = true
		if err := checkCell(c, r.Run.World, r.Abridged != ""); err != nil {
			return fmt.Errorf("the cell %s: %w", c.ID, err)
		}
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
	case min(t.N, t.Safe, t.Lost, t.Duplicated, t.Stuck, t.Inconclusive) < 0 || t.N != t.Safe+t.Bad()+t.Inconclusive:
		return errors.New("its tally does not add up")
	case count.N > t.N || count.Safe > t.Safe || count.Lost > t.Lost || count.Duplicated > t.Duplicated || count.Stuck > t.Stuck,
		!abridged && count != t:
		return fmt.Errorf("it counts %d runs, %d of them bad, and its %d runs do not bear that out", t.N, t.Bad(), count.N)
	case !abridged && len(poolRuns(c.World, c.Runs)) != len(c.Runs):
		return errors.New("a run is there twice, with the same seed")
	case c.Verdict != verdict(t):
		return fmt.Errorf("it is called %s, and its worst run is %s", c.Verdict, verdict(t))
	}
	return nil
}

// verdict is that of the worst run of a tally.
func verdict(t reports.Tally) reports.Verdict {
	switch {
	case t.Lost > 0:
		return reports.Lost
	case t.Duplicated > 0:
		return reports.Duplicated
	case t.Stuck > 0:
		return reports.Stuck
	case t.Inconclusive > 0 || t.N == 0:
		return reports.Inconclusive
	}
	return reports.Safe
}
