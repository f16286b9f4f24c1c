package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/secret"
	"onceover/reports/terminal"
	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/live"
	"onceover/scenarios/lockstep"
	"onceover/sim"
	"onceover/sim/draw"
	"onceover/sim/shrink"
)

// lockstepFlags are those of explore that are about programs of one's own.
type lockstepFlags struct {
	WorkerCmd string `placeholder:"COMMAND" help:"Explore a program of your own, under the contract in the README, in place of the simulation: real processes on a real Redis and MySQL in containers, and each of their requests waits until it is chosen. Of faults there are kill, lose-reply, cut, mysql-cut and pause, which outlasts leases of up to 5 s. Time is real; the order of threads inside one worker is not explored. Schedules are drawn and never all of them."`
	Element   string `placeholder:"WHERE" help:"With --worker-cmd: where the id stands in an element, as for chaos."`
	targetFlags
	Runs       int    `placeholder:"N" help:"With --worker-cmd: no more than so many schedules."`
	RedisImage string `env:"REDIS_IMAGE" placeholder:"IMAGE" help:"Redis image for --worker-cmd; else redis:8.0, or one built here."`
	MySQLImage string `name:"mysql-image" env:"MYSQL_IMAGE" placeholder:"IMAGE" help:"MySQL image for --worker-cmd; else mysql:9.7, or one built here."`
}

// stepping is a search with real processes that is ready to begin.
type stepping struct {
	invocation
	c       exploreCmd
	options lockstep.Options
	search  lockstep.Search
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
	if err == nil && secret.Mask(c.WorkerCmd) != c.WorkerCmd {
		err = advice{error: usagef("--worker-cmd holds a secret, and a counterexample holds the command that repeats it"), try: "give the program its secrets by the environment", code: reports.ExitUsage}
	}
	if err == nil {
		err = cmp.Or(c.notForWorkers(), c.check())
	}
	if err != nil {
		return nil, err
	}
	c.Seed = new(seedOr(c.Seed))
	x := &stepping{c: c, invocation: invocation{g: g, streams: s}}
	x.options = lockstep.Options{Command: command, Workers: c.Workers, Chunks: c.Chunks, RedisImage: c.RedisImage, MySQLImage: c.MySQLImage}
	x.search = lockstep.Search{Seed: *c.Seed, Runs: c.Runs, Limit: c.Budget, Want: []reports.Verdict{reports.Duplicated, reports.Lost}}
	if x.options.Element, err = readElement(c.Element); err != nil {
		return nil, err
	}
	if x.options.Target, err = c.targetFlags.read(); err != nil {
		return nil, err
	}
	x.search.Budget, err = c.lockstepBudget()
	return x, err
}

// readElement reads what --element says.
func readElement(text string) (check.Element, error) {
	if text == "" {
		return check.Element{}, nil
	}
	element, err := check.ParseElement(text)
	if err != nil {
		err = advice{error: usagef("--element: %w", err), try: check.Forms, code: reports.ExitUsage}
	}
	return element, err
}

// notForWorkers is an error if something is given that --worker-cmd cannot have.
func (c exploreCmd) notForWorkers() error {
	switch {
	case len(c.Strategy) > 0:
		return usagef("--worker-cmd brings a strategy of its own, so --strategy cannot be given")
	case c.All || len(c.Scenario) > 0 || c.Trials || c.Defects:
		return usagef("--worker-cmd is one search: leave out --all, --scenario, --trials and --defects")
	case c.Exhaustive:
		return usagef("--worker-cmd: schedules of real processes are drawn, and never all of them: leave out --exhaustive")
	case c.Shard != "" || c.ShardFrom != "":
		return usagef("--worker-cmd is one search, which has no shards: give each machine another seed")
	case c.Jobs != 0:
		return usagef("--worker-cmd carries out one schedule at a time: leave out --jobs")
	case c.Expect != "":
		return usagef("--worker-cmd is a program of which nothing is expected: leave out --expect")
	case c.Runs < 0:
		return usagef("--runs %d is negative", c.Runs)
	case c.Workers > lockstep.MostWorkers:
		return usagef("--worker-cmd: no more than %d --workers are possible", lockstep.MostWorkers)
	case c.Chunks > lockstep.MostChunks:
		return usagef("--worker-cmd: no more than %d --chunks are possible", lockstep.MostChunks)
	}
	return nil
}

// onlyForWorkers is an error if something is given that has no meaning without --worker-cmd.
func (c exploreCmd) onlyForWorkers() error {
	switch {
	case c.WorkerCmd != "":
		return nil
	case c.Element != "":
		return usagef("--element is for --worker-cmd: what Onceover's own workers write is known")
	case c.targetFlags.given() != "":
		return usagef("%s is for --worker-cmd: Onceover's own workers fill one list", c.targetFlags.given())
	case c.Runs != 0:
		return usagef("--runs is for --worker-cmd: the stages of a simulated search have their own sizes")
	}
	return nil
}

// lockstepBudget is what may go wrong, of what can with real processes.
func (c exploreCmd) lockstepBudget() (faults.Budget, error) {
	if c.Faults == nil {
		return faults.Budget{faults.Kill: 1, faults.LoseReply: 1, faults.Cut: 1, faults.MySQLCut: 1, faults.Pause: 1}, nil
	}
	budget, err := faults.ParseBudget(strings.Join(c.Faults, ","))
	if err != nil {
		return nil, badFaults(err)
	}
	for _, kind := range slices.Sorted(maps.Keys(budget)) {
		if !slices.Contains(lockstep.Faults(), kind) {
			return nil, advice{
				error: usagef("--faults: with --worker-cmd %s cannot be chosen; kill, lose-reply, cut, mysql-cut and pause can", kind),
				try:   "--faults 'kill x1, lose-reply x1, cut x1, mysql-cut x1, pause x1', or onceover chaos --worker-cmd, which has every fault", code: reports.ExitUsage,
			}
		}
	}
	return budget, nil
}

// mostShrinking is how long a counterexample may take to be made small.
const mostShrinking = 20 * time.Second

func (x *stepping) run(ctx context.Context) (err error) {
	fmt.Fprintf(x.stderr, "seed %d, %s, %s, %v, up to %s, out %s\n", *x.c.Seed, format.Plural(x.c.Workers, "worker", "workers"),
		format.Plural(x.c.Chunks, "chunk", "chunks"), x.search.Budget, x.c.Budget, x.folder.Path())
	defer onInterrupt(ctx, func() { fmt.Fprintln(x.stderr, stopping) })()
	x.options.Progress = func(text string, args ...any) { fmt.Fprintf(x.stderr, text+"\n", args...) }
	w, err := lockstep.Open(ctx, x.options)
	defer func() { err = errors.Join(err, w.Close(context.WithoutCancel(ctx))) }()
	if err != nil {
		return cmp.Or(ctx.Err(), unfitWorker(err))
	}
	fmt.Fprintf(x.stderr, "Redis %s, MySQL %s, ready after %.1fs\n", w.Versions.Redis, w.Versions.MySQL, time.Since(x.began).Seconds())
	out, failed := x.explore(ctx, w)
	if ctx.Err() != nil {
		failed = nil
	}
	for i := range out.Found { // also if the search has failed since
		failed = errors.Join(failed, x.smallest(ctx, w, &out.Found[i]))
	}
	switch {
	case failed == nil:
		return x.conclusion(ctx, out)
	case !slices.ContainsFunc(out.Found, lockstep.Counterexample.Proves):
		return unfitWorker(failed)
	}
	fmt.Fprintf(x.stderr, "error: %s\n", format.Plain(failed.Error())) // what was found decides
	return errors.Join(x.conclusion(ctx, out), failed)
}

func (x *stepping) explore(ctx context.Context, w *lockstep.World) (lockstep.Outcome, error) {
	progress, stop := x.g.counting(ctx, x.streams, "schedules", x.c.Runs)
	defer stop()
	x.search.Progress = func(out lockstep.Outcome) { progress.Set(int64(out.Schedules)) }
	return w.Explore(ctx, x.search)
}

// smallest makes a counterexample small, stores it and draws it.
func (x *stepping) smallest(ctx context.Context, w *lockstep.World, found *lockstep.Counterexample) error {
	began := time.Now()
	failed := w.Shrink(ctx, found, mostShrinking)
	file := filepath.Join(x.folder.Path(), fmt.Sprintf("%s-%s.jsonl", scenarios.External, found.Verdict))
	var text strings.Builder
	err := found.Log.Write(&text)
	if err == nil {
		err = reports.WriteFile(file, []byte(text.String()))
	}
	if err == nil {
		err = drawWorkers(x.g, x.streams, found.Log, found.Result, "lanes")
	}
	if err != nil {
		return errors.Join(failed, err)
	}
	fmt.Fprintf(x.stdout, "found in schedule %d of the search (%s), shrunk from %d to %s in %.1fs%s, ", found.Schedule, found.Stage, found.From,
		format.Plural(len(found.Run.Log), "event", "events"), time.Since(began).Seconds(), map[bool]string{false: ", not to the end: its time was over"}[found.Done])
	switch {
	case failed != nil:
		fmt.Fprintln(x.stdout, "and not repeated, since something failed")
	case found.Diverged != nil:
		fmt.Fprintf(x.stdout, "and it could not be repeated: %v\n", found.Diverged)
	default:
		fmt.Fprintf(x.stdout, "repeated %d times\n", found.Repeated)
	}
	fmt.Fprintf(x.stdout, "replay: onceover replay %s\n\n", quote(file))
	return failed
}

// drawWorkers draws a schedule of real processes.
func drawWorkers(g *cli, s streams, l lockstep.Log, r lockstep.Result, form string) error {
	c := draw.Case{Setup: sim.Setup{Name: scenarios.External, Workers: l.Workers, Chunks: l.Chunks, Rows: l.Rows}, Run: r.Run, Mistake: format.Plain(r.Mistake)}
	if p := l.Passing; p != nil {
		c.Passing = &shrink.Neighbour{Event: p.Event, After: p.After, Removed: p.Removed}
	}
	switch form {
	case "mermaid":
		return draw.Mermaid(terminal.Whole(s.stdout), c)
	case "json":
		return draw.JSON(terminal.Whole(s.stdout), c)
	}
	return draw.Terminal(s.stdout, c, draw.Options{Width: width(s.stdout), Color: coloured(g.Color, s.stdout, s.getenv)})
}

// conclusion says what the search came to, and turns it into an exit code.
func (x *stepping) conclusion(ctx context.Context, out lockstep.Outcome) error {
	covered(x.stdout, out)
	code := x.judged(ctx, out)
	fmt.Fprintf(x.stdout, "Replay: %s\n", format.Plain(x.command()))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if code != reports.ExitPass {
		return gateError{code}
	}
	return nil
}

// judged says what follows from the search, as a sentence and as an exit code.
func (x *stepping) judged(ctx context.Context, out lockstep.Outcome) int {
	var proofs, others []string
	for _, c := range out.Found {
		switch {
		case c.Diverged == nil:
			proofs = append(proofs, because(c))
		case c.Proves():
			proofs = append(proofs, because(c)+" (seen in a run, which could not be repeated)")
		default:
			others = append(others, c.Why)
		}
	}
	if len(others) > 0 {
		fmt.Fprintf(x.stdout, "Not proven, since it could not be repeated: %s.\n", strings.Join(others, "; "))
	}
	if len(proofs) > 0 {
		for _, proof := range proofs {
			fmt.Fprintf(x.stdout, "Do not use it: %s.\n", proof)
		}
		return reports.ExitFail
	}
	if ctx.Err() != nil {
		return reports.ExitPass // that it was interrupted is said elsewhere
	}
	why := ""
	switch sound := out.Schedules - out.Weak; {
	case len(out.Endless) > 0:
		why = "some schedules did not end, and it is not known whether they ever would"
	case sound == 0:
		why = "every schedule needed a time-out"
	case 2*sound < out.Schedules:
		why = fmt.Sprintf("%d of %s needed a time-out, which is more than half", out.Weak, format.Plural(out.Schedules, "schedule", "schedules"))
	case x.search.Budget.Total() > 0 && out.Faulty == 0:
		why = "nothing went wrong in any schedule that counts"
	case len(others) > 0:
		return reports.ExitUnknown
	default:
		fmt.Fprintf(x.stdout, "Nothing was found in %s. That is a bound and no proof: schedules are drawn, and never all of them.\n", format.Plural(sound, "schedule", "schedules"))
		return reports.ExitPass
	}
	fmt.Fprintf(x.stdout, "Too little is known of it: %s.\n", why)
	return reports.ExitUnknown
}

// because is what became of a row, and by which mistake if that shows.
func because(c lockstep.Counterexample) string {
	if c.Mistake == "" {
		return c.Why
	}
	return c.Why + ": " + format.Plain(c.Mistake)
}

// covered says what was carried out.
func covered(to io.Writer, out lockstep.Outcome) {
	fmt.Fprintf(to, "%s in %.1fs, %.1f a second: %s, %d with faults, %d in which a worker slept, %d weak\n",
		format.Plural(out.Schedules, "schedule", "schedules"), out.Elapsed.Seconds(), out.PerSecond(), format.Plural(out.Traces, "order", "different orders"), out.Faulty, out.Slept, out.Weak)
	for _, why := range slices.Sorted(maps.Keys(out.WhyWeak)) {
		fmt.Fprintf(to, "  weak, and not counted: %d, since %s\n", out.WhyWeak[why], why)
	}
	if out.Longer > 0 {
		fmt.Fprintf(to, "  pauses last %s at most, and a key was seen that lives %s: if that is a lease, make it shorter\n", lockstep.MostLease, out.Longer.Round(time.Second))
	}
	for _, why := range slices.Sorted(maps.Keys(out.Endless)) {
		fmt.Fprintf(to, "  of them without an end, which proves nothing: %d, since %s\n", out.Endless[why], why)
	}
}

// command is this search as a command for a shell.
func (x *stepping) command() string {
	c := x.c
	if c.Faults != nil {
		c.Faults = []string{x.search.Budget.String()}
	}
	return fmt.Sprintf("onceover explore --seed %d%s", *c.Seed, flagText(settings(&c, "seed", "out")))
}

// unfitWorker gives the errors of a program that cannot be judged their cure.
func unfitWorker(err error) error {
	if errors.Is(err, lockstep.ErrTarget) {
		return advice{error: err, try: "--stream for a program that fills a stream, or --list for the names of its lists", code: reports.ExitUsage}
	}
	for _, known := range []error{lockstep.ErrSilent, lockstep.ErrUnfit, lockstep.ErrNothingDone} {
		if errors.Is(err, known) {
			return advice{error: err, try: "run the program by hand; environment variables tell it everything (README, A worker in another language)", code: reports.ExitUsage}
		}
	}
	return err
}
