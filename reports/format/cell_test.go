package format

import (
	"testing"

	"pgregory.net/rapid"

	"onceover/reports"
)

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		tally       reports.Tally
		short, long string
	}{
		{reports.Tally{N: 60, Safe: 60}, "<4.9%", "true rate < 4.9 %"},
		{reports.Tally{N: 60, Safe: 53, Duplicated: 7}, "5.8-22.2%", "true rate 5.8–22.2 %"},
		{reports.Tally{N: 60, Safe: 10, Inconclusive: 50}, "<25.9%", "true rate < 25.9 %"}, // the unknown runs are no evidence
		{reports.Tally{N: 1, Safe: 1}, "<95.0%", "true rate < 95.0 %"},
		{reports.Tally{N: 5, Inconclusive: 5}, "unknown", "true rate unknown"},
		{reports.Tally{}, "unknown", "true rate unknown"},
	} {
		if got := Interval(c.tally); got != c.short {
			t.Errorf("%+v: %s, want %s", c.tally, got, c.short)
		}
		if got := Rate(c.tally); got != c.long {
			t.Errorf("%+v: %s, want %s", c.tally, got, c.long)
		}
	}
}

func TestABoundIsNeverRoundedDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bound := reports.BadRate(0, rapid.IntRange(1, 100_000).Draw(t, "n")).High
		if shown := Ceil(bound); shown < bound-1e-9 || shown > bound+0.001 {
			t.Fatalf("%v is shown as %v", bound, shown)
		}
	})
}
