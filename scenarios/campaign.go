// Package scenarios says what is tried, and tries it:
// workloads with faults as data, and the campaign that runs them in a [World].
//
// Scenarios are the same for every world. A cell (strategy x scenario) is run
// several times with different seeds; its verdict is that of its worst run. No
// bad run proves only a bound, see [reports.BadRate].
package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/gate"
	"onceover/reports/witness"
)

// World is where runs take place.
type World interface {
	// Run carries out one execution. An error means that the world failed, not
	// that the strategy did.
	Run(ctx context.Context, e Execution) (reports.Run, error)
	// Limits are what plans of faults have to fit here.
	Limits(w Workload) faults.Limits
}

// Execution is one run to be carried out.
type Execution struct {
	Strategy string
	Scenario Scenario
	Workload Workload
	Plan     faults.Plan
	Seed     uint64
	Folder   string // to write history, plan and logs to; it exists
}

// Campaign runs cells, each several times.
type Campaign struct {
	World      World
	Strategies []string
	Scenarios  []Scenario
	Workload   Workload
	Runs       int
	Seed       uint64
	Out        string                   // the folder of the results
	Replay     func(e Execution) string // the command that does a run again

	Expected func(strategy, scenario string) reports.Expectation
	Named    []gate.Named // cells that have to be there

	Observer Observer
	// Keep, if set, gets the results as far as they are, after each run: a campaign
	// that is killed has them.
	Keep func(sofar reports.Results) error
}

// Observer is told how far a campaign is.
type Observer interface {
	Start(cell, expected string, runs int)
	RunDone(cell string, r reports.Run)
	Finish(c reports.Cell)
}

// Total is the number of cells.
func (c Campaign) Total() int { return len(c.Strategies) * len(c.Scenarios) }

// Run runs all cells and judges them. If the context ends, what was found until
// then is returned, marked as interrupted. An error is a failure of the world.
func (c Campaign) Run(ctx context.Context, into *reports.Results) error {
	return RunCells(ctx, into, c.Named, c.Strategies, c.Scenarios, c.Runs,
		func(ctx context.Context, strategy string, scenario Scenario) (reports.Cell, error) {
			return c.cell(ctx, strategy, scenario, func(begun reports.Cell) error { return c.keep(*into, begun) })
		})
}

// keep hands on the results with a cell that has only begun.
func (c Campaign) keep(sofar reports.Results, begun reports.Cell) error {
	if c.Keep == nil {
		return nil
	}
	sofar.Cells = append(slices.Clone(sofar.Cells), begun)
	sofar.Run.Done += begun.Tally.N
	return c.Keep(sofar)
}

func (c Campaign) cell(ctx context.Context, strategy string, scenario Scenario, done func(reports.Cell) error) (reports.Cell, error) {
	cell := reports.Cell{
		ID: strategy + "/" + scenario.Name, World: reports.WorldLive, Strategy: strategy, Scenario: scenario.Name,
		Expected: c.Expected(strategy, scenario.Name).String(),
	}
	c.Observer.Start(cell.ID, cell.Expected, c.Runs)
	var failure error
	for i := range c.Runs {
		run, err := c.one(ctx, strategy, scenario, i)
		if err == nil {
			cell.Add(run)
			c.Observer.RunDone(cell.ID, run)
			err = done(cell)
		}
		if err != nil {
			failure = fmt.Errorf("%s, run %d: %w", cell.ID, i+1, err)
			break
		}
	}
	cell.Counterexamples = c.counterexamples(cell)
	cell.State = gate.Judge(cell)
	if failure == nil {
		c.Observer.Finish(cell)
	}
	return cell, failure
}

// one carries out run i. Its seed is that of the campaign plus i, the same for
// all strategies, so that they are struck alike.
func (c Campaign) one(ctx context.Context, strategy string, scenario Scenario, i int) (reports.Run, error) {
	seed := c.Seed + uint64(i)
	plan := scenario.Faults(seed, c.World.Limits(c.Workload), c.Workload.TTL)
	inside := filepath.Join("runs", strategy, scenario.Name, strconv.FormatUint(seed, 10))
	e := Execution{
		Strategy: strategy, Scenario: scenario, Workload: scenario.Filled(c.Workload),
		Plan: plan, Seed: seed, Folder: filepath.Join(c.Out, inside),
	}
	if err := os.MkdirAll(e.Folder, 0o755); err != nil {
		return reports.Run{}, err
	}
	if err := reports.WriteFile(filepath.Join(e.Folder, "plan.txt"), []byte(plan.String()+"\n")); err != nil {
		return reports.Run{}, err
	}
	run, err := c.World.Run(ctx, e)
	if err != nil {
		return reports.Run{}, err
	}
	run.Seed, run.Plan, run.Replay, run.Folder = seed, plan.String(), c.Replay(e), inside
	return run, writeVerdict(e.Folder, run)
}

// counterexamples tell of the first run of each bad verdict what its history
// shows. A run whose history cannot be read, or does not show it, has none.
func (c Campaign) counterexamples(cell reports.Cell) (all []reports.Counterexample) {
	for _, verdict := range cell.Found() {
		run, ok := reports.First(cell.Runs, func(r reports.Run) bool { return verdict.Bad() && r.Shows(verdict) })
		if !ok {
			continue
		}
		events, err := reports.LoadHistory(filepath.Join(c.Out, run.Folder))
		if err != nil {
			continue
		}
		if one, ok := witness.Of(run, verdict, events); ok {
			all = append(all, one)
		}
	}
	return all
}

func writeVerdict(folder string, run reports.Run) error {
	text, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		return err
	}
	return reports.WriteFile(filepath.Join(folder, "verdict.json"), append(text, '\n'))
}

// RunCells fills results with one cell for each program under each scenario, of
// so many planned runs each, and judges them; named are the cells that have to be
// there. A cell that fails ends it: what is there by then stays, marked as
// interrupted. The end of the context is no failure.
func RunCells[P any](
	ctx context.Context, into *reports.Results, named []gate.Named, programs []P, all []Scenario, runs int,
	cell func(context.Context, P, Scenario) (reports.Cell, error),
) error {
	into.Run.Planned = len(programs) * len(all) * runs
	into.Run.Status = reports.Complete
	err := eachCell(ctx, programs, all, func(p P, s Scenario) error {
		done, err := cell(ctx, p, s)
		if done.Tally.N > 0 {
			into.Cells = append(into.Cells, done)
			into.Run.Done += min(done.Tally.N, runs) // a search has a run for each verdict that it found
		}
		return err
	})
	if err != nil {
		// Cells that an early end left undone are not gone: the results say that
		// they are not complete.
		into.Run.Status, named = reports.Interrupted, nil
	}
	gate.Apply(into, named...)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// eachCell visits every pair until one fails or the context ends.
func eachCell[P any](ctx context.Context, programs []P, all []Scenario, visit func(P, Scenario) error) error {
	for _, p := range programs {
		for _, s := range all {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := visit(p, s); err != nil {
				return err
			}
		}
	}
	return nil
}
