package main

import (
	"context"
	"fmt"
	"onceover/scenarios/catalogue"
	"runtime/debug"
	"time"
)

// simulatedBudget is the time for a cell when chaos has to do without servers.
const simulatedBudget = 5 * time.Second

// notSimulated says why the campaign cannot go on without an engine, or "": its
// strategies and scenarios are the same in the simulated world, but nothing else
// that a flag can ask for, and what CI asks for are real servers.
func (p *chaos) notSimulated() string {
	for _, s := range p.settings() {
		if s.flag != "strategy" && s.flag != "scenario" {
			return "--" + s.flag + " is for them; onceover explore searches the simulated one, with flags of its own"
		}
	}
	switch {
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
		Strategy: p.c.Strategy, Scenario: catalogue.ScenarioNames(p.campaign.Scenarios), Workers: 2, Chunks: 2,
		Budget: simulatedBudget, Seed: &p.seed, Out: p.c.Out,
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
