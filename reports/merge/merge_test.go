package merge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onceover/reports"
)

// run is one of the runs of a result, with the evidence for its verdict.
func run(seed uint64, v reports.Verdict) reports.Run {
	const plan = "kill chunk=5"
	r := reports.Run{
		Seed: seed, Verdict: v, Plan: plan, Folder: fmt.Sprintf("runs/%d", seed), Replay: "onceover chaos",
		Faults: []reports.Fault{{Text: plan, Reached: true, Confirmed: v != reports.Inconclusive}},
	}
	return ofRows(r, 400)
}

// ofRows is a run in which a table of so many rows went as its verdict says.
func ofRows(r reports.Run, rows int64) reports.Run {
	r.Rows = reports.RowCounts{Table: rows, List: rows}
	switch r.Verdict {
	case reports.Lost:
		r.Rows.List, r.Rows.Lost = rows-1, 1
	case reports.Duplicated:
		r.Rows.List, r.Rows.Duplicated, r.Rows.Surplus = rows+1, 1, 1
	}
	return r
}

// withRows is a result whose tables had so many rows.
func withRows(r *reports.Results, rows int) *reports.Results {
	r.Config.Rows = rows
	for i := range r.Cells {
		for j, one := range r.Cells[i].Runs {
			r.Cells[i].Runs[j] = ofRows(one, int64(rows))
		}
	}
	return r
}

func cellOf(id string, runs ...reports.Run) reports.Cell {
	strategy, scenario, _ := strings.Cut(id, "/")
	c := reports.Cell{ID: id, World: reports.WorldLive, Strategy: strategy, Scenario: scenario, Expected: "safe", Runs: runs, Tally: reports.Count(runs)}
	c.Verdict, c.BadRate = c.Tally.Worst(), c.Tally.Rate()
	return c
}

// live is a result of real servers.
func live(id string, cells ...reports.Cell) *reports.Results {
	r := &reports.Results{
		Schema: reports.Schema, Tool: reports.Tool{Name: "onceover", Version: "v1"},
		Run:         reports.Invocation{ID: id, World: reports.WorldLive, Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Status: reports.Complete, DurationMS: 1000},
		Environment: reports.Environment{MySQL: "9.7", Redis: "8.0", Go: "go1.26", OS: "linux/amd64", CPUs: 2},
		Config:      reports.Config{Seed: 7, Rows: 400, ChunkSize: 20, Workers: 4, Runs: 5, TTLMS: 500},
		Cells:       cells,
	}
	for _, c := range cells {
		r.Run.Planned, r.Run.Done = r.Run.Planned+c.Tally.N, r.Run.Done+c.Tally.N
	}
	return r
}

// sim is a result of the simulated world with one cell.
func sim(id string, search reports.Search, runs ...reports.Run) *reports.Results {
	c := cellOf("lease-lua/calm", runs...)
	search.Stages = []reports.SearchStage{{Name: "smoke", Schedules: search.Schedules}}
	c.World, c.BadRate, c.Search = reports.WorldSim, reports.Rate{Method: "none"}, &search
	for i := range c.Runs {
		c.Runs[i].Folder, c.Runs[i].Replay = "x.jsonl", "onceover replay old/x.jsonl"
		if v := c.Runs[i].Verdict; v.Bad() {
			c.Counterexamples = append(c.Counterexamples, reports.Counterexample{Verdict: v, File: "x.jsonl"})
		}
	}
	r := live(id, c)
	r.Run.World, r.Run.Planned, r.Run.Done = reports.WorldSim, 1, 1
	r.Environment.MySQL, r.Environment.Redis = "", ""
	r.Config.Rows = 6
	return r
}

func source(name string, r *reports.Results) Source {
	return Source{Name: name, Folder: "../" + name, Results: r}
}

func merged(t *testing.T, all ...*reports.Results) *reports.Results {
	t.Helper()
	var sources []Source
	for i, r := range all {
		sources = append(sources, source(fmt.Sprintf("r%d", i+1), r))
	}
	r, err := Of(sources)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestShardsBecomeOne(t *testing.T) {
	a := live("a", cellOf("none/calm", run(7, reports.Safe)), cellOf("lease-lua/calm", run(7, reports.Safe), run(8, reports.Inconclusive)))
	b := live("b", cellOf("lease-lua/calm", run(9, reports.Safe), run(8, reports.Inconclusive)), cellOf("set-nx/calm", run(7, reports.Lost)))
	b.Run.Started = a.Run.Started.Add(-time.Hour)
	b.Config.Seed = 8
	r := merged(t, a, b)
	got := map[string]reports.Tally{}
	for _, c := range r.Cells {
		got[c.ID] = c.Tally
	}
	want := map[string]reports.Tally{"none/calm": {N: 1, Safe: 1}, "lease-lua/calm": {N: 3, Safe: 2, Inconclusive: 1}, "set-nx/calm": {N: 1, Lost: 1}}
	if difference := cmp.Diff(want, got); difference != "" {
		t.Error(difference)
	}
	pooled := r.Cells[1]
	if pooled.BadRate != pooled.Tally.Rate() || pooled.Verdict != reports.Inconclusive {
		t.Errorf("%s, %+v", pooled.Verdict, pooled.BadRate)
	}
	if seeds := []uint64{pooled.Runs[0].Seed, pooled.Runs[1].Seed, pooled.Runs[2].Seed}; !slices.Equal(seeds, []uint64{7, 8, 9}) {
		t.Errorf("seeds %d", seeds)
	}
	if pooled.Runs[0].Folder != "../r1/runs/7" || pooled.Runs[2].Folder != "../r2/runs/9" {
		t.Errorf("folders %s, %s", pooled.Runs[0].Folder, pooled.Runs[2].Folder)
	}
	if r.Run.Planned != 6 || r.Run.Done != 6 || r.Run.DurationMS != 2000 || r.Run.World != reports.WorldLive || !r.Run.Started.Equal(b.Run.Started) {
		t.Errorf("%+v", r.Run)
	}
	if r.Config.Seed != 0 || r.Config.Rows != 400 || r.Environment != a.Environment {
		t.Errorf("%+v, %+v", r.Config, r.Environment)
	}
	if len(r.Parts) != 2 || r.Parts[0].Run.ID != "b" || r.Parts[0].Folder != "../r2" || len(r.Parts[1].Cells) != 2 {
		t.Errorf("%+v", r.Parts)
	}
}

func TestWhatThePartsDoNotShareIsNotWrittenDown(t *testing.T) {
	a, b := live("a", cellOf("lease-lua/calm", run(7, reports.Safe))), sim("b", reports.Search{Schedules: 3}, run(7, reports.Safe))
	b.Config.Seed, b.Config.Workers, b.Environment.CPUs = 11, 2, 8
	config := func(r *reports.Results) string {
		text, err := json.Marshal(map[string]any{"config": r.Config, "environment": r.Environment})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	want := `{"config":{"chunk_size":20,"runs_per_cell":5,"ttl_ms":500},"environment":{"mysql":"9.7","redis":"8.0","go":"go1.26","os":"linux/amd64"}}`
	both := merged(t, a, b)
	if got := config(both); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	again := merged(t, both, live("c", cellOf("set-nx/calm", run(7, reports.Safe))))
	if got := config(again); got != want {
		t.Errorf("of a merge: %s, want %s", got, want)
	}
	if again.Parts[0].Config != a.Config || again.Parts[1].Config != b.Config {
		t.Errorf("the parts do not say what they were: %+v", again.Parts)
	}
}

func TestBothWorldsStandBesideEachOther(t *testing.T) {
	r := merged(t, live("a", cellOf("lease-lua/calm", run(7, reports.Safe))), sim("b", reports.Search{Schedules: 3}, run(7, reports.Safe)))
	if len(r.Cells) != 2 || r.Run.World != reports.WorldBoth || r.Environment.MySQL != "9.7" || r.Config.Rows != 0 {
		t.Errorf("%d cells of %s, %+v, %+v", len(r.Cells), r.Run.World, r.Environment, r.Config)
	}
	again := merged(t, r, sim("c", reports.Search{Schedules: 3}, run(8, reports.Safe)))
	if len(again.Parts) != 3 || len(again.Cells) != 2 || again.Parts[0].Folder != "../r1" {
		t.Errorf("%d cells, %+v", len(again.Cells), again.Parts)
	}
}

// The same invocation, alone or inside a merged result, counts once.
func TestWhatIsThereTwiceCountsOnce(t *testing.T) {
	a, b := live("a", cellOf("none/calm", run(7, reports.Safe))), live("b", cellOf("none/calm", run(8, reports.Safe)))
	r := merged(t, merged(t, a, b), b, a)
	if len(r.Parts) != 2 || r.Run.Planned != 2 || r.Cells[0].Tally.N != 2 || r.Run.DurationMS != 2000 {
		t.Errorf("%+v, %+v", r.Run, r.Cells[0].Tally)
	}
}

// Real servers need not do the same twice. What was found once was found.
func TestOfTwoRunsWithOneSeedTheWorseCounts(t *testing.T) {
	for _, order := range [][]reports.Verdict{
		{reports.Safe, reports.Duplicated, reports.Lost}, {reports.Lost, reports.Safe, reports.Duplicated}, {reports.Duplicated, reports.Lost, reports.Safe},
	} {
		var all []*reports.Results
		for i, v := range order {
			all = append(all, live(fmt.Sprint(i), cellOf("none/calm", run(7, v))))
		}
		c := merged(t, all...).Cells[0]
		if c.Tally != (reports.Tally{N: 1, Lost: 1}) || c.Verdict != reports.Lost || !slices.Equal(c.Found(), []reports.Verdict{reports.Lost, reports.Duplicated}) {
			t.Errorf("%s: %+v, %s", order, c.Tally, c.Found())
		}
	}
}

func TestOfSearchesTheMostThoroughIsKept(t *testing.T) {
	complete, long, short := reports.Search{Schedules: 10, Complete: true}, reports.Search{Schedules: 99}, reports.Search{}
	a, b := sim("a", long, run(1, reports.Safe)), sim("b", complete, run(2, reports.Safe))
	none := sim("c", short, run(3, reports.Inconclusive))
	for _, all := range [][]*reports.Results{{a, b, none}, {none, b, a}} {
		c := merged(t, all...).Cells[0]
		if !c.Search.Complete || c.Search.Schedules != 10 || c.Tally != (reports.Tally{N: 2, Safe: 2}) || c.Verdict != reports.Safe || c.BadRate.Method != "none" {
			t.Errorf("%+v, %+v, %s", *c.Search, c.Tally, c.Verdict)
		}
	}
	if c := merged(t, none, sim("d", short, run(4, reports.Inconclusive))).Cells[0]; c.Tally.Inconclusive != 2 {
		t.Errorf("%+v", c.Tally)
	}
	found := sim("e", short, run(5, reports.Lost), run(5, reports.Duplicated)) // one search, one seed
	if c := merged(t, a, found).Cells[0]; c.Tally != (reports.Tally{N: 3, Safe: 1, Lost: 1, Duplicated: 1}) {
		t.Errorf("%+v", c.Tally)
	}
}

func TestCounterexamplesAreTheShortestOfTheirKind(t *testing.T) {
	with := func(id string, all ...reports.Counterexample) *reports.Results {
		c := cellOf("none/calm", run(7, reports.Lost))
		c.Counterexamples = all
		return live(id, c)
	}
	steps := func(v reports.Verdict, n int, file string) reports.Counterexample {
		return reports.Counterexample{Verdict: v, Steps: make([]reports.Step, n), File: file}
	}
	c := merged(t, with("a", steps(reports.Lost, 9, "a"), steps(reports.Duplicated, 2, "b")), with("b", steps(reports.Lost, 5, "c"), steps(reports.Duplicated, 0, "d"))).Cells[0]
	var got []string
	for _, x := range c.Counterexamples {
		got = append(got, x.File)
	}
	if !slices.Equal(got, []string{"../r2/c", "../r1/b"}) {
		t.Errorf("%s", got)
	}
}

// A command has to name the file where it lies now.
func TestCounterexamplesCanStillBeReplayed(t *testing.T) {
	r := sim("a", reports.Search{Schedules: 3}, run(1, reports.Lost))
	r.Cells[0].Counterexamples = []reports.Counterexample{{Verdict: reports.Lost, File: "x.jsonl", Replay: "onceover replay old/x.jsonl"}}
	s := source("new", r)
	s.Replay = func(file string) string { return "onceover replay new/" + file }
	one, err := Of([]Source{s})
	if err != nil {
		t.Fatal(err)
	}
	c := one.Cells[0]
	for _, got := range []string{c.Runs[0].Replay, c.Counterexamples[0].Replay} {
		if got != "onceover replay new/x.jsonl" {
			t.Error(got)
		}
	}
	if c.Counterexamples[0].File != "../new/x.jsonl" || r.Cells[0].Runs[0].Folder != "x.jsonl" {
		t.Errorf("%s, and the source says %s", c.Counterexamples[0].File, r.Cells[0].Runs[0].Folder)
	}
}

func TestWhatIsInterruptedOrGoneStaysSo(t *testing.T) {
	a, b := live("a", cellOf("none/calm", run(7, reports.Safe))), live("b", cellOf("none/calm", run(8, reports.Safe)))
	b.Run.Status = reports.Interrupted
	b.Gate.Reasons = []reports.Reason{{Cell: "none/x", State: reports.Gone}}
	b.Abridged = "something"
	r := merged(t, a, live("c", cellOf("none/x2", run(7, reports.Safe))))
	if r.Run.Status != reports.Complete || len(r.Gate.Reasons) != 0 {
		t.Errorf("%+v", r.Run)
	}
	r = merged(t, a, b)
	if r.Run.Status != reports.Interrupted || len(r.Gate.Reasons) != 1 || r.Abridged != "something" {
		t.Errorf("%+v, %+v", r.Run, r.Gate)
	}
}
