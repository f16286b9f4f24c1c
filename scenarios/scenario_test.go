package scenarios_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"onceover/faults"
	"onceover/reports"
	"onceover/scenarios"
)

// A safe run of a scenario that strikes nobody would be no evidence, and stored
// results that claim one are not believed (reports.Results.Contradiction).
func TestEveryScenarioButCalmStrikes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limits := faults.Limits{
			Chunks: rapid.IntRange(1, 200).Draw(t, "chunks"),
			Steps:  rapid.Bool().Draw(t, "steps"),
		}
		seed := rapid.Uint64().Draw(t, "seed")
		for _, s := range scenarios.Every() {
			if !limits.Steps && !s.NeedsNoSteps {
				continue
			}
			if plan := s.Faults(seed, limits, 500*time.Millisecond); (len(plan) == 0) != (s.Name == reports.Calm) {
				t.Fatalf("%s: %d faults", s.Name, len(plan))
			}
		}
	})
}

// A loss of power takes nothing from a Redis without a disk that a kill does not, so a plan
// that has one meets a Redis that can lose what it has not synced.
func TestAPlanMeetsServersThatItCanHarm(t *testing.T) {
	for text, want := range map[string]faults.Persistence{
		"kill at=read": faults.Nothing,
		"kill at=read; redis-power chunk=3 at=read": faults.EverySec,
		"failover at=read":                          faults.Nothing, // a failover forgets whatever is on disk
	} {
		plan, err := faults.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := scenarios.ServersFor(plan).Persistence; got != want {
			t.Errorf("%s: Redis with persistence %s, want %s", text, got, want)
		}
	}
}

func TestFaultsOfOnesOwnMayBeOfSeveralClasses(t *testing.T) {
	redis, mysql := faults.Fault{Kind: faults.RedisKill}, faults.Fault{Kind: faults.MySQLKill}
	kill := faults.Fault{Kind: faults.Kill}
	plan := func(of ...faults.Fault) scenarios.Scenario { return scenarios.OwnPlans(of, scenarios.All())[0] }
	allowed := func(of faults.Budget) scenarios.Scenario {
		return scenarios.Scenario{Name: scenarios.OwnBudget, Budget: of}
	}
	for _, c := range []struct {
		s    scenarios.Scenario
		want faults.Class
	}{
		{allowed(faults.Budget{faults.Crash: 1, faults.RedisKill: 1}), scenarios.Several},
		{allowed(faults.Budget{faults.Crash: 1, faults.Pause: 1}), faults.Process},
		{allowed(faults.Budget{faults.Crash: 1, faults.RedisKill: 0}), faults.Process},
		{allowed(nil), ""},
		{plan(redis, kill), scenarios.Several},
		{plan(redis, mysql), faults.Forgets},
		{plan(kill), faults.Process},
	} {
		if got := c.s.Class(); got != c.want {
			t.Errorf("%s, %v: %q, want %q", c.s.Name, c.s.Budget, got, c.want)
		}
	}
	for _, s := range scenarios.Every() {
		if s.Class() == scenarios.Several {
			t.Errorf("%s is about one class of faults", s.Name)
		}
	}
}
