package reports

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares with testdata/name, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); accept with go test -update\n%s", name, diff)
	}
}

// cellOf makes a cell of n runs, of which the given ones are bad or
// inconclusive and the rest are safe. Only a few safe ones are kept, so that
// golden files stay small.
func cellOf(strategy, scenario, expected string, state State, n int, special ...Run) Cell {
	const kept = 3
	c := fullCell(strategy, scenario, expected, state, min(n, len(special)+kept), special...)
	c.Tally.Safe += n - c.Tally.N
	c.Tally.N = n
	c.BadRate = c.Tally.Rate()
	return c
}

// fullCell is cellOf with all runs kept.
func fullCell(strategy, scenario, expected string, state State, n int, special ...Run) Cell {
	c := Cell{ID: strategy + "/" + scenario, Strategy: strategy, Scenario: scenario, Expected: expected, State: state}
	c.Runs = append(c.Runs, special...)
	for i := len(special); i < n; i++ {
		c.Runs = append(c.Runs, run(uint64(1000+i), Safe, "all 500 rows arrived exactly once"))
	}
	verdicts := make([]Verdict, len(c.Runs))
	for i := range c.Runs {
		c.Runs[i].Replay = replay(c.ID, c.Runs[i].Seed)
		verdicts[i] = c.Runs[i].Verdict
	}
	c.Tally = Count(c.Runs)
	c.BadRate = c.Tally.Rate()
	c.Verdict = Worst(verdicts...)
	return c
}

func replay(cell string, seed uint64) string {
	return "onceover replay " + cell + " --seed " + strconv.FormatUint(seed, 10)
}

func run(seed uint64, v Verdict, why string) Run {
	return Run{
		Seed: seed, Verdict: v, Why: why, DurationMS: 1240, RowsPerSec: 4032,
		Rows: RowCounts{Table: 500, List: 500},
	}
}

func duplicatedRun(seed uint64) Run {
	r := run(seed, Duplicated, "w1 was paused after it had read chunk 3; w2 took the chunk over and committed it; w1 went on and committed it again")
	r.RowsPerSec = 0
	r.Plan = "pause worker=1 chunk=3 at=read for=6s\nkill worker=0 chunk=* at=committing restart=1s"
	r.Rows = RowCounts{Table: 500, List: 550, Duplicated: 50, Surplus: 50}
	r.Witnesses = []Witness{
		{Outcome: "duplicated", Row: "151", Chunk: 3, Times: 2, Commits: []int{2, 1}},
		{Outcome: "duplicated", Row: "152", Chunk: 3, Times: 2, Commits: []int{2, 1}, Text: "50 rows of this chunk"},
	}
	r.Faults = []Fault{
		{Text: "pause worker=1 chunk=3 at=read for=6s", Reached: true, Confirmed: true, Evidence: "state T in /proc/4711/stat", AtMS: 412, HealedMS: 6412},
		{Text: "kill worker=0 chunk=* at=committing restart=1s", Reached: true, Confirmed: true, Evidence: "exit by signal 9", AtMS: 518.4, HealedMS: 1519},
	}
	r.Folder = "runs/set-nx/pause/" + strconv.FormatUint(seed, 10)
	return r
}

func lostRun(seed uint64) Run {
	r := run(seed, Lost, "w0 was killed between its bitmap and its push; nobody took chunk 5 up again")
	r.Verdicts = []Verdict{Duplicated, Lost}
	r.Plan = "kill worker=0 chunk=5 at=committing restart=never"
	r.Rows = RowCounts{Table: 500, List: 480, Lost: 50, Duplicated: 30, Surplus: 30, TornChunks: 1}
	r.Witnesses = []Witness{
		{Outcome: "lost", Row: "251", Chunk: 5},
		{Outcome: "unexpected", Row: "9000", Chunk: -1, Times: 1},
	}
	r.Faults = []Fault{{Text: r.Plan, Reached: true, Confirmed: true, Evidence: "exit by signal 9", AtMS: 733}}
	return r
}

func unreachedRun(seed uint64) Run {
	r := run(seed, Inconclusive, "the planned kill was never reached")
	r.Plan = "kill worker=3 chunk=99 at=read restart=1s"
	r.Faults = []Fault{{Text: r.Plan}}
	return r
}

// sample has every state and every verdict.
func sample() *Results {
	r := &Results{
		Schema: Schema,
		Tool:   Tool{Name: "onceover", Version: "v0.1.0", Commit: "abc1234"},
		Run: Invocation{
			ID: "20260102-150405", World: "live", Started: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC),
			DurationMS: 184_000, Status: Complete, Planned: 720, Done: 720, Replay: "onceover run --runs 60 --seed 42",
		},
		Environment: Environment{MySQL: "9.7.4", Redis: "8.0.6", Go: "go1.26", OS: "linux/amd64", CPUs: 2},
		Config:      Config{Seed: 42, Rows: 500, ChunkSize: 50, Workers: 4, Runs: 60, TTLMS: 5000},
		Cells: []Cell{
			cellOf("none", "calm", "unsafe", ControlMissed, 60),
			cellOf("none", "kill", "unsafe", AsExpected, 60, lostRun(1234), duplicatedRun(1240)),
			cellOf("none", "pause", "unsafe", AsExpected, 60, duplicatedRun(1234)),
			cellOf("set-nx", "calm", "safe", AsExpected, 60),
			cellOf("set-nx", "kill", "any", ReportOnly, 60, run(1300, Stuck, "chunk 5 was never released: its worker was killed while it held the lock")),
			cellOf("set-nx", "pause", "safe", Worse, 60, duplicatedRun(1234), duplicatedRun(1235), duplicatedRun(1236),
				duplicatedRun(1237), duplicatedRun(1238), duplicatedRun(1239), duplicatedRun(1240)),
			cellOf("lease-lua", "calm", "safe", AsExpected, 60),
			cellOf("lease-lua", "kill", "safe", NotProven, 60, unreachedRun(77), unreachedRun(78)),
			cellOf("lease-lua", "pause", "safe", AsExpected, 60),
			cellOf("other", "calm", "any", ReportOnly, 3),
		},
	}
	r.Gate = Gate{Status: Fail, ExitCode: 1, Reasons: []Reason{
		{Cell: "set-nx/pause", State: Worse, Text: "expected safe, 7 of 60 bad"},
		{Cell: "none/calm", State: ControlMissed, Text: "expected unsafe, 0 of 60 bad"},
		{Cell: "lease-lua/kill", State: NotProven, Text: "expected safe, 2 of 60 runs inconclusive"},
	}}
	return r
}

func passing() *Results {
	r := sample()
	r.Cells = []Cell{r.Cells[3], r.Cells[6], r.Cells[8], r.Cells[1]}
	r.Gate = Gate{Status: Pass}
	return r
}

func interrupted() *Results {
	r := passing()
	r.Run.Status, r.Run.Done = Interrupted, 37
	r.Gate = Gate{Status: Unknown, ExitCode: 130}
	return r
}

func empty() *Results {
	return &Results{Schema: Schema, Tool: Tool{Name: "onceover"}, Run: Invocation{Status: Complete}, Gate: Gate{Status: Pass}}
}

// hostile puts text that wants to break out wherever text can be.
func hostile(text string) *Results {
	r := sample()
	r.Tool = Tool{Name: text, Version: text, Commit: text}
	r.Run.ID, r.Run.World, r.Run.Replay, r.Config.Worker = text, text, text, text
	r.Environment = Environment{MySQL: text, Redis: text, Go: text, OS: text}
	for i := range r.Cells {
		c := &r.Cells[i]
		c.ID, c.Strategy, c.Scenario, c.Expected = c.ID+text, c.Strategy+text, c.Scenario+text, c.Expected+text
		for j := range c.Runs {
			spoil(&c.Runs[j], text)
		}
	}
	for i := range r.Gate.Reasons {
		r.Gate.Reasons[i].Cell += text
		r.Gate.Reasons[i].Text += text
	}
	return r
}

func spoil(r *Run, text string) {
	r.Why, r.Plan, r.Replay, r.Folder = text, text, text, text
	for i := range r.Witnesses {
		r.Witnesses[i].Outcome, r.Witnesses[i].Row, r.Witnesses[i].Text = text, text, text
	}
	for i := range r.Faults {
		r.Faults[i].Text, r.Faults[i].Evidence = text, text
	}
}
