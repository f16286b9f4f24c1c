package scenarios_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports/reporttest"
	"onceover/scenarios"
	"onceover/sim"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

// TestTheSameSeedIsTheSameCampaign holds what a seed stands for: the plans that
// are carried out on real servers, and what a search of the simulated world
// finds, where, and after how many schedules. A replay command that somebody has
// kept must not come to mean something else unnoticed.
func TestTheSameSeedIsTheSameCampaign(t *testing.T) {
	var text strings.Builder
	for _, s := range scenarios.All() {
		for seed := range uint64(3) {
			plan := s.Faults(seed, faults.Limits{Chunks: 80, Steps: true}, time.Second)
			fmt.Fprintf(&text, "# %s, seed %d\n%s\n", s.Name, seed, plan)
		}
	}
	for _, strategy := range lock.Usual() {
		for _, s := range scenarios.All() {
			fmt.Fprintf(&text, "# %s/%s\n%s", strategy.Name, s.Name, searched(t, strategy, s))
		}
	}
	reporttest.Golden(t, "same-seed.txt", text.String())
}

// searched is a search of a small job with one seed, in words.
func searched(t *testing.T, strategy lock.Strategy, s scenarios.Scenario) string {
	t.Helper()
	scene, err := sim.Prepare(sim.Setup{
		Name: strategy.Name, Program: sim.Loader(strategy), Workers: 2, Chunks: 2,
		Persistence: s.Persistence, Budget: s.Budget,
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := search.Explore(scene, search.Options{Seed: 7, Random: 100, POS: 100, PCT: 100, Positions: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, stage := range result.Stages {
		fmt.Fprintf(&text, "%s: %d schedules, %d traces, %d positions, %d events\n",
			stage.Name, stage.Schedules, stage.Traces, stage.Positions, stage.Events)
	}
	for _, found := range result.Found {
		smallest, err := shrink.Shrink(context.Background(), scene, found.Run)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "%s by %s, schedule %d, %d events, shrunk to %v\n",
			found.Verdict, found.Stage, found.Schedule, len(found.Log), smallest.Log.Events)
	}
	return text.String()
}
