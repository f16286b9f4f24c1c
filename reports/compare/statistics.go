package compare

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/aclements/go-moremath/stats"

	"onceover/reports"
	"onceover/reports/metric"
)

// testRates tests for each pair whether the share of bad runs has changed; nil
// where nothing is bad on either side, or where a search was no sample of runs.
func testRates(pairs []pair) []*RateTest {
	tests := make([]*RateTest, len(pairs))
	var found []*RateTest
	for i, p := range pairs {
		if p.old == nil || p.now == nil || p.old.Search != nil || p.now.Search != nil || p.old.Tally.Bad()+p.now.Tally.Bad() == 0 {
			continue
		}
		was, is := p.old.Tally, p.now.Tally
		tests[i] = &RateTest{P: fisher(was.Bad(), was.Conclusive(), is.Bad(), is.Conclusive())}
		found = append(found, tests[i])
	}
	for i, adjusted := range holm(reports.Each(found, func(t *RateTest) float64 { return t.P })) {
		found[i].Adjusted = adjusted
	}
	return tests
}

func (t *RateTest) significant() bool { return t != nil && t.Adjusted < alpha }

// fisher is the two-sided p-value of Fisher's exact test of k1 of n1 against k2
// of n2: the probability, with all sums fixed, of every table that is no more
// likely than this one (R. A. Fisher, JRSS 98, 1935; the sides as in R's fisher.test).
// It is 1 if there is nothing to compare.
func fisher(k1, n1, k2, n2 int) float64 {
	table := stats.HypergeometicDist{N: n1 + n2, K: k1 + k2, Draws: n1}
	const noise = 1e-7 // of the logarithms, in parts
	limit := table.PMF(float64(k1)) * (1 + noise)
	p := 0.0
	for i := range n1 + 1 {
		if l := table.PMF(float64(i)); l <= limit {
			p += l
		}
	}
	return min(1, p)
}

// holm adjusts p-values for having made many tests: with those below a level
// called significant, the chance of any false alarm is at most that level (S. Holm,
// Scandinavian Journal of Statistics 6, 1979). They keep their order.
func holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	highest := 0.0
	for i, at := range order {
		highest = max(highest, min(1, float64(len(p)-i)*p[at]))
		adjusted[at] = highest
	}
	return adjusted
}

// ratio estimates how many times as much the values of now are as those of old, by the
// difference of their logarithms. All values have to be positive.
func ratio(old, now []float64) *Interval {
	d := difference(reports.Each(old, math.Log), reports.Each(now, math.Log))
	return &Interval{Point: math.Exp(d.Point), Low: math.Exp(d.Low), High: math.Exp(d.High)}
}

// difference estimates how much more the values of now are than those of old. It
// is the median of all differences of one from the other (J. L. Hodges, E. L.
// Lehmann, Annals of Mathematical Statistics 34, 1963), with the interval of Moses of
// at least 95 %, which belongs to the test of Mann and Whitney: all shifts that the
// test would not reject (M. Hollander, D. A. Wolfe: Nonparametric Statistical Methods,
// 1973, chapter 4). Ties are counted as if there were none.
func difference(old, now []float64) *Interval {
	all := make([]float64, 0, len(old)*len(now))
	for _, was := range old {
		for _, is := range now {
			all = append(all, is-was)
		}
	}
	slices.Sort(all)
	n := len(all)
	k := min(max(1, rank(len(old), len(now))), n)
	return &Interval{Point: metric.Quantile(all, 0.5), Low: all[k-1], High: all[n-k]}
}

// mostExact is up to how many values the distribution is taken as it is; beyond,
// that takes long, and the normal distribution gives the same rank, or a neighbour.
const mostExact = 25

// rank is the place, from either end, of the pairwise difference at which the
// interval ends: the least k with P(U <= k) > alpha/2.
func rank(n1, n2 int) int {
	if max(n1, n2) > mostExact {
		m := float64(n1 * n2)
		deviation := math.Sqrt(m * float64(n1+n2+1) / 12)
		return int(m/2 - stats.StdNormal.InvCDF(1-alpha/2)*deviation)
	}
	u := stats.UDist{N1: n1, N2: n2}
	return sort.Search(n1*n2, func(k int) bool { return u.CDF(float64(k)) > alpha/2 })
}
