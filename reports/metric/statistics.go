package metric

import (
	"math"
	"slices"
)

// Median of values in any order; NaN if there are none.
func Median(values []float64) float64 { return Quantile(slices.Sorted(slices.Values(values)), 0.5) }

// Quantile of sorted values, between its two neighbours in proportion (R. J. Hyndman,
// Y. Fan, The American Statistician 50, 1996, definition 7); NaN if there are none.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 == len(sorted) {
		return sorted[i]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// SurvivalMedian is the time by which half have recovered, by the estimate of
// E. L. Kaplan and P. Meier (JASA 53, 1958): a censored case counts among those at risk
// for as long as it was watched. Without censored cases it is the plain median. It is
// NaN if fewer than half are known to have recovered.
func SurvivalMedian(recovered, censored []float64) float64 {
	times := slices.Sorted(slices.Values(recovered))
	const noise = 1e-9
	left, half := 1.0, math.NaN() // the share that has not recovered; when it became exactly one half
	for i := 0; i < len(times); {
		t, n := times[i], 0
		for ; i < len(times) && times[i] == t; i++ {
			n++
		}
		if !math.IsNaN(half) {
			return (half + t) / 2
		}
		atRisk := n + len(times) - i
		for _, c := range censored {
			if c >= t {
				atRisk++
			}
		}
		left *= 1 - float64(n)/float64(atRisk)
		switch {
		case left < 0.5-noise:
			return t
		case left < 0.5+noise:
			half = t
		}
	}
	return half
}
