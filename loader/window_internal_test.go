package loader

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// As many as fit weigh no more than the bound and the largest, whichever they are.
func TestAWindowHoldsNoMoreThanItsBoundAndTheLargestRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lengths := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 9), rapid.IntRange(0, 1<<20)), 0, 40).Draw(t, "lengths")
		within := rapid.IntRange(1, 1<<21).Draw(t, "within")
		var s sizes
		for _, n := range lengths {
			s.add(n)
		}
		fit := s.fit(int64(within))
		if fit < 1 {
			t.Fatalf("%d fit", fit)
		}
		slices.Sort(lengths)
		slices.Reverse(lengths)
		weight := 0
		for _, n := range lengths[min(1, len(lengths)):min(int(fit), len(lengths))] {
			weight += n
		}
		if weight > within {
			t.Fatalf("%d fit, and weigh %d beside the largest", fit, weight)
		}
	})
}

// The bound costs nothing where rows are of usual sizes, or only one is large.
func TestUsualRowsAreReadInLargeWindows(t *testing.T) {
	var s sizes
	for range 1_000_000 {
		s.add(1_000)
	}
	s.add(100 << 20)
	if fit := s.fit(windowMost); fit < windowCount {
		t.Errorf("%d fit", fit)
	}
}
