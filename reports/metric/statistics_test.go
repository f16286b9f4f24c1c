package metric

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		sorted []float64
		q      float64
		want   float64
	}{
		{[]float64{7}, 0.25, 7},
		{[]float64{1, 2, 3, 4}, 0.25, 1.75},
		{[]float64{1, 2, 3, 4}, 0.5, 2.5},
		{[]float64{1, 2, 3, 4, 5}, 0.75, 4},
		{[]float64{1, 2}, 1, 2},
	} {
		if got := Quantile(c.sorted, c.q); got != c.want {
			t.Errorf("%v of %v is %v, want %v", c.q, c.sorted, got, c.want)
		}
	}
	if !math.IsNaN(Quantile(nil, 0.5)) {
		t.Error("nothing has a median")
	}
}

func TestSurvivalMedian(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		recovered, censored []float64
		want                float64
	}{
		"nothing":                      {nil, nil, nan},
		"nothing recovered":            {nil, []float64{30, 30}, nan},
		"one":                          {[]float64{5}, nil, 5},
		"an even number":               {[]float64{1, 2, 4, 9}, nil, 3},
		"less than half recovered":     {[]float64{1, 2}, []float64{30, 30, 30}, nan},
		"just half recovered":          {[]float64{1, 2}, []float64{30, 30}, 2},
		"more than half recovered":     {[]float64{1, 2, 3}, []float64{30, 30}, 3},
		"watched too short to matter":  {[]float64{5, 6, 7}, []float64{1, 1, 1}, 6},
		"never averaged":               {[]float64{5, 6, 7}, []float64{1e9}, 6.5},
		"as long as the slowest":       {[]float64{5, 7}, []float64{7}, 7},
		"6-MP of Freireich et al 1963": {[]float64{6, 6, 6, 7, 10, 13, 16, 22, 23}, []float64{6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35}, 23},
	} {
		if got := SurvivalMedian(c.recovered, c.censored); got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWithoutCensoringItIsTheMedian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(rapid.Float64Range(0, 1e6), 1, 40).Draw(t, "times")
		got := SurvivalMedian(all, nil)
		if want := Quantile(slices.Sorted(slices.Values(all)), 0.5); math.Abs(got-want) > 1e-6*want {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}
