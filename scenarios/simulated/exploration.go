// Package simulated searches scenarios in the simulated world: every place for
// the faults of their budgets. What it finds is made small, and stored so that it
// can be replayed. Package live carries the same scenarios out on real servers.
package simulated

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onceover/reports"
	"onceover/reports/gate"
	"onceover/scenarios"
	"onceover/sim"
	"onceover/sim/draw"
	"onceover/sim/mysqlmodel"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

// Program is something that can be explored: a strategy, or a defect.
type Program struct {
	Name      string
	Program   sim.Program
	Tables    func(chunks int) []mysqlmodel.Table // see sim.Setup
	NamesOnly bool                                // see sim.Setup
	Locks     int                                 // see sim.Setup
	Expected  func(scenario string) reports.Expectation
}

// Exploration searches cells in the simulated world. What it finds is made
// small, and stored so that it can be replayed.
type Exploration struct {
	Programs  []Program
	Named     []gate.Named // cells that have to be there
	Scenarios []scenarios.Scenario
	Scopes    []Scope       // of each cell, searched in turn; nil: one, of Setup and the scenario
	Setup     sim.Setup     // workers, chunks, rows, lease; the rest is the cell's
	Shard     reports.Shard // the share of the cells that is searched; the zero value: all
	Search    search.Options
	Out       string
	Clock     func() time.Duration
	Memory    func() int64             // most that the process had in memory, in bytes; nil: unknown
	Replay    func(file string) string // the command that shows a counterexample
	Observer  scenarios.Observer

	// Found is called with each counterexample, made small; may be nil.
	Found func(cell string, smallest shrink.Smallest, file string)
}

// Run searches all cells. When the context ends, what was found until then is
// kept and marked as interrupted.
func (x Exploration) Run(ctx context.Context, into *reports.Results) error {
	x.Plan(&into.Run)
	return scenarios.RunCells(ctx, into, x.Named, x.Shard, x.Programs, x.Scenarios, 1, func(ctx context.Context, p Program, s scenarios.Scenario) (reports.Cell, error) {
		cell, err := x.cell(ctx, p, s)
		if err != nil {
			err = fmt.Errorf("%s/%s: %w", p.Name, s.Name, err)
		}
		return cell, err
	})
}

// Plan says in results how much there is to do. Cells that are dealt are searched by one
// shard each; where each search is cut, every shard has all cells.
func (x Exploration) Plan(run *reports.Invocation) {
	cells := len(x.Programs) * len(x.Scenarios)
	run.Planned = x.Shard.Share(cells)
	switch cut := x.Search.Shard; {
	case cut.Of > 0:
		run.Shard, run.Whole = cut.String(), cells*cut.Of
	case x.Shard.Of > 0:
		run.Shard, run.Whole = x.Shard.String(), cells
	}
}

// cell searches one cell. If it is interrupted, it returns what was found until
// then, if anything was, and an error: one counterexample is proof, nothing found in
// half a search is not.
func (x Exploration) cell(ctx context.Context, p Program, s scenarios.Scenario) (reports.Cell, error) {
	cell := reports.Cell{
		ID: p.Name + "/" + s.Name, World: reports.WorldSim, Strategy: p.Name, Scenario: s.Name,
		Expected: p.Expected(s.Name).String(),
	}
	x.Observer.Start(cell.ID, cell.Expected, 1)
	began := x.Clock()
	result, err := x.search(ctx, p, s)
	if errors.Is(err, sim.ErrModel) || errors.Is(err, sim.ErrNondeterministic) {
		return x.notSimulated(cell, result, err), nil
	}
	if err != nil {
		return cell, err
	}
	var interrupted error
	if !result.Complete {
		interrupted = ctx.Err()
	}
	switch {
	case interrupted != nil && len(result.Found) == 0:
		return cell, interrupted
	case interrupted != nil:
		result.Left = "it was interrupted"
	}
	cell.Search = x.summary(result.Result)
	runs, err := x.runs(ctx, result, &cell)
	if err != nil {
		return cell, err
	}
	return x.finish(cell, (x.Clock() - began).Milliseconds(), runs...), interrupted
}

// notSimulated is a cell about which the simulated world can say nothing: the
// models do not know what the program asks for, or it cannot be repeated. What
// was found until then is dropped with it, since it cannot be believed.
func (x Exploration) notSimulated(cell reports.Cell, result searched, why error) reports.Cell {
	result.Left = "it cannot be simulated"
	cell.Search = x.summary(result.Result)
	return x.finish(cell, 0, reports.Run{Verdict: reports.Inconclusive, Why: "it cannot be simulated: " + why.Error(), Plan: result.faults.String()})
}

// finish judges a cell by its runs.
func (x Exploration) finish(cell reports.Cell, took int64, runs ...reports.Run) reports.Cell {
	for i := range runs {
		runs[i].DurationMS = took
		runs[i].Seed = x.Search.Seed
		cell.Add(runs[i])
		x.Observer.RunDone(cell.ID, runs[i])
	}
	cell.BadRate = reports.Rate{Method: "none"} // a search is no sample
	cell.State = gate.Judge(cell)
	x.Observer.Finish(cell)
	return cell
}

// options let a search end with its time, or with the context. With the first
// violation it ends only if no other one is of interest: a control has to show all
// that it is known for, and what is known to be bad must not hide what is worse.
func (x Exploration) options(ctx context.Context, began time.Duration, expected reports.Expectation) search.Options {
	o := x.Search
	o.Want = slices.Clone(o.Want)
	for _, v := range reports.Verdicts() {
		known := slices.Contains(expected.Verdicts, v)
		worse := len(expected.Verdicts) > 0 && v.Rank() > reports.Worst(expected.Verdicts...).Rank()
		if expected.Demand == reports.DemandUnsafe && known || expected.Demand == reports.DemandAny && worse {
			o.Want = append(o.Want, v)
		}
	}
	o.Clock = func() time.Duration {
		if ctx.Err() != nil {
			return time.Duration(1<<63 - 1)
		}
		return x.Clock() - began
	}
	if o.Limit == 0 {
		o.Limit = time.Duration(1<<63 - 1)
	}
	return o
}

func (x Exploration) summary(r search.Result) *reports.Search {
	s := &reports.Search{
		Bounds: r.Bounds, Schedules: r.Schedules(), Live: r.Live, Checked: r.Checked,
		Complete: r.Complete, Left: r.Left,
	}
	for _, stage := range r.Stages {
		s.Positions += stage.Positions
		s.Stages = append(s.Stages, reports.SearchStage{
			Name: stage.Name, Schedules: stage.Schedules, Traces: stage.Traces, Positions: stage.Positions,
			ElapsedMS: stage.Elapsed.Milliseconds(),
		})
	}
	if r.Shard.Of > 0 {
		return x.shard(r.Shard, s)
	}
	return s
}

// shard is a search that one shard did, as its share of the whole.
func (x Exploration) shard(shard reports.Shard, s *reports.Search) *reports.Search {
	share := reports.SearchShard{
		Shard: shard.String(), Schedules: s.Schedules, Positions: s.Positions, Live: s.Live, Checked: s.Checked,
		Complete: s.Complete, Left: s.Left, Stages: s.Stages,
	}
	if x.Memory != nil {
		share.MemoryBytes = x.Memory()
	}
	return reports.OfShards(s.Bounds, []reports.SearchShard{share})
}

// runs turns what a search found into runs: one for each verdict, with its
// counterexample, or one that says that nothing was found.
func (x Exploration) runs(ctx context.Context, result searched, cell *reports.Cell) ([]reports.Run, error) {
	if len(result.Found) == 0 {
		return []reports.Run{nothingFound(result)}, nil
	}
	var runs []reports.Run
	for _, found := range result.Found {
		smallest, err := shrunk(ctx, result.scenes[found.Verdict], found.Run)
		if err != nil {
			return nil, err
		}
		file, err := x.store(cell.ID, smallest)
		if err != nil {
			return nil, err
		}
		if x.Found != nil {
			x.Found(cell.ID, smallest, file)
		}
		cell.Counterexamples = append(cell.Counterexamples, x.counterexample(smallest, len(found.Log), file))
		runs = append(runs, reports.Run{
			Verdict: found.Verdict,
			Why: fmt.Sprintf("%s; found in schedule %d of the stage %s, %s",
				smallest.Run.Why, found.Schedule, found.Stage, shrinkage(smallest, len(found.Log))),
			Plan: smallest.Log.Setup.Budget.String(), Replay: x.Replay(file),
			Folder: filepath.Base(file),
		})
	}
	return runs, nil
}

// How long a counterexample may take to be made small; the usual one takes less than a second.
const (
	shrinkLimit       = time.Minute
	shrinkOnceStopped = 5 * time.Second // after an interrupt
)

// shrunk makes a counterexample small, also when the search was interrupted, but not for ever.
func shrunk(ctx context.Context, scene *sim.Scene, found sim.Run) (shrink.Smallest, error) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shrinkLimit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(shrinkOnceStopped, cancel) })
	defer stop()
	return shrink.Shrink(limited, scene, found)
}

func shrinkage(smallest shrink.Smallest, from int) string {
	text := fmt.Sprintf("shrunk from %d to %d events", from, len(smallest.Log.Events))
	if smallest.Unfinished {
		text += ", not to the end: its time was over"
	}
	return text
}

// counterexample is what was found, for the report. Replay is of the file, so
// that the very same is carried out whatever the search finds next time.
func (x Exploration) counterexample(smallest shrink.Smallest, events int, file string) reports.Counterexample {
	c := draw.Report(draw.Of(smallest))
	c.ShrunkFrom, c.Repeated = events, smallest.Repeated
	c.Replay, c.File = x.Replay(file), filepath.Base(file)
	return c
}

// nothingFound proves something only as far as there was a search: one that
// ended before any schedule, or before anything went wrong, has shown nothing.
func nothingFound(result searched) reports.Run {
	switch {
	case result.Complete:
	case result.Schedules() == 0:
		return reports.Run{Verdict: reports.Inconclusive, Why: "nothing was searched: " + result.Summary()}
	case result.faults.Total() > 0 && result.Faulty() == 0:
		return reports.Run{Verdict: reports.Inconclusive, Why: "nothing went wrong in what was searched: " + result.Summary()}
	}
	return reports.Run{Verdict: reports.Safe, Why: "nothing was found: " + result.Summary()}
}

// store writes a counterexample into the folder of the results.
func (x Exploration) store(cell string, smallest shrink.Smallest) (file string, err error) {
	name := fmt.Sprintf("%s-%s.jsonl", strings.ReplaceAll(cell, "/", "-"), smallest.Log.Verdict)
	file = filepath.Join(x.Out, name)
	var text strings.Builder
	if err := smallest.Log.Write(&text); err != nil {
		return "", err
	}
	if err := os.MkdirAll(x.Out, 0o755); err != nil {
		return "", err
	}
	return file, reports.WriteFile(file, []byte(text.String()))
}
