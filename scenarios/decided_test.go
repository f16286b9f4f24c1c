package scenarios

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"onceover/reports"
	"onceover/reports/merge"
	"onceover/reports/recheck"
)

// A bad run spares only the rest of its own cell, and only where the cell has to be safe. What
// the cells come to, and the gate, stay as they are without that, also if shards are merged
// that know nothing of each other.
func TestABadRunSparesTheRestOfACellThatHasToBeSafe(t *testing.T) {
	out := t.TempDir()
	spared := false
	rapid.Check(t, func(t *rapid.T) {
		d := fate(t, out)
		for range rapid.IntRange(0, 2).Draw(t, "beside each other") {
			d.Worlds = append(d.Worlds, d)
		}
		whole := d.results(t, reports.Shard{})
		d.Decides = true
		decided := d.results(t, reports.Shard{})
		spared = spared || decided.Run.Spared > 0
		if decided.Run.Done+decided.Run.Spared != whole.Run.Planned || decided.Run.Status != reports.Complete {
			t.Fatalf("%d done, %d spared of %d, %s", decided.Run.Done, decided.Run.Spared, whole.Run.Planned, decided.Run.Status)
		}
		sameOutcome(t, whole, decided)
		for i, c := range decided.Cells {
			e, err := reports.ParseExpectation(c.Expected)
			if err != nil {
				t.Fatal(err)
			}
			if full := whole.Cells[i].Tally; c.Tally.N < full.N && (e.Demand != reports.DemandSafe || c.Tally.Bad() == 0) {
				t.Fatalf("%s: %d of %d runs, and nothing had decided it: %+v", c.ID, c.Tally.N, full.N, c.Tally)
			}
		}
		var shards []merge.Source
		for i := range min(3, d.Whole()) {
			r := d.results(t, reports.Shard{Index: i + 1, Of: min(3, d.Whole())})
			shards = append(shards, merge.Source{Name: r.Run.Shard, Folder: "../" + r.Run.Shard, Results: r})
		}
		sameOutcome(t, whole, together(t, shards...))
	})
	if !spared {
		t.Error("no run was spared")
	}
}

// sameOutcome compares what the cells come to, and the gate.
func sameOutcome(t *rapid.T, a, b *reports.Results) {
	t.Helper()
	if err := recheck.Check(b); err != nil {
		t.Fatal(err)
	}
	states := func(r *reports.Results) (all []string) {
		for _, c := range r.Cells {
			all = append(all, c.ID+" "+string(c.State))
		}
		return all
	}
	if difference := cmp.Diff(states(a), states(b)); difference != "" || a.Gate.ExitCode != b.Gate.ExitCode {
		t.Fatalf("exit codes %d and %d (-whole +decided):\n%s", a.Gate.ExitCode, b.Gate.ExitCode, difference)
	}
}

// An interrupted campaign whose cell was decided has nothing left to do in it.
func TestADecidedCellIsNotTakenUpAgain(t *testing.T) {
	calm, _ := Find("calm")
	world := &told{runs: []reports.Run{lostRun()}, histories: []string{""}}
	campaign := Campaign{
		Worlds: []World{world}, Strategies: []string{"none"}, Scenarios: []Scenario{calm}, Runs: 9, Decides: true, Out: t.TempDir(), Observer: silent{},
		Replay:   func(Execution) string { return "again" },
		Expected: func(string, string) reports.Expectation { return reports.Expectation{Demand: reports.DemandSafe} },
	}
	var results reports.Results
	if err := campaign.Run(context.Background(), &results); err != nil {
		t.Fatal(err)
	}
	campaign.Finished = func(_, _ string, seed uint64) (reports.Run, bool) {
		return results.Cells[0].Runs[0], seed == results.Cells[0].Runs[0].Seed
	}
	if campaign.Left() != 0 || campaign.Cells() != 0 {
		t.Errorf("%d runs of %d cells are left", campaign.Left(), campaign.Cells())
	}
	var again reports.Results
	if err := campaign.Run(context.Background(), &again); err != nil || world.done != 1 || again.Run.Spared != 8 {
		t.Errorf("%v: %d runs were carried out, %d spared", err, world.done, again.Run.Spared)
	}
}
