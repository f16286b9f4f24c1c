package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/terminal"
	"onceover/scenarios"
	"onceover/scenarios/catalogue"
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
	Trials   bool     `help:"Judge every trial, right or wrong, as a strategy of which nothing is known, and report whether the verdict is right."`
	Defects  bool     `help:"Search for every defect of the catalogue, with 20 seeds each, and report how soon it is caught."`

	Workers int `short:"w" default:"2" help:"Workers."`
	Chunks  int `default:"3" help:"Chunks of the job."`

	Faults []string `sep:"none" placeholder:"BUDGET" help:"What may go wrong in one schedule: kinds of list faults and how often, e.g. 'kill x1, pause x2', or 'no faults'. May be repeated. If neither this nor the number of workers or chunks is given, searches of several shapes and faults follow each other."`

	Budget     time.Duration `default:"30s" help:"Time for each cell."`
	Exhaustive bool          `help:"Leave out the random stages, and search everything: what has to be safe passes only if the search is complete."`
	shardFlags
	lockstepFlags
	Seed   *uint64 `placeholder:"N" help:"Seed of the random stages; drawn and printed if not given."`
	Jobs   int     `short:"j" placeholder:"N" help:"Schedules to carry out at once; one for each processor if not given. What is found is the same."`
	Expect string  `placeholder:"FILE" help:"Take the expectations of the cells from this file, in the form that list expectations prints and explains."`
	Out    string  `default:"explore-out" help:"Folder in which each exploration gets one of its own, for counterexamples, results.json and report.html; its link latest leads to the newest."`
}

func (exploreCmd) Help() string {
	return `The same loader and strategies, with their real clients, inside one process in which a scheduler decides what happens next.
It needs neither Docker nor servers. Counterexamples are shrunk, drawn, and stored for onceover replay.

Examples:
  onceover explore -s connection-name      the published scheme
  onceover explore -s lease-lua --exhaustive --faults 'kill x1, lose-reply x1'
  onceover explore --all                   every strategy, every scenario
  onceover explore --all --seed 7 --shard 2/4        # a share of the cells
  onceover explore -s lua --exhaustive --seed 7 --shard 2/8  # of one search
  onceover explore --worker-cmd 'python3 my_loader.py'    # a real program
  onceover explore --defects               how soon are known mistakes caught?
  onceover explore --trials --budget 20s   is what is unknown judged right?`
}

func (c exploreCmd) Run(ctx context.Context, g *cli, s streams) error {
	defer debug.SetGCPercent(debug.SetGCPercent(collectRarely))
	if err := c.oneCatalogue(); err != nil {
		return err
	}
	if err := c.onlyForWorkers(); err != nil {
		return err
	}
	if c.WorkerCmd != "" {
		return c.exploreWorkers(ctx, g, s)
	}
	if c.Defects {
		return c.measureDefects(ctx, g, s)
	}
	if c.Trials {
		return c.judgeTrials(ctx, g, s)
	}
	x, err := c.prepare(g, s)
	if err != nil {
		return err
	}
	if err := x.open(c.Out); err != nil {
		return err
	}
	return x.search(ctx)
}

// oneCatalogue is an error if what --defects and --trials search is chosen twice.
func (c exploreCmd) oneCatalogue() error {
	chosen := len(c.Strategy) > 0 || len(c.Scenario) > 0 || c.All || c.Faults != nil || c.Exhaustive
	switch {
	case c.Defects && c.Trials:
		return usagef("--defects and --trials: give one of them")
	case c.Defects && chosen:
		return usagef("--defects brings its own programs and faults: leave out --strategy, --scenario, --all, --faults and --exhaustive")
	case c.Trials && chosen:
		return usagef("--trials brings its own programs and faults: leave out --strategy, --scenario, --all, --faults and --exhaustive")
	}
	return nil
}

// exploration is a search that is ready to begin.
type exploration struct {
	invocation
	c    exploreCmd
	what simulated.Exploration

	seed     *uint64 // that was given
	budget   faults.Budget
	expected string // where the expectations come from
	leftOut  string // what is not done here
}

func (c exploreCmd) prepare(g *cli, s streams) (*exploration, error) {
	given := c.Seed
	c.Seed = new(seedOr(c.Seed))
	x := &exploration{c: c, seed: given, invocation: invocation{g: g, streams: s}}
	names, err := catalogue.ChooseStrategies(c.Strategy, catalogue.Explorable()...)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		program, _ := catalogue.FindProgram(name)
		x.what.Programs = append(x.what.Programs, program)
	}
	for _, set := range []func() error{x.setBudget, x.setScenarios, x.setExpectations, c.check} {
		if err := set(); err != nil {
			return nil, err
		}
	}
	x.what.Setup = sim.Setup{Workers: c.Workers, Chunks: c.Chunks}
	x.what.Search = search.Options{Seed: *c.Seed, Jobs: c.Jobs, Limit: c.Budget}
	if c.Exhaustive {
		x.what.Search.Random, x.what.Search.POS, x.what.Search.PCT = -1, -1, -1
	}
	if err := x.setShard(); err != nil {
		return nil, err
	}
	if x.cells() == 1 {
		x.what.Search.Want = []reports.Verdict{reports.Duplicated, reports.Lost} // one of each; of many cells the first violation is enough
	}
	x.what.Replay = func(file string) string { return "onceover replay " + quote(file) }
	return x, nil
}

// standardBudget is what may go wrong if a shape is given, and --faults is not.
var standardBudget = faults.Budget{faults.Crash: 1, faults.LoseReply: 1, faults.Pause: 1}

// usual tells whether nothing was said of the shape and of the faults.
func (c exploreCmd) usual() bool {
	return !c.All && c.Scenario == nil && c.Faults == nil && c.Workers == defaultWorkers && c.Chunks == defaultChunks
}

// The shape of a search, if it is not given. Kong's tags say the same.
const (
	defaultWorkers = 2
	defaultChunks  = 3
)

func (x *exploration) setBudget() (err error) {
	x.budget = standardBudget
	if x.c.usual() {
		x.what.Scopes = simulated.Usual()
		x.budget = simulated.Allowed(x.what.Scopes)
	}
	if x.c.Faults == nil {
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
		x.what.Scenarios, err = catalogue.ChooseScenarios(x.c.Scenario, scenarios.Every())
		return err
	}
	x.what.Scenarios = []scenarios.Scenario{{Name: scenarios.OwnBudget, Summary: "the faults that were allowed", Persistence: faults.Nothing, Budget: x.budget}}
	return nil
}

func (x *exploration) programNames() []string {
	return catalogue.NamesOf(x.what.Programs, func(p simulated.Program) string { return p.Name })
}

func (x *exploration) cells() int { return len(x.what.Programs) * len(x.what.Scenarios) }

// collectRarely is the GOGC of a search: it makes much garbage and keeps little,
// and is about a tenth faster for it.
const collectRarely = 400

// search searches all cells, and writes what it finds into the folder.
func (x *exploration) search(ctx context.Context) error {
	cells := x.cells()
	fmt.Fprintf(x.stderr, "seed %d, %s%s, %s, %s, up to %s each, out %s\n", *x.c.Seed, x.share(), format.Plural(cells, "cell", "cells"),
		format.Plural(x.c.Workers, "worker", "workers"), format.Plural(x.c.Chunks, "chunk", "chunks"), x.c.Budget, x.folder.Path())
	progress := x.progress(x.what.Shard.Share(cells), x.searchedUntil, x.work()...)
	defer progress.Close()
	defer ticking(ctx, progress.Tick)()
	defer onInterrupt(ctx, func() { fmt.Fprintln(x.stderr, stopping) })()
	x.what.Out = x.folder.Path()
	x.what.Observer = progress
	x.what.Memory = mostMemory
	x.what.Clock = func() time.Duration { return time.Since(x.began) }
	x.what.Found = func(_ string, smallest shrink.Smallest, file string) { x.show(smallest, file) }
	if cells == 1 {
		x.what.Search.Progress = foundSoFar(progress.Say)
	}

	x.results = x.newResults(reports.WorldSim, x.command())
	x.results.Gate.Expected = x.expected
	x.results.Run.LeftOut = x.leftOut
	x.what.Plan(&x.results.Run)
	x.results.Config = reports.Config{Seed: *x.c.Seed, ChunkSize: 2, Rows: 2 * x.c.Chunks, Workers: x.c.Workers, Runs: 1, TTLMS: sim.DefaultTTL.Milliseconds()}
	catalogue.Describe(&x.results, x.programNames(), x.what.Scenarios)
	if err := x.begin(x.results); err != nil {
		return err
	}
	failure := x.what.Run(ctx, &x.results)
	x.results.Run.DurationMS = time.Since(x.began).Milliseconds()
	progress.Close()
	return x.conclude(ctx, nil, failure)
}

// How long a search goes on: until something is found, or as long as it may.
const (
	aFinding = "a finding"
	theEnd   = "the end"
)

// searchedUntil tells what is likely to end the search of a cell.
func (x *exploration) searchedUntil(cell string) string {
	strategy, scenario, _ := strings.Cut(cell, "/")
	for _, p := range x.what.Programs {
		if p.Name == strategy && p.Expected(scenario).Demand != reports.DemandSafe {
			return aFinding
		}
	}
	return theEnd
}

func (x *exploration) work() []terminal.Work {
	of := map[string]int{}
	for i, p := range x.what.Programs {
		for j, s := range x.what.Scenarios {
			if !x.what.Shard.Mine(i*len(x.what.Scenarios) + j) {
				continue
			}
			of[x.searchedUntil(p.Name+"/"+s.Name)]++
		}
	}
	return []terminal.Work{{Kind: aFinding, Runs: of[aFinding]}, {Kind: theEnd, Runs: of[theEnd], Guess: x.c.Budget}}
}

// foundSoFar reports each violation once. The search for another kind may take long, and
// violations are made small and drawn only after it.
func foundSoFar(message func(string)) func(search.Result) {
	said := 0
	return func(r search.Result) {
		for ; said < len(r.Found); said++ {
			found := r.Found[said]
			message(fmt.Sprintf("%s found in schedule %d of the stage %s; drawn when the search ends", format.Verdict(found.Verdict), found.Schedule, found.Stage))
		}
	}
}

// show draws a counterexample as soon as it is small, unless there are many cells.
func (x *exploration) show(smallest shrink.Smallest, file string) {
	if x.cells() > 1 {
		return
	}
	_ = draw.Terminal(x.stdout, draw.Of(smallest), draw.Options{
		Width: width(x.stdout), Color: coloured(x.g.Color, x.stdout, x.getenv),
	})
	fmt.Fprintf(x.stdout, "replay: %s\n\n", x.what.Replay(file))
}

// command is this exploration as a command for a shell.
func (x *exploration) command() string {
	c := x.c
	c.RedisImage, c.MySQLImage = "", "" // of the environment
	if c.Faults != nil {
		c.Faults = []string{x.budget.String()}
	}
	shard := ""
	if s := cmp.Or(x.what.Shard, x.what.Search.Shard); s.Of > 0 {
		shard = reports.ShardFlag(s)
	}
	return fmt.Sprintf("onceover explore --seed %d%s%s", *c.Seed, shard, flagText(settings(&c, "seed", "shard", "shard-from", "out", "jobs", "defects", "trials")))
}

// setExpectations holds the exploration to what is expected.
func (x *exploration) setExpectations() error {
	e, named, err := coveringExpectations(x.c.Expect, reports.WorldSim, x.programNames(), x.what.Scenarios)
	if err != nil {
		return err
	}
	x.expected = e.Source
	x.what.Named = e.Named(reports.WorldSim, func(strategy string) bool {
		return len(x.c.Strategy) == 0 || slices.Contains(x.c.Strategy, strategy)
	}, named)
	for i := range x.what.Programs {
		p := &x.what.Programs[i]
		p.Expected = func(scenario string) reports.Expectation {
			what, _ := e.Of(reports.WorldSim, p.Name, scenario) // they are covered
			what.Complete = what.Complete || x.c.Exhaustive && what.Demand == reports.DemandSafe
			return what
		}
	}
	return nil
}
