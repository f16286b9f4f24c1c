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
	"os"
	"path/filepath"
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
	// Worlds are where runs take place: as many go on at a time as there are worlds, one
	// in each. Which runs there are, and with which plans and seeds, does not depend on it.
	Worlds     []World
	Strategies []string
	Scenarios  []Scenario
	Workload   Workload
	Runs       int // of each cell
	Others     int // of each cell that need not be safe, no more than Runs; 0: as many
	// Decides spares the rest of a cell that has to be safe once a run of it is bad. Each
	// shard knows of its own runs alone.
	Decides bool
	Seed    uint64
	Shard   reports.Shard // the share of the runs that is carried out; the zero value: all
	Out     string        // the folder of the results
	// Compact leaves of a safe run no more than what the results say of it, but for the first
	// of each cell.
	Compact bool
	Replay  func(e Execution) string // the command that does a run again

	// Finished, if set, knows the runs that were carried out before the campaign was
	// interrupted. They are not repeated.
	Finished func(strategy, scenario string, seed uint64) (reports.Run, bool)

	Expected func(strategy, scenario string) reports.Expectation
	Named    []gate.Named // cells that have to be there

	Observer Observer
	// Keep, if set, gets the results as far as they are, after each run: a campaign
	// that is killed has them.
	Keep func(sofar reports.Results) error
}

// Observer is told how far a campaign is, by one goroutine at a time.
type Observer interface {
	Start(cell, expected string, runs int)
	RunDone(cell string, r reports.Run)
	Finish(c reports.Cell)
}

// Total is the number of cells.
func (c Campaign) Total() int { return len(c.Strategies) * len(c.Scenarios) }

// RunsOf is how many runs a cell has, those of all shards together.
func (c Campaign) RunsOf(strategy, scenario string) int {
	if c.Others == 0 || c.mustBeSafe(strategy, scenario) {
		return c.Runs
	}
	return c.Others
}

func (c Campaign) mustBeSafe(strategy, scenario string) bool {
	return c.Expected(strategy, scenario).Demand == reports.DemandSafe
}

// Whole is the number of runs, those of all shards together.
func (c Campaign) Whole() (runs int) {
	for _, strategy := range c.Strategies {
		for _, scenario := range c.Scenarios {
			runs += c.RunsOf(strategy, scenario.Name)
		}
	}
	return runs
}

// mine lists the runs of all cells that the campaign's shard has, by their numbers from 0
// on, for each strategy and scenario. A run is one of all that the campaign has, which are
// numbered by scenario, in it by strategy, in that by seed. Runs that follow each other go
// to different shards, so that each shard gets its share of every cell, and of the
// scenarios that take long.
func (c Campaign) mine() (runs [][][]int) {
	for range c.Strategies {
		runs = append(runs, make([][]int, len(c.Scenarios)))
	}
	next := 0
	for scenario := range c.Scenarios {
		for strategy := range c.Strategies {
			for i := range c.RunsOf(c.Strategies[strategy], c.Scenarios[scenario].Name) {
				if c.Shard.Mine(next) {
					runs[strategy][scenario] = append(runs[strategy][scenario], i)
				}
				next++
			}
		}
	}
	return runs
}

// Cells is the number of cells of which runs are left.
func (c Campaign) Cells() (cells int) {
	c.eachLeft(func(_ Scenario, left int) { cells += min(1, left) })
	return cells
}

// Left is how many runs are left: all of the shard, but for those that are finished.
func (c Campaign) Left() (runs int) {
	c.eachLeft(func(_ Scenario, left int) { runs += left })
	return runs
}

// Of is how many runs of a scenario are left.
func (c Campaign) Of(s Scenario) (runs int) {
	c.eachLeft(func(of Scenario, left int) {
		if of.Name == s.Name {
			runs += left
		}
	})
	return runs
}

// Beside is how many of the runs that are left may go on beside others.
func (c Campaign) Beside() (runs int) {
	c.eachLeft(func(s Scenario, left int) {
		if !s.Measured {
			runs += left
		}
	})
	return runs
}

// eachLeft visits all cells with the number of their runs that are left.
func (c Campaign) eachLeft(visit func(s Scenario, left int)) {
	c.each(func(strategy, scenario int, runs []int) {
		s, left, decided := c.Scenarios[scenario], 0, false
		for _, i := range runs {
			run, done := c.before(c.Strategies[strategy], s.Name, i)
			if !done {
				left++
			}
			decided = decided || done && run.Verdict.Bad() && c.decides(c.Strategies[strategy], s.Name)
		}
		if decided {
			left = 0
		}
		visit(s, left)
	})
}

// decides tells whether a bad run of a cell spares the rest.
func (c Campaign) decides(strategy, scenario string) bool {
	return c.Decides && c.mustBeSafe(strategy, scenario)
}

// before is run i of a cell, if it was carried out before the campaign was interrupted.
func (c Campaign) before(strategy, scenario string, i int) (reports.Run, bool) {
	if c.Finished == nil {
		return reports.Run{}, false
	}
	return c.Finished(strategy, scenario, c.Seed+uint64(i))
}

// each visits all cells with the runs of them that the shard has.
func (c Campaign) each(visit func(strategy, scenario int, runs []int)) {
	mine := c.mine()
	for strategy := range c.Strategies {
		for scenario := range c.Scenarios {
			visit(strategy, scenario, mine[strategy][scenario])
		}
	}
}

// Plan says in results how much there is to do.
func (c Campaign) Plan(run *reports.Invocation) {
	run.Planned = c.Shard.Share(c.Whole())
	if c.Shard.Of > 0 {
		run.Shard, run.Whole = c.Shard.String(), c.Whole()
	}
}

// Run runs all cells and judges them. If the context ends, what was found until
// then is returned, marked as interrupted. An error is a failure of the world.
func (c Campaign) Run(ctx context.Context, into *reports.Results) error {
	c.Plan(&into.Run)
	g := c.begin(into)
	err := g.carryOut(ctx)
	into.Cells, into.Run.Done, into.Run.Spared = g.end()
	return conclude(ctx, into, c.Named, err)
}

// one carries out run i in a world. Its seed is that of the campaign plus i, the same for
// all strategies, so that they are struck alike.
func (c Campaign) one(ctx context.Context, world World, strategy string, scenario Scenario, i int) (reports.Run, error) {
	seed := c.Seed + uint64(i)
	plan := scenario.Faults(seed, world.Limits(c.Workload), c.Workload.TTL)
	inside := filepath.Join("runs", strategy, scenario.Name, strconv.FormatUint(seed, 10))
	e := Execution{
		Strategy: strategy, Scenario: scenario, Workload: scenario.Filled(c.Workload),
		Plan: plan, Seed: seed, Folder: filepath.Join(c.Out, inside),
	}
	if err := c.makeRoom(e.Folder); err != nil {
		return reports.Run{}, err
	}
	if err := reports.WriteFile(filepath.Join(e.Folder, "plan.txt"), []byte(plan.String()+"\n")); err != nil {
		return reports.Run{}, err
	}
	run, err := world.Run(ctx, e)
	if err != nil {
		return reports.Run{}, err
	}
	run.Seed, run.Plan, run.Replay, run.Folder = seed, plan.String(), c.Replay(e), inside
	if !c.alone(scenario) {
		run = run.BesideOthers()
	}
	return run, writeVerdict(e.Folder, run)
}

// UnderWay is what is added to the name of a run's folder if the campaign was interrupted
// in the middle of that run. It was never judged, and begins anew.
const UnderWay = ".interrupted"

// makeRoom makes the folder of a run. What was seen of it when the campaign was interrupted
// is put aside.
func (c Campaign) makeRoom(folder string) error {
	if _, err := os.Stat(folder); err == nil && c.Finished != nil {
		if err := errors.Join(os.RemoveAll(folder+UnderWay), os.Rename(folder, folder+UnderWay)); err != nil {
			return err
		}
	}
	return os.MkdirAll(folder, 0o755)
}

// alone tells whether the runs of a scenario have the machine to themselves.
func (c Campaign) alone(s Scenario) bool { return s.Measured || len(c.Worlds) == 1 }

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

// VerdictFile is the file in a run's folder that says what the run came to.
const VerdictFile = "verdict.json"

func writeVerdict(folder string, run reports.Run) error {
	text, err := json.MarshalIndent(run, "", "  ")
	if err != nil {
		return err
	}
	return reports.WriteFile(filepath.Join(folder, VerdictFile), append(text, '\n'))
}

// RunCells fills results with one cell for each program under each scenario that the
// shard has, of so many runs each, and judges them; named are the cells that have to be
// there. A cell that fails ends it: what is there by then stays, marked as
// interrupted. The end of the context is no failure.
func RunCells[P any](
	ctx context.Context, into *reports.Results, named []gate.Named, shard reports.Shard, programs []P, all []Scenario, runs int,
	cell func(context.Context, P, Scenario) (reports.Cell, error),
) error {
	err := eachCell(ctx, shard, programs, all, func(p P, s Scenario) error {
		done, err := cell(ctx, p, s)
		if done.Tally.N > 0 {
			into.Cells = append(into.Cells, done)
			into.Run.Done += min(done.Tally.N, runs) // a search has a run for each verdict that it found
		}
		return err
	})
	return conclude(ctx, into, named, err)
}

// conclude judges the cells that are there. An error has ended them early.
func conclude(ctx context.Context, into *reports.Results, named []gate.Named, err error) error {
	into.Run.Status = reports.Complete
	if err != nil {
		// Cells that an early end left undone are not gone: the results say that
		// they are not complete.
		into.Run.Status, named = reports.Interrupted, nil
	}
	gate.Apply(into, named...)
	if gate.ShareHolds(into) {
		into.Gate.ExitCode = reports.ExitPass // it is not the shard that is to be done again
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// eachCell visits every pair that the shard has until one fails or the context ends.
func eachCell[P any](ctx context.Context, shard reports.Shard, programs []P, all []Scenario, visit func(P, Scenario) error) error {
	for i, p := range programs {
		for j, s := range all {
			if !shard.Mine(i*len(all) + j) {
				continue
			}
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
