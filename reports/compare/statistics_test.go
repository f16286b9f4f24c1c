package compare

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/aclements/go-moremath/stats"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchmath"
	"pgregory.net/rapid"
)

func TestFisherAgreesWithPublishedValues(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int
		want           float64
		source         string
	}{
		{3, 4, 1, 4, 0.4857, "the lady tasting tea: Agresti, Categorical Data Analysis, 1990, p. 61"},
		{2, 17, 10, 13, 0.0005367, "convictions of twins: Fisher, 1962; R, help(fisher.test)"},
		{1, 12, 9, 12, 0.002759, "studying men and women: Wikipedia, Fisher's exact test"},
		{7, 60, 15, 60, 0.0972, "R, fisher.test"},
		{0, 60, 1, 60, 1, "the margins leave two tables that are alike"},
		{0, 0, 1, 60, 1, "nothing to compare"},
		{60, 60, 0, 60, 2.0701e-35, "2 / choose(120, 60)"},
	} {
		if got := fisher(c.k1, c.n1, c.k2, c.n2); math.Abs(got-c.want) > 0.0005*c.want {
			t.Errorf("%d of %d, %d of %d: p = %v, want %v (%s)", c.k1, c.n1, c.k2, c.n2, got, c.want, c.source)
		}
	}
}

// permeability of the placenta at term, and earlier: Hollander and Wolfe, 1973,
// p. 69, with what R says of it in help(wilcox.test).
var (
	atTerm  = []float64{0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46}
	earlier = []float64{1.15, 0.88, 0.90, 0.74, 1.21}
)

func TestMannWhitneyAndItsIntervalAgreeWithPublishedValues(t *testing.T) {
	p := benchmath.AssumeNothing.Compare(benchSample(atTerm), benchSample(earlier)).P
	if got := fmt.Sprintf("%.4f", p); got != "0.2544" {
		t.Errorf("p = %s, want 0.2544", got)
	}
	got := difference(earlier, atTerm)
	if said := fmt.Sprintf("%.3f %.2f %.2f", got.Point, got.Low, got.High); said != "0.305 -0.15 0.76" {
		t.Errorf("difference %s, want 0.305 -0.15 0.76", said)
	}
	exp := func(values []float64) (all []float64) {
		for _, v := range values {
			all = append(all, math.Exp(v))
		}
		return all
	}
	asRatio := ratio(exp(earlier), exp(atTerm))
	if math.Abs(asRatio.Low-math.Exp(-0.15)) > 1e-9 || math.Abs(asRatio.High-math.Exp(0.76)) > 1e-9 {
		t.Errorf("ratio %v", asRatio)
	}
}

// The rank is one more than the greatest U that is significant, as printed in
// tables for two sides and 0.05 (Mann and Whitney, 1947; Siegel, Nonparametric
// Statistics, 1956, table K).
func TestRankAgreesWithPublishedTables(t *testing.T) {
	for _, c := range []struct{ n1, n2, critical int }{
		{4, 4, 0}, {5, 5, 2}, {6, 6, 5}, {8, 8, 13}, {9, 15, 34}, {10, 10, 23}, {20, 20, 127},
	} {
		if got := rank(c.n1, c.n2); got != c.critical+1 {
			t.Errorf("%d and %d: %d, want %d", c.n1, c.n2, got, c.critical+1)
		}
	}
}

func TestTheNormalDistributionGivesTheSameRankOrANeighbour(t *testing.T) {
	for n := mostExact + 1; n <= 34; n += 4 {
		u := stats.UDist{N1: n, N2: n}
		if got := rank(n, n); u.CDF(float64(got-2)) > alpha/2 || u.CDF(float64(got+1)) < alpha/2 {
			t.Errorf("%d and %d: %d", n, n, got)
		}
	}
}

// With 6 values the least and the greatest are an interval of 96.9 % (Conover,
// Practical Nonparametric Statistics, 1999, table A3), with 5 there is none of 95 %.
func TestMedianHasAnIntervalFromSixRunsOn(t *testing.T) {
	values := []float64{3, 1, 4, 1.5, 9}
	if e := newEstimate(values); *e.Median != 3 || e.Interval != nil {
		t.Errorf("5 values: %+v", e)
	}
	e := newEstimate(append(values, 2.6))
	if *e.Median != 2.8 || e.Interval.Low != 1 || e.Interval.High != 9 {
		t.Errorf("6 values: %v %+v", *e.Median, e.Interval)
	}
	if e := newEstimate(nil); e.Median != nil {
		t.Error("the median of nothing")
	}
}

func TestHolmAgreesWithPublishedValues(t *testing.T) {
	for _, c := range []struct {
		p, want []float64
	}{
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}}, // Wikipedia, Holm–Bonferroni method
		{[]float64{0.6}, []float64{0.6}},
		{[]float64{0.6, 0.7}, []float64{1, 1}},
		{nil, []float64{}},
	} {
		got := holm(c.p)
		near := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-12 })
		if diff := cmp.Diff(c.want, got, near); diff != "" {
			t.Errorf("%v: %s", c.p, diff)
		}
	}
}

func TestHolmMakesNoneSmallerAndKeepsTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(t, "p")
		adjusted := holm(p)
		for i := range p {
			if adjusted[i] < p[i] || adjusted[i] > 1 {
				t.Fatalf("%v became %v", p[i], adjusted[i])
			}
			for j := range p {
				if p[i] < p[j] && adjusted[i] > adjusted[j] {
					t.Fatalf("%v < %v became %v > %v", p[i], p[j], adjusted[i], adjusted[j])
				}
			}
		}
	})
}

// Without ties, test and interval are two ways to say one thing.
func TestIntervalLeavesOutOneExactlyWhenTheTestRejects(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfNDistinct(rapid.Float64Range(1, 3), 8, 30, rapid.ID[float64]).Draw(t, "values")
		at := rapid.IntRange(4, len(all)-4).Draw(t, "first of the newer side")
		if rapid.Bool().Draw(t, "apart") {
			slices.Sort(all)
		}
		old, now := all[:at], all[at:]
		p, r := benchmath.AssumeNothing.Compare(benchSample(old), benchSample(now)).P, ratio(old, now)
		if max(len(old), len(now)) <= mostExact && (p <= alpha) != (r.Low > 1 || r.High < 1) {
			t.Fatalf("p = %v, interval %v", p, r)
		}
		if r.Low > r.Point || r.Point > r.High {
			t.Fatalf("%v", r)
		}
	})
}

func TestFisherIsAProbabilityAndHasNoSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n1, n2 := rapid.IntRange(0, 300).Draw(t, "n1"), rapid.IntRange(0, 300).Draw(t, "n2")
		k1, k2 := rapid.IntRange(0, n1).Draw(t, "k1"), rapid.IntRange(0, n2).Draw(t, "k2")
		p, swapped := fisher(k1, n1, k2, n2), fisher(k2, n2, k1, n1)
		if !(p > 0 && p <= 1) || math.Abs(p-swapped) > 1e-6*p {
			t.Fatalf("%v, and %v", p, swapped)
		}
	})
}
