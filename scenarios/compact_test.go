package scenarios

import (
	"os"
	"path/filepath"
	"testing"

	"onceover/reports"
)

// Of safe runs the first keeps its folder, and all keep their place in the results. Of others
// nothing is lost.
func TestACompactCampaignKeepsWhatWasNotSafe(t *testing.T) {
	calm, _ := Find("calm")
	safe, unclear := reports.Run{Verdict: reports.Safe}, reports.Run{Verdict: reports.Inconclusive}
	all := []reports.Run{safe, lostRun(), safe, unclear, safe}
	out := t.TempDir()
	kept := 0
	campaign := Campaign{
		Worlds: []World{&told{runs: all, histories: make([]string, len(all))}}, Strategies: []string{"none"}, Scenarios: []Scenario{calm},
		Runs: len(all), Compact: true, Out: out, Observer: silent{},
		Replay:   func(Execution) string { return "again" },
		Expected: func(string, string) reports.Expectation { return reports.Expectation{Demand: reports.DemandAny} },
		Keep: func(sofar reports.Results) error {
			runs := sofar.Cells[0].Runs
			if last := runs[len(runs)-1]; last.Folder == "" && last.Verdict != reports.Safe {
				t.Errorf("the folder of a run that is %s is gone", last.Verdict)
			}
			kept++
			return nil
		},
	}
	var r reports.Results
	if err := campaign.Run(t.Context(), &r); err != nil || r.Cells[0].Tally.N != len(all) || kept != len(all) {
		t.Fatal(err, r.Cells[0].Tally, kept)
	}
	for i, run := range r.Cells[0].Runs {
		_, err := os.Stat(filepath.Join(out, "runs/none/calm", []string{"0", "1", "2", "3", "4"}[i], VerdictFile))
		if gone := i == 2 || i == 4; (err != nil) != gone || (run.Folder == "") != gone {
			t.Errorf("run %d (%s): folder %q, %v", i, run.Verdict, run.Folder, err)
		}
	}
}
