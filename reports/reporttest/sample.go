// Package reporttest holds results of every kind for the tests of the packages that show
// them, and compares their output with golden files.
package reporttest

import (
	"fmt"
	"strconv"
	"time"

	"onceover/reports"
)

// CellOf makes a cell of n runs, of which the given ones are bad or
// inconclusive and the rest are safe. Only a few safe ones are kept, so that
// Golden files stay small.
func CellOf(strategy, scenario, expected string, state reports.State, n int, special ...reports.Run) reports.Cell {
	const kept = 3
	c := FullCell(strategy, scenario, expected, state, min(n, len(special)+kept), special...)
	c.Tally.Safe += n - c.Tally.N
	c.Tally.N = n
	c.BadRate = c.Tally.Rate()
	return c
}

// FullCell is cellOf with all runs kept.
func FullCell(strategy, scenario, expected string, state reports.State, n int, special ...reports.Run) reports.Cell {
	c := reports.Cell{ID: strategy + "/" + scenario, Strategy: strategy, Scenario: scenario, Expected: expected, State: state}
	for i := range max(n, len(special)) {
		run := SafeRun(scenario, uint64(1000+i))
		if i < len(special) {
			run = special[i]
		}
		run.Replay = "onceover replay " + c.ID + " --seed " + strconv.FormatUint(run.Seed, 10)
		c.Add(run)
	}
	return c
}

// SafeRun makes a run in which all rows arrived, with a fault if that is what
// the scenario is for.
func SafeRun(scenario string, seed uint64) reports.Run {
	r := RunOf(seed, reports.Safe, "all 500 rows arrived exactly once")
	if scenario != reports.Calm {
		r.Plan = "pause worker=1 chunk=3 at=read for=15s"
		r.Faults = []reports.Fault{{Text: r.Plan, Reached: true, Confirmed: true, Evidence: "stopped by signal 19", AtMS: 212}}
	}
	return r
}

// RunOf makes a run of 500 rows, of which one went as the verdict says.
func RunOf(seed uint64, v reports.Verdict, why string) reports.Run {
	r := reports.Run{
		Seed: seed, Verdict: v, Why: why, DurationMS: 1240, RowsPerSec: 4032,
		Rows: reports.RowCounts{Table: 500, List: 500},
	}
	switch v {
	case reports.Lost:
		r.Rows.List, r.Rows.Lost = 499, 1
	case reports.Duplicated:
		r.Rows.List, r.Rows.Duplicated, r.Rows.Surplus = 501, 1, 1
	}
	return r
}

// DuplicatedRun makes a run with witnesses and faults.
func DuplicatedRun(seed uint64) reports.Run {
	r := RunOf(seed, reports.Duplicated, "w1 was paused after it had read chunk 3; w2 took the chunk over and committed it; w1 went on and committed it again")
	r.RowsPerSec = 0
	r.Plan = "pause worker=1 chunk=3 at=read for=6s\nkill worker=0 chunk=* at=committing restart=1s"
	r.Rows = reports.RowCounts{Table: 500, List: 550, Duplicated: 50, Surplus: 50}
	r.Witnesses = []reports.Witness{
		{Outcome: "duplicated", Row: "151", Chunk: 3, Times: 2, Commits: []int{2, 1}},
		{Outcome: "duplicated", Row: "152", Chunk: 3, Times: 2, Commits: []int{2, 1}, Text: "50 rows of this chunk"},
	}
	r.Faults = []reports.Fault{
		{Text: "pause worker=1 chunk=3 at=read for=6s", Reached: true, Confirmed: true, Evidence: "state T in /proc/4711/stat", AtMS: 412, HealedMS: 6412},
		{Text: "kill worker=0 chunk=* at=committing restart=1s", Reached: true, Confirmed: true, Evidence: "exit by signal 9", AtMS: 518.4, HealedMS: 1519},
	}
	r.Folder = "runs/set-nx/pause/" + strconv.FormatUint(seed, 10)
	return r
}

// LostRun makes a run that is lost and duplicated.
func LostRun(seed uint64) reports.Run {
	r := RunOf(seed, reports.Lost, "w0 was killed between its bitmap and its push; nobody took chunk 5 up again")
	r.Verdicts = []reports.Verdict{reports.Duplicated, reports.Lost}
	r.Plan = "kill worker=0 chunk=5 at=committing restart=never"
	r.Rows = reports.RowCounts{Table: 500, List: 480, Lost: 50, Duplicated: 30, Surplus: 30, TornChunks: 1}
	r.Witnesses = []reports.Witness{
		{Outcome: "lost", Row: "251", Chunk: 5},
		{Outcome: "unexpected", Row: "9000", Chunk: -1, Times: 1},
	}
	r.Faults = []reports.Fault{{Text: r.Plan, Reached: true, Confirmed: true, Evidence: "exit by signal 9", AtMS: 733}}
	return r
}

// UnreachedRun makes a run whose fault was never reached.
func UnreachedRun(seed uint64) reports.Run {
	r := RunOf(seed, reports.Inconclusive, "the planned kill was never reached")
	r.Plan = "kill worker=3 chunk=99 at=read restart=1s"
	r.Faults = []reports.Fault{{Text: r.Plan}}
	return r
}

// Sample has every state and every verdict.
func Sample() *reports.Results {
	r := &reports.Results{
		Schema: reports.Schema,
		Tool:   reports.Tool{Name: "onceover", Version: "v0.1.0", Commit: "abc1234"},
		Run: reports.Invocation{
			ID: "20260102-150405", World: "live", Started: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC),
			DurationMS: 184_000, Status: reports.Complete, Planned: 720, Done: 720, Replay: "onceover run --runs 60 --seed 42",
		},
		Environment: reports.Environment{MySQL: "9.7.4", Redis: "8.0.6", Go: "go1.26", OS: "linux/amd64", CPUs: 2},
		Config:      reports.Config{Seed: 42, Rows: 500, ChunkSize: 50, Workers: 4, Runs: 60, TTLMS: 5000, KeyLayout: "dense", DeadlineMS: 15_000},
		Cells: []reports.Cell{
			CellOf("none", "calm", "unsafe", reports.ControlMissed, 60),
			CellOf("none", "kill", "unsafe", reports.AsExpected, 60, LostRun(1234), DuplicatedRun(1240)),
			CellOf("none", "pause", "unsafe", reports.AsExpected, 60, DuplicatedRun(1234)),
			CellOf("set-nx", "calm", "safe", reports.AsExpected, 60),
			CellOf("set-nx", "kill", "any", reports.ReportOnly, 60, RunOf(1300, reports.Stuck, "chunk 5 was never released: its worker was killed while it held the lock")),
			CellOf("set-nx", "pause", "safe", reports.Worse, 60, DuplicatedRun(1234), DuplicatedRun(1235), DuplicatedRun(1236),
				DuplicatedRun(1237), DuplicatedRun(1238), DuplicatedRun(1239), DuplicatedRun(1240)),
			CellOf("lease-lua", "calm", "safe", reports.AsExpected, 60),
			CellOf("lease-lua", "kill", "safe", reports.NotProven, 60, UnreachedRun(77), UnreachedRun(78)),
			CellOf("lease-lua", "pause", "safe", reports.AsExpected, 60),
			CellOf("other", "calm", "any", reports.ReportOnly, 3),
		},
	}
	r.Gate = reports.Gate{Status: reports.Fail, ExitCode: 1, Reasons: []reports.Reason{
		{Cell: "set-nx/pause", State: reports.Worse, Text: "expected safe, 7 of 60 bad"},
		{Cell: "none/calm", State: reports.ControlMissed, Text: "expected unsafe, 0 of 60 bad"},
		{Cell: "lease-lua/kill", State: reports.NotProven, Text: "expected safe, 2 of 60 runs inconclusive"},
	}}
	return r
}

// Passing has nothing but what was expected.
func Passing() *reports.Results {
	r := Sample()
	r.Cells = []reports.Cell{r.Cells[3], r.Cells[6], r.Cells[8], r.Cells[1]}
	r.Gate = reports.Gate{Status: reports.Pass}
	return r
}

// Interrupted ended early.
func Interrupted() *reports.Results {
	r := Passing()
	r.Run.Status, r.Run.Done = reports.Interrupted, 37
	r.Run.LeftOut = "scenario redis-kill: the Redis server of --redis-url is not killed"
	r.Gate = reports.Gate{Status: reports.Unknown, ExitCode: 130}
	return r
}

// Empty has checked nothing, and says that it passed.
func Empty() *reports.Results {
	return &reports.Results{Schema: reports.Schema, Tool: reports.Tool{Name: "onceover"}, Run: reports.Invocation{Status: reports.Complete}, Gate: reports.Gate{Status: reports.Pass}}
}

// Hostile appends text that wants to break out to every text of the sample but its
// schema, without which nothing reads it.
func Hostile(text string) *reports.Results {
	r := Sample()
	SpoilAll(r, text)
	r.Schema = reports.Schema
	return r
}

// Wide makes results of so many strategies and scenarios.
func Wide(strategies, scenarios int) *reports.Results {
	r := Empty()
	for i := range strategies {
		for j := range scenarios {
			r.Cells = append(r.Cells, CellOf(fmt.Sprintf("strategy-%d", i), fmt.Sprintf("scenario-%d", j), "safe", reports.AsExpected, 2))
		}
	}
	return r
}
