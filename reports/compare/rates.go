package compare

import "github.com/aclements/go-moremath/stats"

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
