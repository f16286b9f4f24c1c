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
