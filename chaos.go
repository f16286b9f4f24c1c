package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/google/shlex"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/live"
)

type chaosCmd struct {
	Strategy []string `short:"s" placeholder:"NAME" help:"Strategies to try; all if not given. May be repeated."`
	Scenario []string `short:"f" placeholder:"NAME" help:"Scenarios to try; all if not given. May be repeated."`
	Faults   string   `placeholder:"PLAN" help:"A plan of faults, or @FILE, in place of the scenarios' own, e.g. 'kill chunk=5 at=read'."`

	Seed *uint64 `placeholder:"N" help:"Seed of all random choices; drawn and printed if not given."`
	Runs int     `default:"3" help:"Runs of each cell, with the seeds N, N+1, ..."`
	Out  string  `default:"chaos-out" type:"path" help:"Folder for results.json, report.html and one folder a run."`

	Rows      int             `default:"4000" help:"Rows of the table."`
	Shape     scenarios.Shape `default:"dense" help:"How its keys lie: dense, gaps, negative or huge."`
	ChunkSize int             `default:"50" help:"Rows of a chunk."`
	Workers   int             `short:"w" default:"8" help:"Worker processes."`
	Consumers int             `help:"Consumers that pop from the list during the load; popped and remaining rows are checked."`
	TTL       time.Duration   `name:"ttl" default:"500ms" help:"Time to live of leases."`
	Deadline  time.Duration   `default:"15s" help:"A job that takes longer than this after the last fault is stuck."`

	WorkerCmd string `placeholder:"COMMAND" help:"A worker of your own, under the contract in the README, in place of Onceover's."`

	RedisImage string `env:"REDIS_IMAGE" placeholder:"IMAGE" help:"Redis image; else redis:8.0, or one built here ($$REDIS_IMAGE)."`
	MySQLImage string `name:"mysql-image" env:"MYSQL_IMAGE" placeholder:"IMAGE" help:"MySQL image; else mysql:9.7, or one built here ($$MYSQL_IMAGE)."`
	RedisURL   string `name:"redis-url" placeholder:"URL" help:"A Redis that runs already, in place of containers. Only keys of this run's own names are touched."`
	MySQLDSN   string `name:"mysql-dsn" placeholder:"DSN" help:"A MySQL that runs already. Only tables of this run's own names are touched."`
}

func (c chaosCmd) Help() string {
	return `A cell is one strategy under one scenario. Each is run several times; the verdict is that of its worst run.

Examples:
  onceover chaos --runs 1                                        a quick look at everything
  onceover chaos -s lease-lua -f kill-random --runs 60           how sure can one be?
  onceover chaos -s set-nx --faults 'pause chunk=7 at=read for=2s'
  onceover chaos --worker-cmd 'python3 my_loader.py' --workers 4`
}

func (c chaosCmd) Run(ctx context.Context, g *cli, s streams) error {
	p, err := c.prepare(g, s)
	if err != nil {
		return err
	}
	return p.run(ctx)
}

// chaos is a campaign that is ready to begin.
type chaos struct {
	c        chaosCmd
	g        *cli
	s        streams
	campaign scenarios.Campaign
	options  live.Options
	seed     uint64
	leftOut  []string // said aloud before anything begins
	results  reports.Results
}

// prepare looks at everything that can be wrong before anything is started or written.
func (c chaosCmd) prepare(g *cli, s streams) (*chaos, error) {
	p := &chaos{c: c, g: g, s: s}
	var err error
	if p.campaign.Scenarios, err = chooseScenarios(c.Scenario); err != nil {
		return nil, err
	}
	if p.campaign.Strategies, err = chooseStrategies(c.Strategy); err != nil {
		return nil, err
	}
	if err := p.setWorkers(); err != nil {
		return nil, err
	}
	if err := p.setPlan(); err != nil {
		return nil, err
	}
	if err := p.setServers(); err != nil {
		return nil, err
	}
	if err := p.leaveOut(); err != nil {
		return nil, err
	}
	if c.Runs < 1 {
		return nil, usagef("--runs %d: at least one run is needed", c.Runs)
	}
	p.campaign.Workload = scenarios.Workload{
		Rows: c.Rows, Shape: c.Shape, ChunkSize: c.ChunkSize, Workers: c.Workers,
		TTL: c.TTL, Consumers: c.Consumers, Deadline: c.Deadline,
	}
	if err := p.campaign.Workload.Validate(); err != nil {
		return nil, usageError{err}
	}
	p.seed = randomSeed()
	if c.Seed != nil {
		p.seed = *c.Seed
	}
	p.campaign.Seed, p.campaign.Runs, p.campaign.Out = p.seed, c.Runs, c.Out
	p.campaign.Replay = p.replay
	return p, nil
}

func randomSeed() uint64 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return uint64(binary.BigEndian.Uint32(b[:]))
}

func (p *chaos) setWorkers() error {
	own, err := os.Executable()
	if err != nil {
		return err
	}
	p.options.OwnWorker = []string{own, "worker"}
	if p.c.WorkerCmd == "" {
		return nil
	}
	if len(p.c.Strategy) > 0 {
		return usagef("--worker-cmd brings a strategy of its own, so --strategy cannot be given")
	}
	argv, err := shlex.Split(p.c.WorkerCmd)
	if err != nil || len(argv) == 0 {
		return usagef("--worker-cmd %q is not a command", p.c.WorkerCmd)
	}
	p.options.Worker = argv
	p.campaign.Strategies = []string{scenarios.Foreign}
	return nil
}

// setPlan reads a plan of the user's. It replaces the plans of all scenarios,
// so one scenario, whose servers it uses, is enough.
func (p *chaos) setPlan() error {
	if p.c.Faults == "" {
		return nil
	}
	text := p.c.Faults
	if name, ok := strings.CutPrefix(text, "@"); ok {
		content, err := os.ReadFile(name)
		if err != nil {
			return usageError{err}
		}
		text = string(content)
	}
	plan, err := faults.Parse(text)
	if err != nil {
		return usagef("--faults: %w", err)
	}
	if len(plan) == 0 {
		return usagef("--faults: the plan is empty; for a run without faults: --scenario calm")
	}
	p.campaign.Plan = plan
	if len(p.c.Scenario) == 0 {
		p.campaign.Scenarios = p.campaign.Scenarios[:1]
	}
	return nil
}

func (p *chaos) setServers() (err error) {
	v := servers{RedisURL: p.c.RedisURL, MySQLDSN: p.c.MySQLDSN}
	if v.RedisURL != "" {
		if p.options.Redis, err = v.redis(); err != nil {
			return err
		}
	}
	if v.MySQLDSN != "" {
		if p.options.MySQL, err = v.mysql(); err != nil {
			return err
		}
	}
	p.options.RedisImage, p.options.MySQLImage = p.c.RedisImage, p.c.MySQLImage
	return nil
}

func (p *chaos) run(ctx context.Context) (err error) {
	began := time.Now()
	fmt.Fprintf(p.s.stderr, "seed %d, %d cells x %d runs, %d rows, %d workers, out %s\n",
		p.seed, p.campaign.Total(), p.c.Runs, p.c.Rows, p.c.Workers, p.c.Out)
	progress := reports.NewProgress(p.s.stderr, p.campaign.Total(), p.campaign.Total()*p.c.Runs, p.g.progressOptions(p.s))
	defer progress.Close()
	for _, left := range p.leftOut {
		progress.Say(left)
	}
	p.options.Progress = func(format string, args ...any) { progress.Say(fmt.Sprintf(format, args...)) }
	p.campaign.Observer = progress

	p.options.Progress("starting Redis and MySQL")
	world, err := live.Open(ctx, p.options, p.persistences()...)
	defer func() {
		if e := world.Close(context.WithoutCancel(ctx)); e != nil {
			err = errors.Join(err, e)
		}
	}()
	if err != nil {
		return err
	}
	p.options.Progress("Redis %s, MySQL %s, ready after %.1fs", world.Versions.Redis, world.Versions.MySQL, time.Since(began).Seconds())
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	ticking, stop := context.WithCancel(ctx)
	defer stop()
	go reports.Drive(ticking, ticker.C, progress.Tick)

	p.describe(world, began)
	p.campaign.World = world
	failure := p.campaign.Run(ctx, &p.results)
	p.results.Run.DurationMS = time.Since(began).Milliseconds()
	stop()
	progress.Close()
	return p.finish(ctx, failure)
}

// persistences are the kinds of Redis that the scenarios need.
func (p *chaos) persistences() []scenarios.Persistence {
	var all []scenarios.Persistence
	for _, s := range p.campaign.Scenarios {
		if !slices.Contains(all, s.Persistence) {
			all = append(all, s.Persistence)
		}
	}
	return all
}

// leaveOut drops the scenarios that cannot take place.
func (p *chaos) leaveOut() error {
	p.campaign.Scenarios = slices.DeleteFunc(p.campaign.Scenarios, func(s scenarios.Scenario) bool {
		why := p.options.Unable(s)
		if why != "" {
			p.leftOut = append(p.leftOut, fmt.Sprintf("left out: scenario %s: %s", s.Name, why))
		}
		return why != ""
	})
	if len(p.campaign.Scenarios) == 0 {
		return advice{error: errors.New("no scenario is left that can take place"), try: "onceover list scenarios", code: exitNoCell}
	}
	return nil
}

func (p *chaos) describe(world *live.World, began time.Time) {
	p.results = reports.Results{
		Schema: reports.Schema,
		Tool:   reports.Tool{Name: "onceover", Version: version()},
		Run: reports.Invocation{
			ID: rand.Text()[:10], World: "live", Started: began.UTC(),
			Replay: fmt.Sprintf("onceover chaos --seed %d%s", p.seed, p.flags()),
		},
		Environment: reports.Environment{
			MySQL: world.Versions.MySQL, Redis: world.Versions.Redis,
			Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH, CPUs: runtime.NumCPU(),
		},
		Config: reports.Config{
			Seed: p.seed, Rows: p.c.Rows, ChunkSize: p.c.ChunkSize, Workers: p.c.Workers,
			Runs: p.c.Runs, TTLMS: p.c.TTL.Milliseconds(), Worker: p.c.WorkerCmd,
		},
		Cells: []reports.Cell{},
	}
}

// finish writes the results and prints the table.
func (p *chaos) finish(ctx context.Context, failure error) error {
	if ctx.Err() != nil {
		p.results.Gate.ExitCode = exitInterrupted
	}
	if err := p.write(); err != nil {
		return errors.Join(failure, err)
	}
	if err := reports.WriteTable(p.s.stdout, &p.results, reports.Style{
		Colour: coloured(p.g.Color, p.s.stdout, p.s.getenv), Width: width(p.s.stdout),
	}); err != nil {
		return err
	}
	fmt.Fprintf(p.s.stdout, "Report: %s\nReplay: %s\n", filepath.Join(p.c.Out, "report.html"), p.results.Run.Replay)
	if failure != nil {
		return failure
	}
	if p.results.Gate.ExitCode != exitOK {
		return gateError{p.results.Gate.ExitCode}
	}
	return nil
}

func (p *chaos) write() error {
	if err := p.results.Write(p.c.Out); err != nil {
		return err
	}
	var page strings.Builder
	if err := reports.WriteHTML(&page, &p.results); err != nil {
		return err
	}
	return reports.WriteFile(filepath.Join(p.c.Out, "report.html"), []byte(page.String()))
}

// replay is the command that does one run again.
func (p *chaos) replay(e scenarios.Execution) string {
	one := *p
	one.c.Strategy, one.c.Scenario, one.c.Runs = []string{e.Strategy}, []string{e.Scenario.Name}, 1
	if p.c.WorkerCmd != "" {
		one.c.Strategy = nil
	}
	return fmt.Sprintf("onceover chaos --seed %d%s", e.Seed, one.flags())
}

// flags writes the settings that differ from the defaults. Addresses of
// servers are left out: they may hold passwords.
func (p *chaos) flags() string {
	var b strings.Builder
	set := func(differs bool, format string, args ...any) {
		if differs {
			fmt.Fprintf(&b, " "+format, args...)
		}
	}
	for _, s := range p.c.Strategy {
		set(true, "--strategy %s", s)
	}
	for _, s := range p.c.Scenario {
		set(true, "--scenario %s", s)
	}
	set(p.c.Faults != "", "--faults %q", p.c.Faults)
	set(p.c.Runs != 3, "--runs %d", p.c.Runs)
	set(p.c.Rows != 4000, "--rows %d", p.c.Rows)
	set(p.c.Shape != scenarios.Dense, "--shape %s", p.c.Shape)
	set(p.c.ChunkSize != 50, "--chunk-size %d", p.c.ChunkSize)
	set(p.c.Workers != 8, "--workers %d", p.c.Workers)
	set(p.c.Consumers != 0, "--consumers %d", p.c.Consumers)
	set(p.c.TTL != 500*time.Millisecond, "--ttl %s", p.c.TTL)
	set(p.c.Deadline != 15*time.Second, "--deadline %s", p.c.Deadline)
	set(p.c.WorkerCmd != "", "--worker-cmd %q", p.c.WorkerCmd)
	return b.String()
}
