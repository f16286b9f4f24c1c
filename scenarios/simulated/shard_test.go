package simulated

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/merge"
	"onceover/scenarios"
	"onceover/sim"
	"onceover/sim/search"
)

// campaign searches three strategies under two scenarios, or what a change leaves of it.
func campaign(t *testing.T, change func(*Exploration)) *reports.Results {
	t.Helper()
	x := Exploration{
		Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 1}, Out: t.TempDir(), Observer: silent{},
		Search: search.Options{Seed: 7, Random: 20, POS: 20, PCT: 20, Limit: time.Hour},
		Clock:  func() time.Duration { return 0 },
		Replay: func(string) string { return "onceover replay" },
		Scenarios: []scenarios.Scenario{
			{Name: "calm", Persistence: faults.Nothing},
			{Name: "crash", Persistence: faults.Nothing, Budget: faults.Budget{faults.Crash: 1}},
		},
	}
	for _, s := range []lock.Strategy{lock.None, lock.LeaseLua, lock.SetNX} {
		x.Programs = append(x.Programs, Program{
			Name: s.Name, Program: sim.Bare(s),
			Expected: func(string) reports.Expectation { return reports.Expectation{Demand: reports.DemandAny} },
		})
	}
	change(&x)
	r := &reports.Results{Schema: reports.Schema, Tool: reports.Tool{Name: "onceover", Version: "v1"}, Run: reports.Invocation{World: reports.WorldSim}, Config: reports.Config{Seed: 7, Runs: 1}}
	for _, p := range x.Programs {
		r.Strategies = append(r.Strategies, reports.StrategyText{Name: p.Name})
	}
	for _, s := range x.Scenarios {
		r.Scenarios = append(r.Scenarios, reports.ScenarioText{Name: s.Name})
	}
	x.Plan(&r.Run)
	r.Run.Replay = "onceover explore --seed 7"
	if s := r.Run.Share(); s.Of > 0 {
		r.Run.ID, r.Run.Replay = s.String(), r.Run.Replay+reports.ShardFlag(s)
	}
	if err := x.Run(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	return r
}

// together merges shards, all but those that are left out.
func together(t *testing.T, n int, shard func(reports.Shard) *reports.Results, without ...int) *reports.Results {
	t.Helper()
	var sources []merge.Source
	left := map[int]bool{}
	for _, i := range without {
		left[i] = true
	}
	for i := range n {
		if !left[i+1] {
			sources = append(sources, merge.Source{Name: fmt.Sprint(i + 1), Results: shard(reports.Shard{Index: i + 1, Of: n})})
		}
	}
	merged, err := merge.Of(sources)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

// The cells that are dealt to shards are those of the undivided search, found alike.
func TestDealtCellsAreThoseOfOneSearch(t *testing.T) {
	whole := campaign(t, func(*Exploration) {})
	for _, n := range []int{2, 4, 6} {
		shards := together(t, n, func(s reports.Shard) *reports.Results { return campaign(t, func(x *Exploration) { x.Shard = s }) })
		if len(shards.Cells) != len(whole.Cells) || shards.Run.Planned != len(whole.Cells) || shards.Run.Done != len(whole.Cells) || shards.Run.Status != reports.Complete {
			t.Fatalf("%d shards: %d cells, %+v", n, len(shards.Cells), shards.Run)
		}
		for i, c := range shards.Cells {
			c.World = whole.Cells[i].World
			if !reflect.DeepEqual(c, whole.Cells[i]) {
				t.Errorf("%d shards: %+v, undivided %+v", n, c, whole.Cells[i])
			}
		}
	}
}

// A search that is cut comes to the verdicts of the undivided one, and is complete only
// with all of its shards.
func TestACutSearchIsCompleteOnlyWithAllShards(t *testing.T) {
	exhaustive := func(x *Exploration) { x.Search.Random, x.Search.POS, x.Search.PCT = -1, -1, -1 }
	whole := campaign(t, exhaustive)
	shard := func(s reports.Shard) *reports.Results {
		return campaign(t, func(x *Exploration) { exhaustive(x); x.Search.Shard, x.Memory = s, func() int64 { return 1 << 20 } })
	}
	shards := together(t, 3, shard)
	for i, c := range shards.Cells {
		w := whole.Cells[i]
		if c.ID != w.ID || c.Verdict != w.Verdict || c.Search.Complete != w.Search.Complete || len(c.Search.Shards) != 3 || c.Search.Shards[0].MemoryBytes != 1<<20 {
			t.Errorf("%s is %s, %+v; undivided it is %s, %+v", c.ID, c.Verdict, c.Search, w.Verdict, w.Search)
		}
	}
	if n := 3 * len(whole.Cells); shards.Run.Planned != n || shards.Run.Done != n || shards.Run.Status != reports.Complete {
		t.Errorf("%+v", shards.Run)
	}
	less := together(t, 3, shard, 2)
	absent := reports.Absent(less.Parts)
	if less.Run.Status == reports.Complete || len(absent) != 1 || absent[0].Replay != "onceover explore --seed 7 --shard 2/3" {
		t.Errorf("%+v, missing %+v", less.Run, absent)
	}
	for _, c := range less.Cells {
		if c.Search.Complete {
			t.Errorf("%s is called complete without shard 2/3", c.ID)
		}
	}
}
