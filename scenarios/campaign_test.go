package scenarios

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"onceover/faults"
	"onceover/reports"
)

type silent struct{}

func (silent) Start(string, string, int)   {}
func (silent) RunDone(string, reports.Run) {}
func (silent) Finish(reports.Cell)         {}

// told is a world whose runs were recorded.
type told struct {
	runs      []reports.Run
	histories []string
	done      int
	consumers []int // of each run
}

func (w *told) Run(_ context.Context, e Execution) (reports.Run, error) {
	i := w.done
	w.done++
	w.consumers = append(w.consumers, e.Workload.Consumers)
	if w.histories[i] == "" {
		return w.runs[i], nil
	}
	return w.runs[i], os.WriteFile(filepath.Join(e.Folder, "history.jsonl"), []byte(w.histories[i]), 0o644)
}

func (*told) Limits(Workload) faults.Limits { return faults.Limits{} }

const lostHistory = `{"schema":"onceover.history/2","seq":1,"kind":"step","worker":0,"chunk":0,"step":"claiming"}
{"seq":2,"kind":"step","worker":0,"chunk":0,"step":"claimed"}
{"seq":3,"kind":"worker","worker":0,"chunk":-1,"change":"failed","text":"exit status 69"}
`

func lostRun() reports.Run {
	return reports.Run{Verdict: reports.Lost, Witnesses: []reports.Witness{{Outcome: "lost", Row: "7"}}}
}

func TestTheFirstBadRunOfAVerdictIsExplained(t *testing.T) {
	safe := reports.Run{Verdict: reports.Safe}
	for name, c := range map[string]struct {
		world told
		found int
	}{
		"bad":              {told{runs: []reports.Run{safe, lostRun(), lostRun()}, histories: []string{"", lostHistory, lostHistory}}, 1},
		"without history":  {told{runs: []reports.Run{lostRun()}, histories: []string{""}}, 0},
		"torn":             {told{runs: []reports.Run{lostRun()}, histories: []string{lostHistory[:len(lostHistory)-40]}}, 0},
		"external workers": {told{runs: []reports.Run{lostRun()}, histories: []string{`{"schema":"onceover.history/2","kind":"worker","worker":0,"chunk":-1,"change":"done","text":"exit status 0"}`}}, 0},
		"safe":             {told{runs: []reports.Run{safe}, histories: []string{lostHistory}}, 0},
	} {
		calm, _ := Find("calm")
		campaign := Campaign{
			Worlds: []World{&c.world}, Strategies: []string{"none"}, Scenarios: []Scenario{calm}, Runs: len(c.world.runs), Seed: 1,
			Out: t.TempDir(), Observer: silent{},
			Replay:   func(e Execution) string { return "again" },
			Expected: func(string, string) reports.Expectation { return reports.Expectation{Demand: reports.DemandAny} },
		}
		var results reports.Results
		if err := campaign.Run(t.Context(), &results); err != nil {
			t.Fatal(err)
		}
		found := results.Cells[0].Counterexamples
		if len(found) != c.found {
			t.Errorf("%s: %+v", name, found)
		}
		if len(found) > 0 && (found[0].File != "runs/none/calm/2/history.jsonl" || found[0].Replay != "again") {
			t.Errorf("%s: %s, %s", name, found[0].File, found[0].Replay)
		}
	}
}

func TestEachRunIsKeptAtOnce(t *testing.T) {
	calm, _ := Find("calm")
	kill, _ := Find("kill-random")
	var kept []string
	safe := reports.Run{Verdict: reports.Safe}
	campaign := Campaign{
		Worlds: []World{&told{runs: []reports.Run{safe, lostRun(), safe, safe}, histories: make([]string, 4)}}, Strategies: []string{"none"},
		Scenarios: []Scenario{calm, kill}, Runs: 2, Seed: 1, Out: t.TempDir(), Observer: silent{},
		Replay:   func(e Execution) string { return "again" },
		Expected: func(string, string) reports.Expectation { return reports.Expectation{Demand: reports.DemandAny} },
		Keep: func(r reports.Results) error {
			text := fmt.Sprint(r.Run.Done, " of ", r.Run.Planned)
			for _, c := range r.Cells {
				text += fmt.Sprintf(" %s:%d,%s", c.Scenario, c.Tally.N, c.Verdict)
			}
			kept = append(kept, text)
			return nil
		},
	}
	var results reports.Results
	if err := campaign.Run(t.Context(), &results); err != nil {
		t.Fatal(err)
	}
	want := []string{"1 of 4 calm:1,safe", "2 of 4 calm:2,lost", "3 of 4 calm:2,lost kill-random:1,safe", "4 of 4 calm:2,lost kill-random:2,safe"}
	if !slices.Equal(kept, want) {
		t.Errorf("%q", kept)
	}
}

func TestAScenarioBringsItsConsumers(t *testing.T) {
	calm, _ := Find("calm")
	lost, _ := Find("lost-reply")
	for asked, want := range map[int][]int{0: {0, 2}, 5: {5, 5}} {
		world := &told{runs: make([]reports.Run, 2), histories: make([]string, 2)}
		campaign := Campaign{
			Worlds: []World{world}, Strategies: []string{"none"}, Scenarios: []Scenario{calm, lost}, Runs: 1, Seed: 1, Out: t.TempDir(), Observer: silent{},
			Workload: Workload{Consumers: asked},
			Replay:   func(e Execution) string { return "again" },
			Expected: func(string, string) reports.Expectation { return reports.Expectation{Demand: reports.DemandAny} },
			Keep:     func(reports.Results) error { return nil },
		}
		var results reports.Results
		if err := campaign.Run(t.Context(), &results); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(world.consumers, want) {
			t.Errorf("asked for %d: %v consumers, want %v", asked, world.consumers, want)
		}
	}
}
