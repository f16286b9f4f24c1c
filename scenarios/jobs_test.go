package scenarios

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onceover/faults"
	"onceover/reports"
)

// errBroken is how a world fails.
var errBroken = errors.New("the world is broken")

// arena is where the worlds of a campaign are: they know of each other's runs.
type arena struct {
	// run carries out one run; nil: every run is measured, and bad if its seed is even.
	run func(ctx context.Context, e Execution) (reports.Run, error)

	mu      sync.Mutex
	present map[string]int // scenario -> its runs that go on
	most    int            // runs that went on at a time
	crowded []string       // scenarios of measured runs that something went on beside
}

// worlds are n worlds of the arena.
func (a *arena) worlds(n int) (all []World) {
	a.present = map[string]int{}
	for range n {
		all = append(all, arenaWorld{a})
	}
	return all
}

type arenaWorld struct{ *arena }

func (arenaWorld) Limits(w Workload) faults.Limits { return faults.Limits{Chunks: 80, Steps: true} }

func (w arenaWorld) Run(ctx context.Context, e Execution) (reports.Run, error) {
	w.enter(e.Scenario)
	defer w.leave(e.Scenario)
	if w.run != nil {
		return w.run(ctx, e)
	}
	return figures(e), nil
}

func (a *arena) enter(s Scenario) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.present[s.Name]++
	n := 0
	for name, runs := range a.present {
		n += runs
		if one, _ := Find(name); runs > 0 && one.Measured {
			a.crowded = append(a.crowded, name)
		}
	}
	if n == 1 {
		a.crowded = slices.DeleteFunc(a.crowded, func(name string) bool { return name == s.Name })
	}
	a.most = max(a.most, n)
}

func (a *arena) leave(s Scenario) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.present[s.Name]--
}

// figures is a run with everything that can be measured.
func figures(e Execution) reports.Run {
	run := reports.Run{
		Verdict: reports.Safe, Why: "seen " + e.Strategy + " under " + e.Scenario.Name, DurationMS: 9, RowsPerSec: 5,
		RecoveryMS: []float64{7}, CensoredMS: []float64{8},
		Cost: &reports.Cost{Chunks: 80, RowsRead: new(int64(4000)), RowsSent: new(int64(4000)), RedisCommands: new(int64(1)), RedisCPUMS: new(2.0)},
	}
	if e.Seed%2 == 0 {
		run.Verdict = reports.Lost
	}
	return run
}

// several is a campaign of many cells, with the runs that its worlds carry out.
func (a *arena) several(t *testing.T, jobs, runs int) Campaign {
	return Campaign{
		Worlds: a.worlds(jobs), Strategies: []string{"lease-lua", "set-nx"}, Scenarios: All(), Runs: runs, Seed: 7,
		Workload: Workload{TTL: time.Second}, Out: t.TempDir(), Observer: silent{},
		Replay:   func(e Execution) string { return fmt.Sprintf("onceover chaos --seed %d", e.Seed) },
		Expected: func(string, string) reports.Expectation { return reports.Expectation{Demand: reports.DemandAny} },
	}
}

// At three at a time the runs end in whatever order; here, the last ones first.
func TestHowManyRunsGoOnAtATimeChangesNothingThatIsJudged(t *testing.T) {
	const runs = 3
	carryOut := func(jobs int, run func(context.Context, Execution) (reports.Run, error)) (reports.Results, map[string]string, *arena) {
		t.Helper()
		a := &arena{run: run}
		campaign := a.several(t, jobs, runs)
		var results reports.Results
		if err := campaign.Run(t.Context(), &results); err != nil {
			t.Fatal(err)
		}
		return results, plansIn(t, campaign.Out), a
	}
	alone, plans, _ := carryOut(1, nil)
	var met sync.WaitGroup
	met.Add(runs)
	backwards := make([]chan struct{}, runs)
	for i := range backwards {
		backwards[i] = make(chan struct{})
	}
	several, samePlans, a := carryOut(3, func(_ context.Context, e Execution) (reports.Run, error) {
		if i := int(e.Seed - 7); e.Strategy == "lease-lua" && e.Scenario.Name == "kill-steps" { // the first that go on beside others
			met.Done()
			met.Wait()
			if i < runs-1 {
				<-backwards[i+1]
			}
			defer close(backwards[i])
		}
		return figures(e), nil
	})
	if a.most != 3 || len(a.crowded) > 0 {
		t.Errorf("at most %d went on at a time; beside %q", a.most, a.crowded)
	}
	for i, cell := range several.Cells {
		scenario, _ := Find(cell.Scenario)
		for j, run := range cell.Runs {
			if run.Shared == scenario.Measured {
				t.Errorf("%s, seed %d: shared is %v", cell.ID, run.Seed, run.Shared)
			}
			if run.Shared {
				if run.RowsPerSec != 0 || run.RecoveryMS != nil || run.CensoredMS != nil || run.Cost.RedisCPUMS != nil || run.Cost.RedisCommands != nil || run.Cost.RowsRead != nil || run.Cost.Missing == "" {
					t.Errorf("%s, seed %d has figures: %+v", cell.ID, run.Seed, run)
				}
				alone.Cells[i].Runs[j] = alone.Cells[i].Runs[j].BesideOthers()
			}
		}
	}
	if diff := cmp.Diff(alone, several); diff != "" {
		t.Errorf("with three at a time (-1 +3):\n%s", diff)
	}
	if diff := cmp.Diff(plans, samePlans); diff != "" || len(plans) != 2*len(All())*runs {
		t.Errorf("%d plans; with three at a time (-1 +3):\n%s", len(plans), diff)
	}
}

// plansIn reads the plans of all runs below a folder.
func plansIn(t *testing.T, out string) map[string]string {
	t.Helper()
	plans := map[string]string{}
	files, err := filepath.Glob(filepath.Join(out, "runs/*/*/*/plan.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		plans[strings.TrimPrefix(file, out)] = string(text)
	}
	return plans
}

// Results that are read while runs go on hold each run that has ended, in its place.
func TestEachOfSeveralRunsIsKeptAtOnce(t *testing.T) {
	calm, _ := Find("calm")
	kill, _ := Find("kill-steps")
	secondKept := make(chan struct{})
	a := &arena{run: func(_ context.Context, e Execution) (reports.Run, error) {
		if e.Scenario.Name == "kill-steps" && e.Seed == 7 {
			<-secondKept // it begins first, and ends last
		}
		return figures(e), nil
	}}
	campaign := a.several(t, 2, 2)
	campaign.Strategies, campaign.Scenarios = []string{"lease-lua"}, []Scenario{kill, calm}
	var kept []string
	campaign.Keep = func(r reports.Results) error {
		text := fmt.Sprint(r.Run.Done, " of ", r.Run.Planned)
		for _, c := range r.Cells {
			for _, run := range c.Runs {
				text += fmt.Sprintf(" %s:%d", c.Scenario, run.Seed)
			}
		}
		if kept = append(kept, text); len(kept) == 3 {
			close(secondKept)
		}
		return nil
	}
	var results reports.Results
	if err := campaign.Run(t.Context(), &results); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 of 4 calm:7", "2 of 4 calm:7 calm:8",
		"3 of 4 kill-steps:8 calm:7 calm:8", "4 of 4 kill-steps:7 kill-steps:8 calm:7 calm:8",
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Error(diff)
	}
}

// The other runs are told to end, and what ended before the failure is kept.
func TestARunThatFailsEndsThoseBesideIt(t *testing.T) {
	kill, _ := Find("kill-steps")
	both := make(chan struct{}, 1)
	ended := 0
	a := &arena{run: func(ctx context.Context, e Execution) (reports.Run, error) {
		switch {
		case e.Strategy == "lease-lua":
			return figures(e), nil
		case e.Seed == 7:
			both <- struct{}{}
			<-ctx.Done()
			ended++
			return reports.Run{}, ctx.Err()
		}
		<-both
		return reports.Run{}, errBroken
	}}
	campaign := a.several(t, 2, 2)
	campaign.Scenarios = []Scenario{kill}
	results := reports.Results{}
	err := campaign.Run(t.Context(), &results)
	if !errors.Is(err, errBroken) || err.Error() != "set-nx/kill-steps, run 2: the world is broken" {
		t.Error(err)
	}
	if ended != 1 || results.Run.Status != reports.Interrupted || results.Run.Done != 2 || len(results.Cells) != 1 || results.Cells[0].State == "" {
		t.Errorf("%d were told to end; %+v, %d cells", ended, results.Run, len(results.Cells))
	}
}

func TestAnInterruptEndsAllRuns(t *testing.T) {
	kill, _ := Find("kill-steps")
	ctx, stop := context.WithCancel(t.Context())
	var going sync.WaitGroup
	going.Add(3)
	a := &arena{run: func(ctx context.Context, e Execution) (reports.Run, error) {
		going.Done()
		<-ctx.Done()
		return reports.Run{}, fmt.Errorf("query: %w", ctx.Err())
	}}
	campaign := a.several(t, 3, 5)
	campaign.Scenarios = []Scenario{kill}
	go func() {
		going.Wait()
		stop()
	}()
	results := reports.Results{}
	if err := campaign.Run(ctx, &results); err != nil || results.Run.Status != reports.Interrupted || results.Run.Done != 0 {
		t.Errorf("%v, %+v", err, results.Run)
	}
}
