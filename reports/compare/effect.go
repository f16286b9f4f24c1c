package compare

import (
	"math"
	"slices"
	"sort"

	"github.com/aclements/go-moremath/stats"

	"onceover/reports/metric"
)

// ratio estimates how many times as much the values of now are as those of old, by the
// difference of their logarithms. All values have to be positive.
func ratio(old, now []float64) *Interval {
	d := difference(logarithms(old), logarithms(now))
	return &Interval{Point: math.Exp(d.Point), Low: math.Exp(d.Low), High: math.Exp(d.High)}
}

func logarithms(values []float64) []float64 {
	all := make([]float64, len(values))
	for i, v := range values {
		all[i] = math.Log(v)
	}
	return all
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
