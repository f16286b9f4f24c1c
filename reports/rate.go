package reports

import "math"

// Rate is a share of bad runs with its 95 % interval.
type Rate struct {
	Point  float64 `json:"point"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Method string  `json:"method"` // exact or wilson95
}

// z is the 97.5 % quantile of the normal distribution.
const z = 1.959963984540054

// BadRate estimates the true share of bad runs from k bad ones of n. No bad
// run proves only a bound: the exact one-sided 1-0.05^(1/n). Otherwise it is
// Wilson's score interval (E. B. Wilson, JASA 22, 1927).
func BadRate(k, n int) Rate {
	if n == 0 {
		return Rate{Low: 0, High: 1, Method: "exact"}
	}
	if k == 0 {
		return Rate{High: 1 - math.Pow(0.05, 1/float64(n)), Method: "exact"}
	}
	p, m := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Rate{Point: p, Low: max(0, centre-half), High: min(1, centre+half), Method: "wilson95"}
}

// RunsFor is how many runs without a bad one prove that the true share of bad
// runs is below p: the least n with 1-0.05^(1/n) <= p, so that BadRate(0, n).High
// is no more than p. It is 59 for 5 %, 299 for 1 %.
func RunsFor(p float64) int {
	const most = 1 << 40 // beyond it, BadRate cannot tell n from n+1
	estimate := math.Log(0.05) / math.Log1p(-p)
	if !(estimate < most) {
		return most
	}
	n := max(1, int(estimate))
	for BadRate(0, n).High > p {
		n++
	}
	return n
}
