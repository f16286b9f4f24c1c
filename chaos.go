package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"time"

	"onceover/faults"
	"onceover/loader"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/compare"
	"onceover/reports/format"
	"onceover/scenarios"
	"onceover/scenarios/catalogue"
	"onceover/scenarios/live"
	"onceover/sim/redismodel"
)

type chaosCmd struct {
	Strategy []string `short:"s" placeholder:"NAME" help:"Strategies to try; the five usual ones if not given (none, bitmap, connection-name, set-nx, lease-lua). May be repeated."`
	All      bool     `help:"Try every strategy of the catalogue under every scenario (list strategies, list scenarios): four times as many cells."`
	Scenario []string `short:"f" placeholder:"NAME" help:"Scenarios to try; those of the standard campaign if not given (list scenarios). May be repeated."`
	Faults   string   `placeholder:"PLAN" help:"A plan of faults, or @FILE, in place of the scenarios' own, e.g. 'kill chunk=5 at=read' (see list faults). Its cell is called own-plan; the given scenarios contribute only their Redis."`

	Seed           *uint64 `placeholder:"N" help:"Seed of all random choices; drawn and printed if not given."`
	Runs           *int    `placeholder:"N" help:"Runs of each cell, with the seeds N, N+1, ... (default 3)."`
	Require        string  `placeholder:"SHARE" help:"As many runs as prove that the true share of bad ones is below this, e.g. 1%, of every cell that has to be safe; each must then prove it. A bad run spares the rest of its cell. Other cells have up to 3 runs, or what --runs says."`
	RequireContent bool    `help:"Every cell that has to be safe must compare the content of all rows; without this, elements without a payload are only a warning."`
	shardFlags
	Expect     string `placeholder:"FILE" help:"Take the expectations of the cells from this file, in the form that list expectations prints and explains."`
	Jobs       *int   `placeholder:"N" help:"Runs that go on at a time, each on servers of its own (default: one for each core, up to 3; 1 with --worker-cmd or servers that run already). Costs and recoveries are measured in runs that go on alone: in those of some scenarios (calm, kill-random, redis-always), and with --jobs 1 in all."`
	Estimate   bool   `help:"Say how many runs the campaign, or its shard, has and how long they take, by the newest result in --out or else by built-in measurements. Nothing is started."`
	EstimateBy string `placeholder:"OLD" help:"Estimate, as --estimate does, by the durations of this result."`
	Resume     string `placeholder:"FOLDER" help:"Go on with an interrupted campaign, the newest in FOLDER or the one that it is. Runs that were judged are not repeated; all settings are those of its results, and another build of the program is refused."`
	Keep       string `placeholder:"RUNS" enum:",all,bad" default:"" help:"The runs whose folders (history, plan and logs) are kept: all, or bad. With bad, a safe run leaves only its line in results.json, except for the first run of each cell. Default: bad with --shard or --require, else all."`
	Out        string `default:"chaos-out" help:"Folder in which each campaign gets one of its own, for results.json, report.html and the runs; its link latest leads to the newest."`

	Rows      int                 `default:"4000" help:"Rows of the table."`
	KeyLayout scenarios.KeyLayout `name:"shape" enum:"dense,gaps,negative,huge" default:"dense" help:"How its keys lie: dense, gaps, negative or huge."`
	ChunkSize int                 `default:"50" help:"Rows of a chunk."`
	Workers   int                 `short:"w" default:"8" help:"Worker processes."`
	Consumers int                 `placeholder:"N" help:"Consumers that pop from the list during the load; popped and remaining rows are checked (default: as many as the scenario has, see list scenarios)."`
	TTL       time.Duration       `name:"ttl" default:"500ms" help:"Time to live of leases."`
	Deadline  time.Duration       `default:"15s" help:"A job that takes longer than this after the last fault is stuck."`

	programFlags

	serverFlags
}

func (c chaosCmd) Help() string {
	return `A cell is one strategy under one scenario. Each is run several times; the verdict is that of its worst run.

Examples:
  onceover chaos --runs 1        a quick look
  onceover chaos --all --runs 1  every strategy, every scenario
  onceover chaos -s lease-lua -f kill-random --require 5%  # how sure?
  onceover chaos -s set-nx --faults 'pause chunk=7 at=read for=2s'
  onceover chaos --seed 7 --shard 2/4  # on the second of four machines
  onceover chaos --worker-cmd 'python3 my_loader.py' --workers 4`
}

func (c chaosCmd) Run(ctx context.Context, g *cli, s streams) error {
	prepare := c.prepare
	if c.Resume != "" {
		prepare = c.resume
	}
	p, err := prepare(g, s)
	switch {
	case err != nil:
		return err
	case c.Estimate || c.EstimateBy != "":
		return p.estimate()
	}
	return p.run(ctx)
}

// chaos is a campaign that is ready to begin.
type chaos struct {
	invocation
	c        chaosCmd
	campaign scenarios.Campaign
	plan     faults.Plan // of the user's own; nil: there is none
	options  live.Options
	leftOut  []string // scenarios that cannot take place, and why; printed before anything begins
	expected string   // where the expectations come from
	jobs     int      // runs that go on at a time
	resumed  *resumed // an interrupted one that goes on; nil: it begins
	held     *os.File // its folder, so that no other process goes on with it meanwhile
	required float64  // bound on the rate of bad runs that is to be proven; 0: none
}

// prepare checks everything that can be wrong before anything is started or written.
func (c chaosCmd) prepare(g *cli, s streams) (*chaos, error) {
	loader.SilenceDrivers()
	p := &chaos{c: c, invocation: invocation{g: g, streams: s}}
	var err error
	unnamed := scenarios.All()
	if c.All {
		unnamed = scenarios.Every()
	}
	if p.campaign.Scenarios, err = catalogue.ChooseScenarios(c.Scenario, unnamed); err != nil {
		return nil, err
	}
	if p.campaign.Strategies, err = c.strategies(); err != nil {
		return nil, err
	}
	for _, set := range []func() error{p.setWorkload, func() error { return p.c.serverFlags.read(&p.options) }, p.setWorkers, p.setPlan, p.setExpectations, p.leaveOut, p.setShard, p.setJobs} {
		if err := set(); err != nil {
			return nil, err
		}
	}
	p.campaign.Seed = seedOr(c.Seed)
	p.campaign.Replay = p.replay
	p.campaign.Compact = c.Keep == "bad" || c.Keep == "" && (p.campaign.Shard.Of > 0 || c.Require != "")
	return p, nil
}

// strategies are the ones that are named, the usual ones, or all.
func (c chaosCmd) strategies() ([]string, error) {
	switch {
	case c.All && len(c.Strategy) > 0:
		return nil, usagef("--all and --strategy: give one of them")
	case !c.All && len(c.Strategy) == 0:
		return catalogue.StrategyNames(lock.Usual()), nil
	}
	return catalogue.ChooseStrategies(c.Strategy, catalogue.WrongStrategies()...)
}

// seedOr returns the given seed, or draws one.
func seedOr(given *uint64) uint64 {
	if given != nil {
		return *given
	}
	return uint64(rand.Uint32())
}

// defaultRuns is how often a cell is run without --runs and --require.
const defaultRuns = 3

// setRuns computes the number of runs. It refuses fewer than a proof needs: they could
// only end without an answer.
func (p *chaos) setRuns() (err error) {
	p.campaign.Runs = defaultRuns
	if p.c.Runs != nil {
		p.campaign.Runs = *p.c.Runs
	}
	switch {
	case p.campaign.Runs < 1:
		return usagef("--runs %d: at least one run is needed", p.campaign.Runs)
	case p.campaign.Runs > compare.MostRuns:
		return usagef("--runs %d: more than %d of a cell are not counted", p.campaign.Runs, compare.MostRuns)
	}
	if p.c.Require == "" {
		return nil
	}
	if p.required, err = reports.ParsePercent(p.c.Require); err != nil {
		return usagef("--require: %w", err)
	}
	p.campaign.Decides = true
	need := reports.RunsFor(p.required)
	switch {
	case need > compare.MostRuns:
		return usagef("--require %s needs %s runs of each cell, and more than %d are not counted", p.c.Require, format.Thousands(int64(need)), compare.MostRuns)
	case p.c.Runs == nil:
		p.campaign.Runs, p.campaign.Others = need, min(need, defaultRuns)
	case *p.c.Runs < need:
		return advice{
			error: usagef("--runs %d prove no more than that the true rate is below %s; --require %s needs %d",
				*p.c.Runs, format.Percent(format.Ceil(reports.BadRate(0, *p.c.Runs).High)), p.c.Require, need),
			try: fmt.Sprintf("--runs %d, or leave it out", need), code: reports.ExitUsage,
		}
	}
	return nil
}

// mostJobs is how many runs go on at a time if nobody says how many, on however many cores.
const mostJobs = 3

// setJobs decides how many runs go on at a time. Those of a program that is not
// Onceover's own may share more than the machine, such as a file, and the user has to know.
func (p *chaos) setJobs() error {
	named := p.options.Redis != nil || p.options.MySQL != nil
	switch {
	case p.c.Jobs == nil && (named || p.options.Worker != nil):
		p.jobs = 1
	case p.c.Jobs == nil:
		p.jobs = min(runtime.GOMAXPROCS(0), mostJobs)
	case *p.c.Jobs < 1:
		return usagef("--jobs %d: at least one run has to go on", *p.c.Jobs)
	case *p.c.Jobs > 1 && named:
		return advice{
			error: usagef("--jobs %d: runs that go on at a time need servers of their own, and --redis-url and --mysql-dsn name one for all", *p.c.Jobs),
			try:   "--jobs 1, or no servers, so that containers are started", code: reports.ExitUsage,
		}
	default:
		p.jobs = *p.c.Jobs
	}
	p.jobs = max(1, min(p.jobs, p.campaign.Beside())) // more servers would have nothing to do
	return nil
}

func (p *chaos) setWorkload() error {
	if err := p.setRuns(); err != nil {
		return err
	}
	p.campaign.Workload = scenarios.Workload{
		Rows: p.c.Rows, KeyLayout: p.c.KeyLayout, ChunkSize: p.c.ChunkSize, Workers: p.c.Workers,
		TTL: p.c.TTL, Consumers: p.c.Consumers, Deadline: p.c.Deadline,
	}
	if err := p.campaign.Workload.Validate(); err != nil {
		return usagef("the workload makes no sense: %w", err)
	}
	return nil
}

// setPlan reads a plan of the user's. It replaces the faults of the chosen scenarios and
// keeps only their servers.
func (p *chaos) setPlan() error {
	if p.c.Faults == "" {
		return nil
	}
	text := p.c.Faults
	if name, ok := strings.CutPrefix(text, "@"); ok {
		content, err := reports.ReadAll(reports.OpenInput(name, reports.MostOfText))
		if err != nil {
			return usagef("--faults: %w", err)
		}
		text = string(content)
	}
	plan, err := faults.Parse(text)
	if err != nil {
		return badFaults(err)
	}
	if len(plan) == 0 {
		return usagef("--faults: the plan is empty; for a run without faults: --scenario calm")
	}
	for _, f := range plan {
		if why := p.unable(f); why != "" {
			return usagef("--faults: %s: %s", f, why)
		}
	}
	servers := p.campaign.Scenarios
	if len(p.c.Scenario) == 0 {
		servers = []scenarios.Scenario{scenarios.ServersFor(plan)}
	}
	p.plan, p.campaign.Scenarios = plan, scenarios.OwnPlans(plan, servers)
	return nil
}

// unable says why a fault of the user's plan can never strike, or "".
func (p *chaos) unable(f faults.Fault) string {
	if why := p.tooLong(f); why != "" {
		return why
	}
	switch {
	case f.At.Worker >= p.c.Workers:
		return fmt.Sprintf("there is no worker %d: of --workers %d the last is %d", f.At.Worker, p.c.Workers, p.c.Workers-1)
	case f.At.Chunk >= p.chunks():
		return fmt.Sprintf("there is no chunk %d: of --rows %d in chunks of %d the last is %d", f.At.Chunk, p.c.Rows, p.c.ChunkSize, p.chunks()-1)
	case p.unheard(f.At):
		return fmt.Sprintf("%s is neither a command of Redis nor a statement that goes to MySQL", f.At.Request)
	case p.options.Worker != nil && f.At.AtStep():
		return "--worker-cmd does not report steps; request=COMMAND, reply=COMMAND or progress=N% can be a position"
	case p.options.Worker != nil && f.Kind == faults.Evict:
		return "of the keys of --worker-cmd only the list is known; evict-list"
	case p.options.Redis != nil && f.Kind == faults.RedisKill:
		return "the Redis server of --redis-url is not killed"
	case p.options.Redis != nil && f.Kind == faults.RedisPower:
		return "the power of the Redis server of --redis-url cannot be cut"
	case p.options.Redis != nil && f.Kind == faults.Failover:
		return "the Redis server of --redis-url is not ended, nor is a replica put in its place"
	case p.options.Redis != nil && f.Kind == faults.HalfOpen:
		return "the Redis of --redis-url is not asked which clients it has"
	case p.options.Redis != nil && f.Kind == faults.Refuse:
		return "the settings of the Redis of --redis-url are left alone"
	case p.options.MySQL != nil && f.Kind == faults.MySQLKill:
		return "the MySQL server of --mysql-dsn is not killed"
	}
	return ""
}

func (p *chaos) chunks() int { return (p.c.Rows + p.c.ChunkSize - 1) / p.c.ChunkSize }

// unheard tells whether no server knows the request of a position. A Redis of the user's
// may be another version, or another program, with commands of its own.
func (p *chaos) unheard(at faults.Position) bool {
	ours := p.c.RedisURL == "" && p.c.RedisImage == ""
	named := at.Request != "" && at.Request != faults.Write && !at.ToMySQL()
	return named && ours && !redismodel.Exists(at.Request)
}

// tooLong names the duration of a fault after which a job without faults would be stuck,
// or is "". A run goes on until its faults are over, and would do nothing meanwhile.
func (p *chaos) tooLong(f faults.Fault) string {
	spec, _ := faults.Find(f.Kind)
	durations := []faults.Setting{{Name: "hold", Of: func(f *faults.Fault) *time.Duration { return &f.At.Hold }}}
	for _, d := range append(durations, spec.Settings...) {
		if d.Words != nil {
			continue
		}
		if took := *d.Of(&f); took > p.c.Deadline {
			return fmt.Sprintf("%s=%s is longer than a job may take (--deadline %s)", d.Name, took, p.c.Deadline)
		}
	}
	return ""
}

// badFaults is for a plan or a budget that cannot be read.
func badFaults(err error) error {
	return advice{error: usagef("--faults: %w", err), try: "onceover list faults", code: reports.ExitUsage}
}
