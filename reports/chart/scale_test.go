package chart

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func anyScale(t *rapid.T) scale {
	low, high := rapid.Float64().Draw(t, "low"), rapid.Float64().Draw(t, "high")
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		return linear(low, high, 100, 500)
	case 1:
		return logarithmic(low, high, 100, 500)
	}
	return rates(60, 100, 500)
}

func TestScales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScale(t)
		a, b := rapid.Float64().Draw(t, "a"), rapid.Float64().Draw(t, "b")
		if a > b {
			a, b = b, a
		}
		if s.at(a) > s.at(b) || s.at(a) < s.zeroOrStart() || s.at(b) > 500 {
			t.Fatalf("%v is at %v, %v at %v", a, s.at(a), b, s.at(b))
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
	for want, s := range map[string]scale{
		"0 1,000 2,000 3,000 4,000 5,000": linear(0, 4148, 0, 1),
		"0 0.2 0.4 0.6 0.8 1":             linear(0, 0.97, 0, 1),
		"-10 0 10 20 30 40":               linear(-7, 40, 0, 1),
		"5 6 7 8 9 10":                    linear(5, 5, 0, 1),
		"10 100 1,000":                    logarithmic(20, 900, 0, 1),
		"10 100":                          logarithmic(10, 10, 0, 1),
		"0 0.0001 0.001 0.01 0.1 1":       rates(0, 1, 2),
	} {
		var got []string
		for _, v := range s.ticks(6) {
			got = append(got, fmt.Sprint(short(v)))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
}

func TestShort(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1e-7: "1e-07", 0.0001: "0.0001", 1.2e15: "1.2e+15", 0.05: "0.05", 1.0 / 3: "0.333", 12: "12", 999.4: "999", 999.6: "1,000", 3400: "3,400", 9995: "9,995",
		9999.7: "10k", 12_345: "12.3k", 999_400: "999k", 999_600: "1M", 1_234_567: "1.23M", 2.5e9: "2.5G", -3400: "-3,400", math.Inf(1): "-", math.NaN(): "-",
	} {
		if got := short(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}
