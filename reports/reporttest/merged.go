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
	c := FullCell(strategy, scenario, "unsafe", reports.AsExpected, 8, DuplicatedRun(42), DuplicatedRun(43))
	return inWorld(c, reports.WorldLive)
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
	c := FullCell(strategy, scenario, expected, reports.AsExpected, 8)
	for i := range c.Runs {
		read, sent, count, cpu := int64(500+10*i), int64(500), 10*commands, 1.5+float64(commands)/10
		c.Runs[i].RowsPerSec = speed + float64(25*i)
		c.Runs[i].Cost = &reports.Cost{Chunks: 10, RowsRead: &read, RowsSent: &sent, RedisCommands: &count, RedisCPUMS: &cpu}
	}
	return inWorld(c, reports.WorldLive)
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

// StaleExample is a worker that commits although its lease has run out.
func StaleExample() reports.Counterexample {
	const commit = "MULTI{LPUSH rows row:17; SETBIT chunks 0 1}"
	ask := func(n, worker int, at float64, request, reply string) reports.Step {
		return reports.Step{Number: n, AtMS: at, Worker: worker, Server: "redis", Request: request, Reply: reply, Outcome: reports.StepAnswered}
	}
	first, again := ask(5, 1, 20, commit, "1, 0"), ask(6, 0, 20, commit, "2, 1")
	first.Rows, again.Rows, again.Bad, again.First = "17 18", "17", true, 5
	return reports.Counterexample{
		Verdict: reports.Duplicated, Sentence: "Row 17 is pushed in step 5 by w1 and again in step 6 by w0.",
		Passing: "If step 6 came before step 3, nothing would go wrong.",
		Workers: []int{0, 1}, Servers: []string{"redis", "mysql"},
		Steps: []reports.Step{
			ask(1, 0, 0, "SET lock:0 w0 NX PX 20", "OK"),
			{Number: 2, Worker: 0, Server: "mysql", Request: "SELECT * FROM items WHERE id >= 17 AND id < 19", Reply: "2 rows", Outcome: reports.StepAnswered},
			{Number: 3, AtMS: 20, Worker: reports.Nobody, Text: "time passes, lock:0 runs out", Outcome: reports.StepNote, RunsOut: []int{0}},
			ask(4, 1, 20, "SET lock:0 w1 NX PX 20", "OK"),
			first, again,
		},
		ShrunkFrom: 1204, Repeated: 20, Replay: "onceover replay explore-out/set-nx-pause-duplicated.jsonl", File: "set-nx-pause-duplicated.jsonl",
	}
}

// History is the history of a run of two workers.
func History() []reports.Event {
	var all []reports.Event
	add := func(at float64, e reports.Event) {
		e.Seq, e.AtMS = len(all)+1, at
		all = append(all, e)
	}
	add(0, reports.Event{Kind: reports.EventRun, Worker: -1, Chunk: -1, Text: "lease-lua/pause, seed 1000"})
	for w := range 2 {
		add(float64(w), reports.Event{Kind: reports.EventWorker, Worker: w, Chunk: -1, Change: reports.WorkerStarted})
	}
	for i, step := range []string{"claiming", "claimed", "reading", "read", "committing", "committed", "released"} {
		for w := range 2 {
			add(float64(10+10*i+w), reports.Event{Kind: reports.EventStep, Worker: w, Chunk: w, Step: step, Rows: 50})
		}
	}
	for w := range 2 {
		add(float64(90+w), reports.Event{Kind: reports.EventWorker, Worker: w, Chunk: -1, Change: reports.WorkerDone, Text: "exit status 0"})
	}
	add(100, reports.Event{Kind: reports.EventCheck, Worker: -1, Chunk: -1, Text: "[safe]: 100 rows arrived exactly once"})
	return all
}
