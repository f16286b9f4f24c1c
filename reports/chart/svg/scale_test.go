package svg

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func anyScale(t *rapid.T) Scale {
	low, high := rapid.Float64().Draw(t, "low"), rapid.Float64().Draw(t, "high")
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		return Linear(low, high, 100, 500)
	case 1:
		return Logarithmic(low, high, 100, 500)
	}
	return Scale{Low: 0.0001, High: 1, Start: 100, End: 500, Log: true, Zero: 60}
}

// begin is where a scale begins, its zero included.
func begin(s Scale) float64 {
	if s.hasZero() {
		return s.Zero
	}
	return s.Start
}

func TestScales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScale(t)
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		if a > b {
			a, b = b, a
		}
		if s.At(a) > s.At(b) || s.At(a) < begin(s) || s.At(b) > 500 {
			t.Fatalf("%v is at %v, %v at %v", a, s.At(a), b, s.At(b))
		}
		ticks := s.ticks(6)
		if len(ticks) < 2 || len(ticks) > 13 || !slices.IsSorted(ticks) {
			t.Fatalf("ticks %v", ticks)
		}
		for _, v := range ticks {
			if math.Signbit(v) && v == 0 {
				t.Fatal("a tick at -0")
			}
		}
	})
}

func TestTicks(t *testing.T) {
	for want, s := range map[string]Scale{
		"0 1,000 2,000 3,000 4,000 5,000": Linear(0, 4148, 0, 1),
		"0 0.2 0.4 0.6 0.8 1":             Linear(0, 0.97, 0, 1),
		"-10 0 10 20 30 40":               Linear(-7, 40, 0, 1),
		"5 6 7 8 9 10":                    Linear(5, 5, 0, 1),
		"10 100 1,000":                    Logarithmic(20, 900, 0, 1),
		"10 100":                          Logarithmic(10, 10, 0, 1),
		"0 0.0001 0.001 0.01 0.1 1":       Scale{Low: 0.0001, High: 1, Start: 1, End: 2, Log: true, Zero: 0},
	} {
		var got []string
		for _, v := range s.ticks(6) {
			got = append(got, fmt.Sprint(Round(v)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}

func TestRound(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1e-7: "1e-07", 0.0001: "0.0001", 1.2e15: "1.2e+15", 0.05: "0.05", 1.0 / 3: "0.333", 12: "12", 999.4: "999", 999.6: "1,000", 3400: "3,400", 9995: "9,995",
		9999.7: "10k", 12_345: "12.3k", 999_400: "999k", 999_600: "1M", 1_234_567: "1.23M", 2.5e9: "2.5G", -3400: "-3,400", math.Inf(1): "-", math.NaN(): "-",
	} {
		if got := Round(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}
