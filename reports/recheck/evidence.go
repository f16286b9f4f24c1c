package recheck

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"onceover/reports"
)

// contradiction says where a cell of some results contradicts its own verdicts. This
// is the one place that states what a verdict needs as evidence:
//
//   - any run on real servers: its rows add up, its table was the one that was asked
//     for, and each fault of its plan is on record, in order;
//   - safe: no row is bad, and each fault was reached and seen to take effect; on real
//     servers, and where the scenario strikes, there was one, if there was a row at all;
//   - lost: a row is missing or has other content; and where one is, the run is lost;
//   - duplicated: a row is there again, or an element is no row; and the same;
//   - unfinished rows: the run is stuck;
//   - trouble that was not planned: the run is safe or inconclusive;
//   - a search: its stages add up; there were schedules, if it found nothing or calls
//     itself complete; and there is a counterexample of everything that it found.
//
// An abridged run says nothing of its plan and of its faults, and is believed there,
// if the results say that they are abridged.
func contradiction(r *reports.Results, c reports.Cell) error {
	if c.Search != nil {
		return unsearched(c)
	}
	rows := rowsOf(r, c)
	for _, run := range c.Runs {
		if err := cmp.Or(unlike(run, rows), unconfirmed(run), unplanned(r, c, run), unproven(run, len(r.Parts) > 0)); err != nil {
			return fmt.Errorf("the run with seed %d is called %s, but %w", run.Seed, run.Verdict, err)
		}
	}
	return nil
}

// unknownRows is how many rows were asked for where nobody knows.
const unknownRows = -1

// rowsOf is how many rows were asked for in the runs of a cell.
func rowsOf(r *reports.Results, c reports.Cell) int64 {
	if len(r.Parts) == 0 {
		return int64(r.Config.Rows)
	}
	at := reports.PartCell{World: c.World, ID: c.ID}
	if p, ok := reports.First(r.Parts, func(p reports.Part) bool { return slices.Contains(p.Cells, at) }); ok {
		return int64(p.Config.Rows)
	}
	return unknownRows
}

// unlike looks whether the rows add up to the table that was asked for. An empty
// one proves something only if it was to be empty.
func unlike(r reports.Run, rows int64) error {
	n := r.Rows
	switch {
	case min(n.Table, n.List, n.Popped, n.Lost, n.Unfinished, n.Duplicated, n.Surplus, n.Unexpected, n.Corrupted, n.TornChunks, n.Unchecked) < 0:
		return errors.New("it counts fewer than no rows")
	case n.List != n.Table-n.Lost-n.Unfinished+n.Surplus+n.Unexpected || n.Popped > n.List,
		n.Duplicated > n.Surplus || n.Duplicated == 0 && n.Surplus > 0:
		return fmt.Errorf("its rows do not add up: %d in the list of %d, with %d lost, %d unfinished, %d surplus and %d unexpected",
			n.List, n.Table, n.Lost, n.Unfinished, n.Surplus, n.Unexpected)
	case r.Verdict == reports.Inconclusive:
	case n.Table == 0 && rows == unknownRows:
		return errors.New("no row was checked")
	case n.Table != rows && rows != unknownRows:
		return fmt.Errorf("its table had %d rows, and %d were asked for", n.Table, rows)
	}
	return nil
}

// unconfirmed looks whether each fault of the plan is on record. In a safe run it was
// also seen to take effect.
func unconfirmed(r reports.Run) error {
	var plan []string
	if r.Plan != "" {
		plan = strings.Split(r.Plan, "\n")
	}
	if len(plan) != len(r.Faults) {
		return fmt.Errorf("its plan has %d faults, and %d are on record", len(plan), len(r.Faults))
	}
	for i, f := range r.Faults {
		switch {
		case f.Text != plan[i]:
			return fmt.Errorf("the fault %q is on record, and %q was planned", f.Text, plan[i])
		case f.Confirmed && !f.Reached:
			return fmt.Errorf("the fault %q took effect, and was not reached", f.Text)
		case r.Verdict == reports.Safe && !f.Reached:
			return fmt.Errorf("the fault %q was never reached", f.Text)
		case r.Verdict == reports.Safe && !f.Confirmed:
			return fmt.Errorf("the fault %q was not seen to take effect", f.Text)
		}
	}
	return nil
}

// unplanned looks whether anything was to strike in a safe run on real servers, where
// the scenario strikes. In an empty table there is nothing to strike.
func unplanned(r *reports.Results, c reports.Cell, run reports.Run) error {
	if r.Abridged != "" || cmp.Or(c.World, r.Run.World) != reports.WorldLive || c.Scenario == reports.Calm || strings.HasPrefix(c.Scenario, reports.OwnPlan) {
		return nil
	}
	if run.Verdict == reports.Safe && run.Plan == "" && run.Rows.Table > 0 {
		return fmt.Errorf("no fault was planned, and in %s there is one", c.Scenario)
	}
	return nil
}

// unproven compares the verdicts of a run with what became of the rows. If there were
// several copies of a run, merged results keep the rows of the worst and the verdicts of
// all.
func unproven(r reports.Run, merged bool) error {
	n, found := r.Rows, r.Found()
	switch {
	case len(r.Unplanned) == 0:
	case r.Verdict == reports.Inconclusive:
		return nil // what was found is no proof
	case r.Verdict.Bad():
		return fmt.Errorf("there was trouble that was not planned: %s", r.Unplanned[0])
	}
	shown := map[reports.Verdict]bool{reports.Lost: n.Lost+n.Corrupted > 0, reports.Duplicated: n.Duplicated+n.Unexpected > 0}
	for _, v := range []reports.Verdict{reports.Lost, reports.Duplicated} {
		said := slices.Contains(found, v)
		if said && !shown[v] && (v == r.Verdict || !merged) {
			return fmt.Errorf("no row was %s", v)
		}
		if shown[v] && !said {
			return fmt.Errorf("its rows were %s: %d are missing and %d have other content, %d are there again, and %d elements are no rows",
				v, n.Lost, n.Corrupted, n.Duplicated, n.Unexpected)
		}
	}
	switch {
	case n.Unfinished > 0 && !slices.Contains(found, reports.Stuck):
		return fmt.Errorf("%d rows were unfinished", n.Unfinished)
	case r.Verdict == reports.Safe && len(r.Witnesses) > 0:
		return fmt.Errorf("row %s is a witness that it was %s", r.Witnesses[0].Row, r.Witnesses[0].Outcome)
	}
	return nil
}

// unsearched says where a search contradicts itself or its verdict.
func unsearched(c reports.Cell) error {
	s, stages := c.Search, 0
	for _, stage := range s.Stages {
		stages += stage.Schedules
	}
	switch {
	case stages != s.Schedules:
		return fmt.Errorf("its search counts %d schedules, and its stages %d", s.Schedules, stages)
	case s.Complete && s.Schedules <= 0:
		return errors.New("its search is called complete, and had no schedule")
	case len(s.Shards) > 0 && !reflect.DeepEqual(s, reports.OfShards(s.Bounds, s.Shards)):
		return errors.New("its search is not what its shards covered together")
	case slices.ContainsFunc(s.Shards, func(t reports.SearchShard) bool { return t.Complete && t.Left != "" }):
		return errors.New("a shard of its search is called complete, and something was left")
	case s.Complete && s.Left != "":
		return fmt.Errorf("its search is called complete, and something was left: %s", s.Left)
	}
	for _, run := range c.Runs {
		found := slices.ContainsFunc(c.Counterexamples, func(x reports.Counterexample) bool { return x.Verdict == run.Verdict })
		switch {
		case run.Verdict == reports.Safe && s.Schedules <= 0:
			return errors.New("it is called safe, and nothing was searched")
		case run.Verdict.Bad() && !found:
			return fmt.Errorf("it is called %s, and there is no counterexample", run.Verdict)
		}
	}
	return nil
}
