package reports

import (
	"testing"

	"pgregory.net/rapid"
)

func TestRunsForABound(t *testing.T) {
	for p, want := range map[float64]int{0.95: 1, 0.5: 5, 0.1: 29, 0.05: 59, 0.01: 299, 0.001: 2995, 1e-20: 1 << 40} {
		if got := RunsFor(p); got != want {
			t.Errorf("%g: %d runs, want %d", p, got, want)
		}
	}
}

func TestRunsForIsTheLeastThatProves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.Float64Range(1e-5, 0.999).Draw(t, "p")
		n := RunsFor(p)
		if got := BadRate(0, n).High; got > p {
			t.Fatalf("%d runs prove %g, not %g", n, got, p)
		}
		if n > 1 && BadRate(0, n-1).High <= p*(1-1e-9) {
			t.Fatalf("%d runs are enough for %g", n-1, p)
		}
	})
}
