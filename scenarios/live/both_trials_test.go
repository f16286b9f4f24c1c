package live_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios/catalogue"
	"onceover/scenarios/defects"
	"onceover/scenarios/live"
	"onceover/sim"
	"onceover/sim/mysqlmodel"
	"onceover/sim/search"
)

// What a strategy does beyond the usual commands comes to the same in both worlds: it
// writes to a table of its own, draws in a script, waits without end, or polls.
func TestTrialsComeToTheSameInBothWorlds(t *testing.T) {
	t.Parallel()
	const kill, pause = "kill chunk=3 at=read", "pause chunk=3 at=read for=3s"
	w := openWorld(t, live.Options{}, faults.Nothing)
	for _, c := range []struct {
		trial, plan string
		budget      faults.Budget
		want        reports.Verdict
	}{
		{"claim-row-outlives-its-worker", kill, faults.Budget{faults.Crash: 1}, reports.Stuck},
		{"token-drawn-by-redis", pause, faults.Budget{faults.Pause: 1}, reports.Safe},
		{"token-drawn-after-seeding", pause, faults.Budget{faults.Pause: 1}, reports.Duplicated},
		{"wait-for-replicas", "", nil, reports.Stuck},
		{"polls-for-a-lock-without-end", "", nil, reports.Safe},
		{"polls-for-a-lock-without-end", kill, faults.Budget{faults.Crash: 1}, reports.Stuck},
	} {
		t.Run(c.trial+", "+cmp.Or(c.plan, "no fault"), func(t *testing.T) {
			if got := simulatedVerdict(t, c.trial, c.budget); got != c.want {
				t.Errorf("simulated: %s, want %s", got, c.want)
			}
			e := execution(t, c.trial, "calm", c.plan)
			if c.want == reports.Stuck {
				e.Workload.Deadline = 3 * time.Second
			}
			run := carryOut(t, w, e)
			wantVerdict(t, run, c.want)
			t.Log(run.Why)
		})
	}
}

// simulatedVerdict is what a search within a budget comes to.
func simulatedVerdict(t *testing.T, trial string, budget faults.Budget) reports.Verdict {
	t.Helper()
	p, ok := catalogue.FindProgram(trial)
	if !ok {
		t.Fatalf("no trial %s", trial)
	}
	scene, err := sim.Prepare(sim.Setup{Name: trial, Program: p.Program, Tables: p.Tables, Workers: 2, Chunks: 2, Budget: budget})
	if err != nil {
		t.Fatal(err)
	}
	result, err := search.Explore(scene, search.Options{Seed: 1, Positions: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("simulated: %s", result.Summary())
	for _, bad := range []reports.Verdict{reports.Lost, reports.Duplicated, reports.Stuck, reports.Inconclusive} {
		if _, found := result.Of(bad); found {
			return bad
		}
	}
	return reports.Safe
}

// findStrategy also finds trials, whose tables the worker makes.
func findStrategy(name string) (lock.Strategy, bool) {
	trial, ok := defects.FindTrial(name)
	if !ok || trial.Strategy.Open == nil {
		return catalogue.FindStrategy(name)
	}
	s := trial.Strategy
	if trial.Tables != nil {
		s.Open = func(ctx context.Context, env lock.Env) (lock.Session, error) {
			for _, table := range trial.Tables(env.Chunks) {
				if _, err := env.DB.ExecContext(ctx, creation(table)); err != nil {
					return nil, err
				}
			}
			return trial.Strategy.Open(ctx, env)
		}
	}
	return s, true
}

// creation is the statement that makes a table of the simulation, without its rows.
func creation(t mysqlmodel.Table) string {
	var columns []string
	for _, c := range t.Columns {
		column := c.Name + " " + c.SQLType
		if c.Key == "PRI" {
			column += " PRIMARY KEY"
		}
		columns = append(columns, column)
	}
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (%s)", t.Name, strings.Join(columns, ", "))
}
