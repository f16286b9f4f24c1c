package merge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/gate"
)

// shard is shard i of three of a campaign of one cell, one run each.
func shard(i int, v reports.Verdict) *reports.Results {
	r := live(fmt.Sprint("s", i), cellOf("none/calm", run(uint64(6+i), v)))
	s := reports.Shard{Index: i, Of: 3}
	r.Run.Shard, r.Run.Whole, r.Config.Runs = s.String(), 3, 3
	r.Run.Replay = fmt.Sprintf("onceover chaos --seed 7%s --jobs %d", reports.ShardFlag(s), i)
	return r
}

// reshard lets results be those of another shard.
func reshard(r *reports.Results, shard string) {
	r.Run.Replay = strings.Replace(r.Run.Replay, r.Run.Shard, shard, 1)
	r.Run.Shard = shard
}

func TestShardsOfOtherCampaignsAreRefused(t *testing.T) {
	for want, change := range map[string]func(*reports.Results){
		`seed 7 and 8`:                             func(r *reports.Results) { r.Config.Seed = 8 },
		`number of shards 3 and 4`:                 func(r *reports.Results) { reshard(r, "2/4"); r.Run.Whole = 4 },
		`number of runs 3 and 4`:                   func(r *reports.Results) { r.Run.Whole = 4 },
		`runs per cell "3" and "5"`:                func(r *reports.Results) { r.Config.Runs = 5 },
		`rows "400" and "500"`:                     func(r *reports.Results) { withRows(r, 500) },
		`program "v1" and "v1 abc"`:                func(r *reports.Results) { r.Tool.Commit = "abc" },
		`MySQL "9.7" and "8.0"`:                    func(r *reports.Results) { r.Environment.MySQL = "8.0" },
		`"onceover chaos --seed 7 --strategy none`: func(r *reports.Results) { r.Run.Replay += " --strategy none" },
	} {
		a, b := shard(1, reports.Safe), shard(2, reports.Safe)
		change(b)
		b.Cells[0].ID, b.Cells[0].Scenario = "none/other", "other" // they need not have a cell in common
		_, err := Of([]Source{source("one", a), source("two", b)})
		if err == nil || !strings.HasPrefix(err.Error(), "the shards 1/3 and 2/") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	a, b := shard(1, reports.Safe), shard(2, reports.Safe)
	a.Tool, b.Tool = reports.Tool{Version: reports.NoVersion}, reports.Tool{Version: reports.NoVersion}
	if _, err := Of([]Source{source("one", a), source("two", b)}); err == nil || !strings.Contains(err.Error(), `no more is known than version "(devel)"`) {
		t.Error(err)
	}
}

// Whole campaigns are more seeds of the same, divided or not.
func TestWholeCampaignsOfShardsAreCountedTogether(t *testing.T) {
	var all []*reports.Results
	for i := range 6 {
		r := shard(i%3+1, reports.Safe)
		if i > 2 {
			r.Run.ID, r.Config.Seed, r.Cells[0] = fmt.Sprint("t", i), 70, cellOf("none/calm", run(uint64(70+i), reports.Safe))
			r.Run.Replay = strings.Replace(r.Run.Replay, "--seed 7", "--seed 70", 1)
		}
		all = append(all, r)
	}
	r := merged(t, all...)
	if c := r.Cells[0]; c.Tally.N != 6 || r.Run.Planned != 6 || r.Run.Done != 6 || r.Run.Status != reports.Complete {
		t.Errorf("%+v, %+v", c.Tally, r.Run)
	}
}

// A shard that was killed and done again is whole, and what the first attempt found stays found.
func TestAShardThatWasDoneAgainIsWhole(t *testing.T) {
	killed := shard(2, reports.Lost)
	killed.Run.ID, killed.Run.Status = "killed", reports.Interrupted
	shards := []*reports.Results{shard(1, reports.Safe), killed, shard(2, reports.Safe), shard(3, reports.Safe)}
	r := merged(t, shards...)
	if r.Run.Status != reports.Complete || r.Run.Planned != 3 || r.Run.Done != 3 || r.Cells[0].Tally != (reports.Tally{N: 3, Safe: 2, Lost: 1}) {
		t.Errorf("%+v, %+v", r.Run, r.Cells[0].Tally)
	}
	if doubled := Doubled(r.Parts); !slices.Equal(doubled, []string{"shard 2/3 was done 2 times"}) {
		t.Errorf("%q", doubled)
	}
	r = merged(t, shards[0], killed, shards[3])
	if gate.Apply(r); r.Run.Status != reports.Interrupted || len(Doubled(r.Parts)) > 0 || !strings.Contains(format.Interruption(r), "interrupted: killed (1 of 1)") {
		t.Errorf("%+v, %s", r.Run, format.Interruption(r))
	}
}

// One shard alone is a campaign of which the others are missing. Many are named shortly.
func TestOneShardIsNotTheCampaign(t *testing.T) {
	r := merged(t, shard(2, reports.Safe))
	const want = "1 of 3 runs done; shard 1/3 with 1 run is missing: onceover chaos --seed 7 --shard 1/3 --jobs 2; shard 3/3 with 1 run is missing: onceover chaos --seed 7 --shard 3/3 --jobs 2"
	if gate.Apply(r); r.Gate.ExitCode != reports.ExitUnknown || format.Interruption(r) != want {
		t.Errorf("%+v, %s", r.Gate, format.Interruption(r))
	}
	many := shard(2, reports.Safe)
	reshard(many, "2/12")
	many.Run.Whole, many.Config.Runs = 12, 12
	if said := format.Interruption(merged(t, many)); !strings.HasSuffix(said, "; and so are 10/12, 11/12, 12/12") {
		t.Error(said)
	}
}

func TestAShardThatContradictsItselfIsRefused(t *testing.T) {
	for want, change := range map[string]func(*reports.Results){
		`"4/3": the shards of 3`:                func(r *reports.Results) { reshard(r, "4/3") },
		`its shard is no shard: "" is not`:      func(r *reports.Results) { r.Run.Shard, r.Run.Replay = "", "" },
		`its command is of the shard 2/3`:       func(r *reports.Results) { r.Run.Shard, r.Run.Whole = "", 0 },
		`shard 2/3 of 9 runs has 3, and it say`: func(r *reports.Results) { r.Run.Whole = 9 },
	} {
		r := shard(2, reports.Safe)
		change(r)
		if _, err := Of([]Source{source("one", r)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
