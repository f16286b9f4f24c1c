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
