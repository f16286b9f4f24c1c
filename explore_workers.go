package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/live"
	"onceover/scenarios/lockstep"
	"onceover/sim"
	"onceover/sim/draw"
)

// lockstepFlags are those of explore that are about programs of one's own.
type lockstepFlags struct {
	WorkerCmd  string `placeholder:"COMMAND" help:"Explore a program of your own, under the contract in the README, with real processes on a real Redis and MySQL in containers: each of its requests waits until it is chosen."`
	Element    string `placeholder:"WHERE" help:"With --worker-cmd: where the id stands in an element, as for chaos."`
	Runs       int    `placeholder:"N" help:"With --worker-cmd: no more than so many schedules."`
	RedisImage string `env:"REDIS_IMAGE" placeholder:"IMAGE" help:"Redis image of --worker-cmd; else redis:8.0, or one built here."`
	MySQLImage string `name:"mysql-image" env:"MYSQL_IMAGE" placeholder:"IMAGE" help:"MySQL image of --worker-cmd; else mysql:9.7, or one built here."`
}

// stepping is a search with real processes that is ready to begin.
type stepping struct {
	invocation
	c       exploreCmd
	options lockstep.Options
	search  lockstep.Search
	files   []string
}

// exploreWorkers explores a program of the user's.
func (c exploreCmd) exploreWorkers(ctx context.Context, g *cli, s streams) error {
	x, err := c.prepareWorkers(g, s)
	if err != nil {
		return err
	}
	if err := x.open(c.Out); err != nil {
		return err
	}
	return x.run(ctx)
}

func (c exploreCmd) prepareWorkers(g *cli, s streams) (*stepping, error) {
	loader.SilenceDrivers()
	command, err := readCommand("worker-cmd", c.WorkerCmd, live.Options{}.Passwords())
	if err != nil {
		return nil, err
	}
	switch {
	case len(c.Strategy) > 0:
		return nil, usagef("--worker-cmd brings a strategy of its own, so --strategy cannot be given")
	case c.All || len(c.Scenario) > 0 || c.Trials || c.Defects:
		return nil, usagef("--worker-cmd is one cell: leave out --all, --scenario, --trials and --defects")
	case c.Exhaustive:
		return nil, usagef("--worker-cmd: schedules of real processes are drawn, and never all of them: leave out --exhaustive")
	case c.Shard != "" || c.ShardFrom != "":
		return nil, usagef("--worker-cmd is one search, which has no shards: use other seeds")
	case c.Jobs != 0:
		return nil, usagef("--worker-cmd carries out one schedule at a time: leave out --jobs")
	case c.Expect != "":
		return nil, usagef("--worker-cmd: nothing is expected of a program that is not in the catalogue: leave out --expect")
	case c.Runs < 0:
		return nil, usagef("--runs %d is negative", c.Runs)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	c.Seed = new(seedOr(c.Seed))
	x := &stepping{c: c, invocation: invocation{g: g, streams: s}}
	x.options = lockstep.Options{Command: command, Workers: c.Workers, Chunks: c.Chunks, RedisImage: c.RedisImage, MySQLImage: c.MySQLImage}
	x.search = lockstep.Search{Seed: *c.Seed, Runs: c.Runs, Limit: c.Budget, Want: []reports.Verdict{reports.Duplicated, reports.Lost}}
	if c.Element != "" {
		if x.options.Element, err = check.ParseElement(c.Element); err != nil {
			return nil, advice{error: usagef("--element: %w", err), try: check.Forms, code: reports.ExitUsage}
		}
	}
	x.search.Budget, err = c.lockstepBudget()
	return x, err
}

// lockstepBudget is what may go wrong, of what can with real processes.
func (c exploreCmd) lockstepBudget() (faults.Budget, error) {
	if c.Faults == nil {
		return faults.Budget{faults.Kill: 1, faults.LoseReply: 1, faults.Cut: 1}, nil
	}
	budget, err := faults.ParseBudget(strings.Join(c.Faults, ","))
	if err != nil {
		return nil, badFaults(err)
	}
	for _, kind := range slices.Sorted(maps.Keys(budget)) {
		if !slices.Contains(lockstep.Faults(), kind) {
			return nil, advice{
				error: usagef("--faults: with --worker-cmd %s is not explored", kind),
				try:   "--faults 'kill x1, lose-reply x1, cut x1', or chaos, which has all of them", code: reports.ExitUsage,
			}
		}
	}
	return budget, nil
}

func (x *stepping) run(ctx context.Context) (err error) {
	fmt.Fprintf(x.stderr, "seed %d, %s, %s, %v, up to %s, out %s\n", *x.c.Seed, format.Plural(x.c.Workers, "worker", "workers"),
		format.Plural(x.c.Chunks, "chunk", "chunks"), x.search.Budget, x.c.Budget, x.folder.Path())
	say := func(text string, args ...any) { fmt.Fprintf(x.stderr, text+"\n", args...) }
	x.options.Progress = say
	w, err := lockstep.Open(ctx, x.options)
	defer func() { err = errors.Join(err, w.Close(context.WithoutCancel(ctx))) }()
	if err != nil {
		return unfitWorker(err)
	}
	say("Redis %s, MySQL %s, ready after %.1fs", w.Versions.Redis, w.Versions.MySQL, time.Since(x.began).Seconds())
	out, err := w.Explore(ctx, x.search)
	if err != nil && len(out.Found) == 0 {
		return unfitWorker(err)
	}
	for i := range out.Found {
		if err := x.shrink(ctx, w, &out.Found[i]); err != nil {
			return err
		}
	}
	return x.tell(ctx, out)
}

// shrink makes a counterexample small, stores it and draws it.
func (x *stepping) shrink(ctx context.Context, w *lockstep.World, found *lockstep.Counterexample) error {
	began := time.Now()
	err := w.Shrink(ctx, found, x.search.Shrink)
	var diverged *lockstep.Diverged
	if err != nil && !errors.As(err, &diverged) {
		return err
	}
	file := filepath.Join(x.folder.Path(), fmt.Sprintf("%s-%s.jsonl", scenarios.External, found.Verdict))
	var text strings.Builder
	if err := found.Log.Write(&text); err != nil {
		return err
	}
	if err := reports.WriteFile(file, []byte(text.String())); err != nil {
		return err
	}
	if err := x.draw(found); err != nil {
		return err
	}
	if diverged != nil {
		fmt.Fprintf(x.stdout, "It could not be repeated: %v\n", diverged)
	}
	fmt.Fprintf(x.stdout, "found in schedule %d (%s), shrunk from %d to %d events in %.1fs, repeated %d times\nreplay: onceover replay %s\n\n",
		found.Schedule, found.Stage, found.From, len(found.Run.Log), time.Since(began).Seconds(), found.Repeated, quote(file))
	return nil
}

func (x *stepping) draw(found *lockstep.Counterexample) error {
	return draw.Terminal(x.stdout, lockstepCase(found.Log, found.Result, found), draw.Options{
		Width: width(x.stdout), Color: coloured(x.g.Color, x.stdout, x.getenv),
	})
}

// lockstepCase is a schedule of real processes as it is drawn.
func lockstepCase(l lockstep.Log, r lockstep.Result, found *lockstep.Counterexample) draw.Case {
	c := draw.Case{Setup: sim.Setup{Name: scenarios.External, Workers: l.Workers, Chunks: l.Chunks, Rows: l.Rows}, Run: r.Run}
	if found != nil {
		c.Passing = found.Passing
	}
	return c
}

// tell says what the search came to.
func (x *stepping) tell(ctx context.Context, out lockstep.Outcome) error {
	fmt.Fprintf(x.stdout, "%s in %.1fs, %.1f/s\n", format.Plural(out.Schedules, "schedule", "schedules"), out.Elapsed.Seconds(), out.PerSecond())
	fmt.Fprintf(x.stdout, "%d with faults, %d different, %d weak %v, %d slept, stages %v, verdicts %v\n", out.Faulty, out.Traces, out.Weak, out.WhyWeak, out.Slept, out.Stages, out.Verdicts)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if len(out.Found) > 0 {
		return gateError{reports.ExitFail}
	}
	return nil
}

// unfitWorker gives the errors of a program that cannot be judged their cure.
func unfitWorker(err error) error {
	for _, known := range []error{lockstep.ErrSilent, lockstep.ErrUnfit, lockstep.ErrNothingDone} {
		if errors.Is(err, known) {
			return advice{error: err, try: "run the program by hand; environment variables tell it everything (README, A worker in another language)", code: reports.ExitUsage}
		}
	}
	return err
}
