package scenarios

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/gate"
	"onceover/reports/merge"
)

// The shards of one N have every run once, and none has two more than another, of all
// runs, of a scenario or of a cell.
func TestShardsDivideACampaign(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Campaign{Runs: rapid.IntRange(1, 12).Draw(t, "runs"), Scenarios: Every()[:rapid.IntRange(1, len(Every())).Draw(t, "scenarios")]}
		for i := range rapid.IntRange(1, 8).Draw(t, "strategies") {
			c.Strategies = append(c.Strategies, fmt.Sprint("s", i))
		}
		c.Others = rapid.IntRange(0, 12).Draw(t, "others")
		c.Expected = func(strategy, _ string) reports.Expectation {
			return reports.Expectation{Demand: map[bool]reports.Demand{true: reports.DemandSafe, false: reports.DemandAny}[strategy == "s1"]}
		}
		of := rapid.IntRange(1, 70).Draw(t, "of")
		taken, shares := map[string]int{}, map[string][]int{}
		for i := range of {
			c.Shard = reports.Shard{Index: i + 1, Of: of}
			all := 0
			byScenario := map[string]int{}
			c.each(func(strategy, scenario int, runs []int) {
				cell := c.Strategies[strategy] + "/" + c.Scenarios[scenario].Name
				for _, run := range runs {
					taken[fmt.Sprint(cell, "/", run)]++
				}
				all += len(runs)
				byScenario[c.Scenarios[scenario].Name] += len(runs)
				shares["cell "+cell] = append(shares["cell "+cell], len(runs))
			})
			for name, runs := range byScenario {
				shares["scenario "+name] = append(shares["scenario "+name], runs)
			}
			shares["campaign"] = append(shares["campaign"], all)
			var run reports.Invocation
			if c.Plan(&run); run.Planned != all || run.Whole != c.Whole() || run.Shard != c.Shard.String() {
				t.Fatalf("shard %s has %d of %d runs, and plans %+v", c.Shard, all, c.Whole(), run)
			}
		}
		if len(taken) != c.Whole() {
			t.Fatalf("%d of %d runs are in a shard", len(taken), c.Whole())
		}
		for run, times := range taken {
			if times != 1 {
				t.Fatalf("%s is in %d shards", run, times)
			}
		}
		for what, runs := range shares {
			if slices.Max(runs)-slices.Min(runs) > 1 {
				t.Fatalf("of the %s the shards have %d", what, runs)
			}
		}
	})
}

// fated is a campaign in a world in which a run comes to what its strategy, scenario and
// seed say.
type fated struct {
	Campaign
	salt     string
	expected []string
}

func fate(t *rapid.T, out string) fated {
	d := fated{salt: rapid.StringMatching(`[a-z]{4}`).Draw(t, "salt")}
	d.expected = rapid.SliceOfN(rapid.SampledFrom([]string{"safe", "any", "any(lost)", "unsafe", "unsafe(duplicated)", "safe(max_rate: 70%)", "safe(max_rate: 50%)"}), 1, 6).Draw(t, "expected")
	d.Campaign = Campaign{
		Worlds: []World{d}, Strategies: []string{"lease-lua", "set-nx", "none"}[:rapid.IntRange(1, 2).Draw(t, "strategies")],
		Scenarios: All()[:rapid.IntRange(1, 3).Draw(t, "scenarios")], Runs: rapid.IntRange(1, 5).Draw(t, "runs"), Seed: rapid.Uint64Range(0, 1<<40).Draw(t, "seed"),
		Workload: Workload{TTL: time.Second}, Out: out, Observer: silent{},
		Replay: func(e Execution) string { return fmt.Sprintf("onceover chaos --seed %d", e.Seed) },
	}
	d.Others = rapid.IntRange(0, d.Runs).Draw(t, "others")
	d.Campaign.Worlds = []World{d}
	d.Campaign.Expected = func(strategy, scenario string) reports.Expectation {
		e, err := reports.ParseExpectation(d.expected[d.roll(strategy, scenario)%len(d.expected)])
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	return d
}

func (d fated) roll(of ...any) int {
	h := fnv.New32a()
	fmt.Fprint(h, d.salt, of)
	return int(h.Sum32() >> 4)
}

func (fated) Limits(Workload) faults.Limits { return faults.Limits{Chunks: 80, Steps: true} }

func (d fated) Run(_ context.Context, e Execution) (reports.Run, error) {
	return proven(e, []reports.Verdict{
		reports.Safe, reports.Safe, reports.Safe, reports.Safe, reports.Safe, reports.Safe,
		reports.Lost, reports.Duplicated, reports.Inconclusive,
	}[d.roll(e.Strategy, e.Scenario.Name, e.Seed, e.Plan)%9]), nil
}

// proven is a run with the evidence for its verdict.
func proven(e Execution, v reports.Verdict) reports.Run {
	run := reports.Run{Verdict: v, Why: "it was drawn", DurationMS: 9, Rows: reports.RowCounts{Table: 4000, List: 4000}}
	switch v {
	case reports.Lost:
		run.Rows.List, run.Rows.Lost = 3999, 1
	case reports.Duplicated:
		run.Rows.List, run.Rows.Surplus, run.Rows.Duplicated = 4001, 1, 1
	}
	for _, f := range e.Plan {
		run.Faults = append(run.Faults, reports.Fault{Text: f.String(), Reached: true, Confirmed: v != reports.Inconclusive})
	}
	return run
}

// results are those of the campaign, or of a shard of it, as the command leaves them.
func (d fated) results(t interface{ Fatal(...any) }, shard reports.Shard) *reports.Results {
	return d.resultsUntil(context.Background(), t, shard)
}

func (d fated) resultsUntil(ctx context.Context, t interface{ Fatal(...any) }, shard reports.Shard) *reports.Results {
	d.Shard = shard
	r := &reports.Results{
		Schema: reports.Schema, Tool: reports.Tool{Name: "onceover", Version: "v1"},
		Run:    reports.Invocation{ID: "all" + shard.String(), World: reports.WorldLive, Started: time.Unix(int64(shard.Index), 0).UTC(), Replay: fmt.Sprintf("onceover chaos --seed %d", d.Seed)},
		Config: reports.Config{Seed: d.Seed, Rows: 4000, Runs: d.Runs, Others: d.Others}, Cells: []reports.Cell{},
	}
	if shard.Of > 0 {
		r.Run.Replay += reports.ShardFlag(shard)
	}
	for _, name := range d.Strategies {
		r.Strategies = append(r.Strategies, reports.StrategyText{Name: name})
	}
	for _, s := range d.Scenarios {
		r.Scenarios = append(r.Scenarios, reports.ScenarioText{Name: s.Name})
	}
	if err := d.Campaign.Run(ctx, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// Merged, the shards are what the campaign would have been undivided: the same cells, runs,
// verdicts and gate. With any of them left out it is not whole, and says which is missing.
func TestShardsTogetherAreTheCampaign(t *testing.T) {
	out := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		d := fate(t, out)
		d.Named = []gate.Named{
			{World: reports.WorldLive, ID: d.Strategies[0] + "/" + d.Scenarios[0].Name, Expected: "safe", By: "a file"},
		}
		if rapid.Bool().Draw(t, "gone") {
			d.Named = append(d.Named, gate.Named{World: reports.WorldLive, ID: "lease-lua/left-out", Expected: "safe", By: "a file"})
		}
		whole := d.results(t, reports.Shard{})
		var shards []merge.Source
		for i := range min(4, d.Whole()) {
			r := d.results(t, reports.Shard{Index: i + 1, Of: min(4, d.Whole())})
			if fails := r.Gate.ExitCode == reports.ExitFail; fails && whole.Gate.ExitCode != reports.ExitFail {
				t.Fatalf("shard %s fails, and the campaign does not: %+v", r.Run.Shard, r.Gate)
			}
			if r.Gate.Status == reports.Pass && r.Run.Share().Of > 1 {
				t.Fatalf("shard %s passes by itself", r.Run.Shard)
			}
			shards = append(shards, merge.Source{Name: r.Run.Shard, Folder: "../" + r.Run.Shard, Results: r})
		}
		merged := together(t, slices.Concat(shards, shards[:1])...) // the same results twice count once
		if difference := cmp.Diff(judged(whole), judged(merged)); difference != "" {
			t.Fatalf("the campaign, and its shards together (-one +merged):\n%s", difference)
		}
		for i, left := range shards {
			if len(shards) == 1 {
				break
			}
			rest := together(t, slices.Delete(slices.Clone(shards), i, i+1)...)
			if rest.Gate.ExitCode != reports.ExitUnknown && rest.Gate.ExitCode != reports.ExitFail || rest.Gate.ExitCode == reports.ExitFail && whole.Gate.ExitCode != reports.ExitFail {
				t.Fatalf("without %s: %+v, and the campaign has %+v", left.Name, rest.Gate, whole.Gate)
			}
			want := fmt.Sprintf("shard %s with %s is missing: onceover chaos --seed %d --shard %s", left.Name, format.Plural(left.Results.Run.Done, "run", "runs"), d.Seed, left.Name)
			if said := format.Interruption(rest); !strings.HasSuffix(said, want) || rest.Run.Planned != d.Whole() {
				t.Fatalf("without %s it says %q", left.Name, said)
			}
		}
	})
}

func together(t interface{ Fatal(...any) }, sources ...merge.Source) *reports.Results {
	r, err := merge.Of(sources)
	if err != nil {
		t.Fatal(err)
	}
	gate.Apply(r)
	return r
}

// judged is what shards may not change: all but where the files lie, and what a history shows.
func judged(r *reports.Results) map[string]any {
	cells := slices.Clone(r.Cells)
	for i := range cells {
		cells[i].Counterexamples, cells[i].Runs = nil, slices.Clone(cells[i].Runs)
		for j := range cells[i].Runs {
			cells[i].Runs[j].Folder = ""
		}
	}
	return map[string]any{
		"cells": cells, "gate": r.Gate, "planned": r.Run.Planned, "done": r.Run.Done, "status": r.Run.Status,
		"seed": r.Config.Seed, "runs": r.Config.Runs, "shard": r.Run.Shard,
	}
}
