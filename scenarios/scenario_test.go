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
