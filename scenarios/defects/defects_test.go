package defects_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/reports"
	"onceover/scenarios/defects"
	"onceover/sim"
	"onceover/sim/search"
)

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range defects.All() {
		if seen[d.Name] {
			t.Errorf("two defects are called %s", d.Name)
		}
		seen[d.Name] = true
	}
}

func TestMistakesAreSentences(t *testing.T) {
	for _, d := range defects.All() {
		if !strings.HasSuffix(d.Mistake, ".") || strings.Count(d.Mistake, ". ") > 0 {
			t.Errorf("%s: %q is not one sentence", d.Name, d.Mistake)
		}
	}
}

func TestEveryDefectIsCaught(t *testing.T) {
	for _, d := range defects.All() {
		t.Run(d.Name, func(t *testing.T) {
			scene, err := sim.Prepare(d.Scene())
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			result, err := search.Explore(scene, search.Options{Want: []reports.Verdict{d.Want}, Clock: func() time.Duration { return time.Since(began) }, Limit: 20 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			found, ok := result.Of(d.Want)
			if !ok {
				t.Fatalf("not caught as %s; %s; found %v", d.Want, result.Summary(), result.Found)
			}
			t.Logf("%-28s %-10s %-10s %5d schedules %v; %d events; %v %s", d.Name, d.Want, found.Stage, result.Schedules(), time.Since(began), len(found.Log), found.Log, found.Why)
			_ = slices.Contains[[]int]
		})
	}
}
