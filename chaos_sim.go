package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"onceover/scenarios/live"
)

// simulatedBudget is the time for a cell when chaos has to do without servers.
const simulatedBudget = 5 * time.Second

// canSimulate tells whether the campaign can go on without an engine: its
// strategies and scenarios are the same in the simulated world, a foreign program
// and a plan for real servers are not, and a search bounds no rate.
func (p *chaos) canSimulate(ctx context.Context, err error) bool {
	return errors.Is(err, live.ErrNoEngine) && ctx.Err() == nil &&
		p.c.WorkerCmd == "" && p.campaign.Plan == nil && p.c.Require == "" && p.options.Redis == nil && p.options.MySQL == nil
}

// simulate does the work in the simulated world, and says aloud what that leaves out.
func (p *chaos) simulate(ctx context.Context, noEngine error) error {
	fmt.Fprintf(p.s.stderr, "NO REAL SERVERS: %v\n", noEngine)
	fmt.Fprintln(p.s.stderr, "going on in the simulated world: the same strategies and scenarios, with models of the servers;")
	fmt.Fprintln(p.s.stderr, "not done: real Redis and MySQL, real processes, signals and disks (start Docker, see onceover doctor)")
	e := exploreCmd{
		Strategy: p.c.Strategy, Scenario: p.scenarioNames(), Workers: 2, Chunks: 2,
		Budget: simulatedBudget, Seed: &p.seed, Out: p.c.Out, Expect: p.c.Expect,
	}
	x, err := e.prepare(p.g, p.s)
	if err != nil {
		p.folder.leave()
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(collectRarely))
	return x.search(ctx, p.folder)
}

func (p *chaos) scenarioNames() (names []string) {
	for _, s := range p.campaign.Scenarios {
		names = append(names, s.Name)
	}
	return names
}
