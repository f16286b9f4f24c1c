package reporttest

import (
	"fmt"
	"time"

	"onceover/reports"
)

// Merged are results of both worlds, put together, with everything that results
// can hold: counterexamples, costs, recoveries, explanations, parts.
func Merged() *reports.Results {
	live, sim := Sample(), Sample()
	live.Run.ID, sim.Run.ID = "live-1", "sim-1"
	sim.Run.World, sim.Run.Started = reports.WorldSim, time.Date(2026, 1, 2, 16, 4, 5, 0, time.UTC)
	sim.Environment.MySQL, sim.Environment.Redis = "", ""
	sim.Config = reports.Config{Seed: 7, Rows: 6, ChunkSize: 2, Workers: 2, Runs: 1, TTLMS: 20}
	r := &reports.Results{
		Schema: reports.Schema, Tool: live.Tool, Run: live.Run, Environment: live.Environment, Config: live.Config,
		Cells: []reports.Cell{
			unsafeCell("none", "calm"), unsafeCell("none", "pause"),
			dearCell("set-nx", "calm", "safe", 3900, 4), pausedCell(),
			dearCell("lease-lua", "calm", "safe", 3400, 5), recoveredCell("lease-lua", "pause"),
			searched("none", "calm", "unsafe", Example()),
			searched("set-nx", "calm", "safe"), searched("set-nx", "pause", "unsafe", StaleExample()),
			searched("lease-lua", "calm", "safe"), searched("lease-lua", "pause", "safe(complete)"),
		},
		Strategies: []reports.StrategyText{
			{Name: "none", Summary: "no lock", How: "Everybody loads everything.", Rests: "Nothing.", Cost: "The work of all.", Use: "As a control."},
			{Name: "set-nx", Summary: "a lease", How: "A key with a time to live.", Rests: "On time.", Cost: "Two requests.", Use: "To save work."},
			{Name: "lease-lua", Summary: "a commit that asks", How: "Two scripts.", Rests: "On the commit.", Cost: "Two requests.", Use: "As the default."},
		},
		Scenarios: []reports.ScenarioText{{Name: "calm", Summary: "nothing goes wrong", Sim: "no faults"}, {Name: "pause", Summary: "workers stand still", Sim: "advances 1"}},
		Parts: []reports.Part{
			{Tool: live.Tool, Run: live.Run, Environment: live.Environment, Config: live.Config, Folder: "chaos-out"},
			{Tool: sim.Tool, Run: sim.Run, Environment: sim.Environment, Config: sim.Config, Folder: "explore-out"},
		},
		Gate: reports.Gate{Status: reports.Pass, Reasons: []reports.Reason{}, Expected: "expect.yaml"},
	}
	r.Run.World, r.Run.ID = reports.WorldBoth, "merged"
	return r
}

func inWorld(c reports.Cell, world string) reports.Cell {
	c.World = world
	return c
}

func unsafeCell(strategy, scenario string) reports.Cell {
	return inWorld(FullCell(strategy, scenario, "unsafe", reports.AsExpected, 8, DuplicatedRun(42), DuplicatedRun(43)), reports.WorldLive)
}

// pausedCell is caught in every run, and shows how.
func pausedCell() reports.Cell {
	c := FullCell("set-nx", "pause", "unsafe", reports.AsExpected, 2, DuplicatedRun(42), DuplicatedRun(43))
	x := StaleExample()
	x.ShrunkFrom, x.Repeated, x.File = 0, 0, ""
	x.Replay = c.Runs[0].Replay
	c.Counterexamples = []reports.Counterexample{x}
	return inWorld(c, reports.WorldLive)
}

// dearCell has eight right runs whose costs were counted.
func dearCell(strategy, scenario, expected string, speed float64, commands int64) reports.Cell {
	return WithCosts(inWorld(FullCell(strategy, scenario, expected, reports.AsExpected, 8), reports.WorldLive), speed, commands)
}

// WithCosts is a cell whose runs were measured, each a little faster than the one before.
func WithCosts(c reports.Cell, speed float64, commands int64) reports.Cell {
	for i := range c.Runs {
		read, sent, count, cpu := int64(500+10*i), int64(500), 10*commands, 1.5+float64(commands)/10
		c.Runs[i].RowsPerSec = speed + float64(25*i)
		c.Runs[i].Cost = &reports.Cost{Chunks: 10, RowsRead: &read, RowsSent: &sent, RedisCommands: &count, RedisCPUMS: &cpu}
	}
	return c
}

// recoveredCell went on after each of its faults but one.
func recoveredCell(strategy, scenario string) reports.Cell {
	c := dearCell(strategy, scenario, "safe", 1200, 6)
	for i := range c.Runs {
		run := &c.Runs[i]
		run.Plan = fmt.Sprintf("pause worker=1 chunk=%d at=read for=6s", i)
		run.Faults = []reports.Fault{{Text: run.Plan, Reached: true, Confirmed: true, Evidence: "it stood still", AtMS: 100, HealedMS: 6100}}
		run.RecoveryMS = []float64{5000 + float64(i)}
		run.Folder = fmt.Sprintf("runs/%s/%d", c.ID, run.Seed)
	}
	c.Runs[7].RecoveryMS, c.Runs[7].CensoredMS = nil, []float64{30000}
	return c
}

// searched is a cell of the simulated world; it is complete if nothing was found.
func searched(strategy, scenario, expected string, found ...reports.Counterexample) reports.Cell {
	run := reports.Run{Seed: 7, Verdict: reports.Safe, Why: "nothing was found", Plan: "no faults", DurationMS: 90}
	search := &reports.Search{Bounds: strategy + ", 2 workers, 3 chunks of 2 rows", Schedules: 14036, Live: 40, Checked: 3, Complete: true, Positions: 1200}
	if len(found) > 0 {
		run.Verdict, run.Why, run.Replay = found[0].Verdict, found[0].Sentence, found[0].Replay
		*search = reports.Search{Bounds: search.Bounds, Schedules: 17, Live: 17, Checked: 1, Left: "it ended with what it was to find"}
	}
	search.Stages = []reports.SearchStage{{Name: "random", Schedules: search.Schedules, Traces: 12, ElapsedMS: 80}}
	c := FullCell(strategy, scenario, expected, reports.AsExpected, 1, run)
	c.Runs[0].Replay = run.Replay
	c.BadRate = reports.Rate{Method: "none"}
	c.Search, c.Counterexamples = search, found
	return inWorld(c, reports.WorldSim)
}
