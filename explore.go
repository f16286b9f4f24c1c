package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/store"
	"onceover/reports/terminal"
	"onceover/scenarios"
	"onceover/scenarios/simulated"
	"onceover/sim"
	"onceover/sim/draw"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

type exploreCmd struct {
	Strategy []string `short:"s" placeholder:"NAME" help:"Strategies to explore; all if not given. May be repeated."`
	Scenario []string `short:"f" placeholder:"NAME" help:"Scenarios; if none is given, those that --faults allows. May be repeated."`
	All      bool     `help:"Every strategy under every scenario."`
	Defects  bool     `help:"Search for every defect of the catalogue, with 20 seeds each, and say how soon it is caught."`

	Workers int `short:"w" default:"2" help:"Workers."`
	Chunks  int `default:"3" help:"Chunks of the job."`

	Faults []string `sep:"none" placeholder:"BUDGET" help:"What may go wrong in one schedule: kinds of list faults and how often, e.g. 'kill x1, pause x2', or 'no faults'; 'lose-reply x1, crash x1' if not given. May be repeated."`

	Budget     time.Duration `default:"30s" help:"Time for each cell."`
	Exhaustive bool          `help:"Leave out the random stages, and search everything."`
	Seed       *uint64       `placeholder:"N" help:"Seed of the random stages; drawn and printed if not given."`
	Jobs       int           `short:"j" placeholder:"N" help:"Schedules to carry out at once; one for each processor if not given. What is found is the same."`
	Expect     string        `placeholder:"FILE" help:"What is expected of each cell, in the form that list expectations prints and explains."`
	Out        string        `default:"explore-out" help:"Folder in which each exploration gets one of its own, for counterexamples, results.json and report.html; its link latest leads to the newest."`
}

func (exploreCmd) Help() string {
	return `The same loader and strategies, with their real clients, inside one process in which a scheduler decides what happens next.
It needs neither Docker nor servers. What it finds is made as small as it gets, drawn, and stored for onceover replay.

Examples:
  onceover explore -s connection-name                 the published scheme: a duplicate, and a row left behind
  onceover explore -s lease-lua --exhaustive --faults 'kill x1, lose-reply x1'
  onceover explore --all                              every strategy under every scenario
  onceover explore --defects                          how soon are the known mistakes caught?`
}

func (c exploreCmd) Run(ctx context.Context, g *cli, s streams) error {
	defer debug.SetGCPercent(debug.SetGCPercent(collectRarely))
	if c.Defects {
		return c.measureDefects(ctx, s)
	}
	x, err := c.prepare(g, s)
	if err != nil {
		return err
	}
	return x.run(ctx)
}

// exploration is a search that is ready to begin.
type exploration struct {
	c    exploreCmd
	g    *cli
	s    streams
	what simulated.Exploration

	budget   faults.Budget
	expected string // where the expectations come from
	leftOut  string // what is not done here
}

// ownBudget names the cell of the faults that the flags allow.
const ownBudget = scenarios.OwnBudget

func (c exploreCmd) prepare(g *cli, s streams) (*exploration, error) {
	if c.Seed == nil {
		seed := randomSeed()
		c.Seed = &seed
	}
	x := &exploration{c: c, g: g, s: s}
	names, err := chooseStrategies(c.Strategy, anyDefect)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		program, err := knownProgram(name)
		if err != nil {
			return nil, err
		}
		x.what.Programs = append(x.what.Programs, program)
	}
	if err := x.setBudget(); err != nil {
		return nil, err
	}
	if err := x.setScenarios(); err != nil {
		return nil, err
	}
	if err := x.setExpectations(); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	x.what.Setup = sim.Setup{Workers: c.Workers, Chunks: c.Chunks}
	x.what.Search = search.Options{Seed: *c.Seed, Jobs: c.Jobs, Limit: c.Budget}
	if c.Exhaustive {
		x.what.Search.Random, x.what.Search.POS, x.what.Search.PCT = -1, -1, -1
	}
	if x.cells() == 1 {
		x.what.Search.Want = []reports.Verdict{reports.Duplicated, reports.Lost} // one of each; of many cells the first violation is enough
	}
	x.what.Replay = func(file string) string { return "onceover replay " + quote(file) }
	return x, nil
}

// standardBudget is what may go wrong if --faults is not given.
var standardBudget = faults.Budget{faults.Crash: 1, faults.LoseReply: 1}

func (x *exploration) setBudget() (err error) {
	if x.budget = standardBudget; x.c.Faults == nil {
		return nil
	}
	if x.budget, err = faults.ParseBudget(strings.Join(x.c.Faults, ",")); err != nil {
		return badFaults(err)
	}
	return nil
}

func (c exploreCmd) check() error {
	switch {
	case c.Workers < 1:
		return usagef("--workers %d: at least one is needed", c.Workers)
	case c.Chunks < 1:
		return usagef("--chunks %d: at least one is needed", c.Chunks)
	case c.Budget <= 0:
		return usagef("--budget %s: no time to search in", c.Budget)
	case c.Jobs < 0:
		return usagef("--jobs %d is negative", c.Jobs)
	}
	return nil
}

func (x *exploration) setScenarios() (err error) {
	if x.c.All || len(x.c.Scenario) > 0 {
		x.what.Scenarios, err = chooseScenarios(x.c.Scenario)
		return err
	}
	x.what.Scenarios = []scenarios.Scenario{{Name: ownBudget, Persistence: faults.Nothing, Budget: x.budget}}
	return nil
}

func (x *exploration) programNames() (names []string) {
	for _, p := range x.what.Programs {
		names = append(names, p.Name)
	}
	return names
}

func (x *exploration) cells() int { return len(x.what.Programs) * len(x.what.Scenarios) }

// collectRarely is the GOGC of a search: it makes much garbage and keeps little,
// and is about a tenth faster for it.
const collectRarely = 400

func (x *exploration) run(ctx context.Context) error {
	out, err := newFolder(x.c.Out, time.Now())
	if err != nil {
		return err
	}
	return x.search(ctx, out)
}

// search searches all cells, and writes what it finds into a folder.
func (x *exploration) search(ctx context.Context, out store.Folder) error {
	began := time.Now()
	cells := x.cells()
	fmt.Fprintf(x.s.stderr, "seed %d, %s, %s, %s, up to %s each, out %s\n", *x.c.Seed, format.Plural(cells, "cell", "cells"),
		format.Plural(x.c.Workers, "worker", "workers"), format.Plural(x.c.Chunks, "chunk", "chunks"), x.c.Budget, out.Path())
	progress := terminal.NewProgress(x.s.stderr, cells, cells, x.g.progressOptions(x.s))
	defer progress.Close()
	defer onInterrupt(ctx, func() { fmt.Fprintln(x.s.stderr, stopping) })()
	x.what.Out = out.Path()
	x.what.Observer = progress
	x.what.Clock = func() time.Duration { return time.Since(began) }
	x.what.Found = func(_ string, smallest shrink.Smallest, file string) { x.show(smallest, file) }
	if cells == 1 {
		x.what.Search.Progress = foundSoFar(progress.Say)
	}

	results := newResults(out.Name, reports.WorldSim, began, x.command())
	results.Gate.Expected = x.expected
	results.Run.LeftOut = x.leftOut
	results.Run.Planned = cells
	results.Config = reports.Config{Seed: *x.c.Seed, ChunkSize: 2, Rows: 2 * x.c.Chunks, Workers: x.c.Workers, Runs: 1, TTLMS: sim.DefaultTTL.Milliseconds()}
	describe(&results, x.programNames(), x.what.Scenarios)
	if err := begin(x.s, out, results); err != nil {
		return err
	}
	failure := x.what.Run(ctx, &results)
	results.Run.DurationMS = time.Since(began).Milliseconds()
	progress.Close()
	return conclude(ctx, x.g, x.s, out, &results, nil, failure)
}

// foundSoFar says of each violation that it was found, once. To look for another kind
// of it may take long, and only then is it made small and drawn.
func foundSoFar(message func(string)) func(search.Result) {
	said := 0
	return func(r search.Result) {
		for ; said < len(r.Found); said++ {
			found := r.Found[said]
			message(fmt.Sprintf("%s found by %s after %s; drawn when the search ends", format.Verdict(found.Verdict), found.Stage, format.Plural(found.Schedule, "schedule", "schedules")))
		}
	}
}

// show draws a counterexample as soon as it is small, unless there are many cells.
func (x *exploration) show(smallest shrink.Smallest, file string) {
	if x.cells() > 1 {
		return
	}
	_ = draw.Terminal(x.s.stdout, draw.Of(smallest), draw.Options{
		Width: width(x.s.stdout), Color: coloured(x.g.Color, x.s.stdout, x.s.getenv),
	})
	fmt.Fprintf(x.s.stdout, "replay: %s\n\n", x.what.Replay(file))
}

// command is this exploration as a command for a shell.
func (x *exploration) command() string {
	c := x.c
	c.Faults = nil
	if budget := x.budget.String(); budget != standardBudget.String() {
		c.Faults = []string{budget}
	}
	return fmt.Sprintf("onceover explore --seed %d%s", *c.Seed, flagText(settings(&c, "seed", "out", "jobs", "defects")))
}
