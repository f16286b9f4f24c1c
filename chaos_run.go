package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
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
	"onceover/scenarios/live"
	"onceover/scenarios/servers"
)

func (p *chaos) run(ctx context.Context) (err error) {
	if err := p.enter(); err != nil {
		return err
	}
	defer func() { _ = p.held.Close() }()
	p.campaign.Out = p.folder.Path()
	p.announce()
	progress := p.progress(p.campaign.Cells(), path.Base, p.work()...)
	defer progress.Close()
	p.options.Progress = func(format string, args ...any) { progress.Say(fmt.Sprintf(format, args...)) }
	p.campaign.Observer = progress
	said := onInterrupt(ctx, func() { fmt.Fprintln(p.stderr, stopping) })
	defer said()

	p.describe()
	if err := p.first(); err != nil {
		return err
	}
	if p.campaign.Left() == 0 {
		return p.conclude(ctx, nil, p.campaign.Run(ctx, &p.results))
	}
	worlds, err := live.OpenAll(ctx, p.jobs, p.options, p.persistences()...)
	defer func() { err = p.close(ctx, worlds, err) }()
	if ctx.Err() == nil && errors.Is(err, servers.ErrNoEngine) && p.notSimulated() == "" {
		progress.Close()
		return p.simulate(ctx, err)
	}
	if err != nil {
		return p.abort(p.noWorld(ctx, err))
	}
	p.options.Progress("Redis %s, MySQL %s, ready after %.1fs", worlds[0].Versions.Redis, worlds[0].Versions.MySQL, time.Since(p.began).Seconds())
	stop := ticking(ctx, progress.Tick)
	defer stop()

	if err := p.meet(worlds[0].Versions.Redis, worlds[0].Versions.MySQL); err != nil {
		return p.abort(err)
	}
	if err := p.countRows(ctx, worlds[0]); err != nil {
		return p.abort(err)
	}
	if err := p.examine(ctx, worlds[0]); err != nil {
		return p.abort(err)
	}
	for _, world := range worlds {
		p.campaign.Worlds = append(p.campaign.Worlds, world)
	}
	p.campaign.Keep = func(sofar reports.Results) error {
		sofar.Run.DurationMS = p.took().Milliseconds()
		return p.writer().Keep(sofar, reports.ExitInterrupted)
	}
	failure := p.campaign.Run(ctx, &p.results)
	said()
	failure = p.close(ctx, worlds, failure) // the results say it if something is left
	p.results.Run.DurationMS = p.took().Milliseconds()
	stop()
	progress.Close()
	return p.conclude(ctx, nil, failure)
}

// announce says what is to be done, the seed first.
func (p *chaos) announce() {
	atOnce := ""
	if p.jobs > 1 {
		atOnce = fmt.Sprintf(", %d at a time", p.jobs)
	}
	fmt.Fprintf(p.stderr, "seed %d, %s%s%s, %s, %s, out %s\n", p.campaign.Seed, p.share(), p.size(), atOnce, p.rowsText(), format.Plural(p.c.Workers, "worker", "workers"), p.folder.Path())
	if p.resumed != nil {
		fmt.Fprintf(p.stderr, "going on: %d of %s are done\n", p.results.Run.Planned-p.campaign.Left(), format.Plural(p.results.Run.Planned, "run", "runs"))
	}
	for _, left := range p.leftOut {
		fmt.Fprintf(p.stderr, "left out: %s\n", left)
	}
}

// size is how many cells there are, and runs of each.
func (p *chaos) size() string {
	c := p.campaign
	text := fmt.Sprintf("%s x %s", format.Plural(c.Total(), "cell", "cells"), format.Plural(c.Runs, "run", "runs"))
	if c.Others > 0 && c.Others != c.Runs {
		text += fmt.Sprintf(", %d of those that need not be safe", c.Others)
	}
	return text
}

// work is what is to be done, by scenarios: it is they that decide how long a run takes.
func (p *chaos) work() (all []terminal.Work) {
	for _, s := range p.campaign.Scenarios {
		w := terminal.Work{Kind: s.Name, Runs: p.campaign.Of(s), AtOnce: p.jobs}
		if s.Measured {
			w.AtOnce = 1
		}
		all = append(all, w)
	}
	return all
}

// abort says what a campaign came to that could not begin: the newest results are
// these, not some that an earlier one has left.
func (p *chaos) abort(to error) error {
	if p.resumed != nil {
		return to // its results stay as they were
	}
	return errors.Join(to, p.writer().Begin(p.results, exitCode(to)))
}

// noWorld says that the campaign could not begin.
func (p *chaos) noWorld(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, servers.ErrNoEngine):
		return fmt.Errorf("%w\nthe simulated world is no substitute for real servers here: %s", err, p.notSimulated())
	case denied(err):
		return err
	case p.options.Redis != nil || p.options.MySQL != nil:
		return advice{error: err, try: "are the servers running, and are the addresses and logins right?", code: reports.ExitEnvironment}
	}
	return advice{error: err, try: "onceover doctor", code: reports.ExitEnvironment}
}

// close removes what was started, and says so if something is left.
func (p *chaos) close(ctx context.Context, worlds live.Worlds, err error) error {
	left := worlds.Close(context.WithoutCancel(ctx))
	if left == nil {
		return err
	}
	fmt.Fprintf(p.stderr, "error: clean up: %s\n", format.OneLine(left))
	if err == nil {
		err = gateError{reports.ExitBug}
	}
	return err
}

// persistences are the kinds of Redis that the scenarios need.
func (p *chaos) persistences() (all []faults.Persistence) {
	for _, s := range p.campaign.Scenarios {
		if p.campaign.Of(s) > 0 && !slices.Contains(all, s.Persistence) {
			all = append(all, s.Persistence)
		}
	}
	return all
}

// leaveOut drops the scenarios that cannot take place. One that was asked for by
// name is an error: a gate must not pass without it.
func (p *chaos) leaveOut() error {
	var possible []scenarios.Scenario
	for _, s := range p.campaign.Scenarios {
		why := cmp.Or(p.options.Unable(s), p.pointless(s))
		switch {
		case why == "":
			possible = append(possible, s)
		case slices.Contains(p.c.Scenario, s.Name):
			return advice{
				error: fmt.Errorf("scenario %s cannot take place: %s", s.Name, why),
				try:   "another one (onceover list scenarios), or none: what cannot take place is then left out, and named in the report", code: reports.ExitNoCell,
			}
		default:
			p.leftOut = append(p.leftOut, fmt.Sprintf("scenario %s: %s", s.Name, why))
		}
	}
	p.campaign.Scenarios = possible
	return nil
}

// pointless says why a scenario can show nothing of a strategy, or "".
func (p *chaos) pointless(s scenarios.Scenario) string {
	if p.c.Consumers > 0 && s.Persistence.Forgets(s.Needs) {
		return "Redis forgets what consumers have taken, so it comes again whatever the strategy does"
	}
	return ""
}

func (p *chaos) describe() {
	p.results = p.newResults(reports.WorldLive, p.command())
	if p.resumed != nil {
		p.results.Run.Started, p.results.Environment = p.resumed.results.Run.Started, p.resumed.results.Environment
		p.results.Run.DurationMS = p.resumed.results.Run.DurationMS // if only its end is left
	}
	p.results.Run.LeftOut = strings.Join(p.leftOut, "; ")
	p.results.Gate.Expected = p.expected
	p.campaign.Plan(&p.results.Run)
	catalogue.Describe(&p.results, p.campaign.Strategies, p.campaign.Scenarios)
	jobs := p.jobs
	if jobs == 1 {
		jobs = 0 // as in results from before there were several
	}
	masked := p.c.masked()
	p.results.Config = reports.Config{
		Seed: p.campaign.Seed, ChunkSize: p.c.ChunkSize, Workers: p.c.Workers,
		Runs: p.campaign.Runs, Others: p.campaign.Others, Jobs: jobs, TTLMS: p.c.TTL.Milliseconds(), Worker: masked.WorkerCmd, WorkerDigest: p.c.digest(),
		Consumers: p.c.Consumers, Plan: p.plan.String(), DeadlineMS: p.c.Deadline.Milliseconds(),
		Element: p.c.Element, Target: p.options.Target.String(), Setup: masked.Setup, Teardown: masked.Teardown,
	}
	p.describeTable(&p.results.Config)
}

// setExpectations holds the campaign to what is expected. It has to come before
// anything that was selected is left out: that is gone, if it is expected by name.
func (p *chaos) setExpectations() error {
	e, named, err := coveringExpectations(p.c.Expect, reports.WorldLive, p.campaign.Strategies, p.campaign.Scenarios)
	if err != nil {
		return err
	}
	// The standard ones name strategies that are run only where they are asked for.
	all := len(p.c.Strategy) == 0 && p.c.WorkerCmd == "" && p.c.Expect != ""
	p.expected = e.Source
	p.campaign.Named = e.Named(reports.WorldLive, func(strategy string) bool {
		return slices.Contains(p.campaign.Strategies, strategy) || all && strategy != scenarios.External
	}, named)
	p.campaign.Expected = func(strategy, scenario string) reports.Expectation {
		what, _ := e.Of(reports.WorldLive, strategy, scenario) // they are covered
		if p.required > 0 && what.Demand == reports.DemandSafe && (what.MaxRate == 0 || what.MaxRate > p.required) {
			what.MaxRate = p.required
		}
		what.Content = what.Content || p.c.RequireContent && what.Demand == reports.DemandSafe
		return what
	}
	return nil
}

// simulatedBudget is the time for a cell when chaos has to do without servers.
const simulatedBudget = 5 * time.Second

// notSimulated says why the campaign cannot go on without an engine, or "": its
// strategies and scenarios are the same in the simulated world, but nothing else
// that a flag can ask for, and what CI asks for are real servers.
func (p *chaos) notSimulated() string {
	for _, s := range p.settings() {
		if s.flag != "strategy" && s.flag != "scenario" && s.flag != "jobs" {
			return "--" + s.flag + " is for them; onceover explore searches the simulated one, with flags of its own"
		}
	}
	switch {
	case p.resumed != nil:
		return "--resume goes on with a campaign on them"
	case p.campaign.Shard.Of > 0:
		return "--shard is for them"
	case p.options.Redis != nil || p.options.MySQL != nil:
		return "a server was named"
	case p.getenv("CI") != "":
		return "CI is set, and what was not tested has not passed; onceover explore --all searches it"
	}
	return ""
}

// simulate does the work in the simulated world, and says aloud what that leaves out.
func (p *chaos) simulate(ctx context.Context, noEngine error) error {
	const left = "real Redis and MySQL, real processes, signals and disks"
	fmt.Fprintf(p.stderr, "NO REAL SERVERS: %v\n", noEngine)
	fmt.Fprintln(p.stderr, "going on in the simulated world: the same strategies and scenarios, with models of the servers;")
	fmt.Fprintf(p.stderr, "not done: %s (start Docker, see onceover doctor)\n", left)
	e := exploreCmd{
		Strategy: p.campaign.Strategies, Scenario: catalogue.ScenarioNames(p.campaign.Scenarios), Workers: 2, Chunks: 2,
		Budget: simulatedBudget, Seed: &p.campaign.Seed, Out: p.c.Out,
	}
	x, err := e.prepare(p.g, p.streams)
	if err != nil {
		return p.abort(err)
	}
	x.leftOut = left + ", for want of a Docker engine: all of this is simulated"
	defer debug.SetGCPercent(debug.SetGCPercent(collectRarely))
	x.folder, x.began = p.folder, time.Now()
	return x.search(ctx)
}
