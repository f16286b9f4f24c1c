package compare

import "math"

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
	p := make([]float64, len(found))
	for i, t := range found {
		p[i] = t.P
	}
	for i, adjusted := range holm(p) {
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
	k := k1 + k2
	least, most := max(0, k-n2), min(k, n1)
	// One part in ten million is the noise of the logarithms.
	limit := logTable(k1, n1, k, n2) + 1e-7
	p := 0.0
	for i := least; i <= most; i++ {
		if l := logTable(i, n1, k, n2); l <= limit {
			p += math.Exp(l)
		}
	}
	return min(1, p)
}

// logTable is the logarithm of the hypergeometric probability that i of the k bad
// ones are among the n1.
func logTable(i, n1, k, n2 int) float64 {
	return logChoose(n1, i) + logChoose(n2, k-i) - logChoose(n1+n2, k)
}

func logChoose(n, k int) float64 { return logFactorial(n) - logFactorial(k) - logFactorial(n-k) }

func logFactorial(n int) float64 {
	l, _ := math.Lgamma(float64(n) + 1)
	return l
}
