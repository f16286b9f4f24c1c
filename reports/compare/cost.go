package compare

import (
	"fmt"
	"slices"

	"golang.org/x/perf/benchmath"

	"onceover/reports"
	"onceover/reports/metric"
)

// leastTested is how many runs each side needs: with 3 no difference whatever
// would be significant.
const leastTested = 4

// compareCosts compares what can be measured on both sides. The obstacle, if
// there is one, is why no cost of this world is comparable.
func compareCosts(old, now reports.Cell, obstacle string) (costs []Cost) {
	for _, m := range metric.All() {
		was, is := newSample(m, old), newSample(m, now)
		if len(was.values) == 0 && len(is.values) == 0 {
			continue
		}
		c := Cost{
			Metric: m.Name, Unit: m.Unit, Absolute: m.Whole > 0, metric: m,
			Old: newEstimate(was.values), New: newEstimate(is.values),
		}
		c.Outcome, c.Note = NotComparable, obstacle
		if c.Note == "" {
			c.Note = hindrance(old, now, was, is)
		}
		if c.Note == "" {
			c.test(was.values, is.values)
		}
		costs = append(costs, c)
	}
	return costs
}

// hindrance says why two samples are not comparable.
func hindrance(old, now reports.Cell, was, is sample) string {
	for _, side := range []struct {
		when string
		cell reports.Cell
		sample
	}{{"before", old, was}, {"now", now, is}} {
		kept, all := len(side.cell.Runs), side.cell.Tally.N
		switch {
		case bad(side.cell):
			// Those that are left are a choice: a run that lost rows had less to do.
			return "some runs were bad " + side.when
		case kept < all:
			return fmt.Sprintf("only %d of %d runs were kept %s; a results.json has all", kept, all, side.when)
		case side.censored > 0:
			return fmt.Sprintf("in %d of %d runs a fault was not recovered from %s", side.censored, all, side.when)
		case len(side.values) == 0 && side.missing > 0:
			return "not measured " + side.when + because(side.why)
		}
	}
	return ""
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// test fills in how sure the difference is.
func (c *Cost) test(old, now []float64) {
	if len(old) < leastTested || len(now) < leastTested {
		c.Outcome, c.Note = TooFew, fmt.Sprintf("fewer than %d runs on a side: no difference could be significant", leastTested)
		return
	}
	p := benchmath.AssumeNothing.Compare(benchSample(old), benchSample(now)).P
	c.P, c.Outcome = &p, Unshown
	switch {
	case c.Absolute:
		c.Effect = difference(old, now)
	case slices.Min(old) <= 0 || slices.Min(now) <= 0:
		c.Note = "of 0 there is no ratio"
	default:
		c.Effect = ratio(old, now)
	}
}

// decideCosts adjusts the tests of all cells and says what they come to.
func decideCosts(cells []Cell, threshold float64) {
	var tested []*Cost
	var p []float64
	for i := range cells {
		for j := range cells[i].Costs {
			if c := &cells[i].Costs[j]; c.P != nil {
				tested, p = append(tested, c), append(p, *c.P)
			}
		}
	}
	for i, adjusted := range holm(p) {
		tested[i].Adjusted = &adjusted
		tested[i].Outcome = tested[i].decide(threshold)
	}
}

// decide tells whether a cost has regressed: the difference has to be significant,
// and all of its interval beyond the threshold. A ratio is beyond 20 % if it is
// above 1.2, or below 1/1.2 the other way, so that to swap the sides swaps the
// outcome.
func (c *Cost) decide(threshold float64) Outcome {
	if *c.Adjusted >= alpha {
		return Unshown
	}
	if c.Effect == nil {
		return Inconclusive
	}
	low, high := 1/(1+threshold), 1+threshold
	if c.Absolute {
		low, high = -threshold*c.metric.Whole, threshold*c.metric.Whole
	}
	up, down := Regressed, Improved
	if c.metric.HigherIsBetter {
		up, down = Improved, Regressed
	}
	switch {
	case c.Effect.Low > high:
		return up
	case c.Effect.High < low:
		return down
	}
	return Inconclusive
}

// newEstimate is the median with the confidence interval of its order statistics.
func newEstimate(values []float64) Estimate {
	e := Estimate{N: len(values)}
	if len(values) == 0 {
		return e
	}
	summary := benchmath.AssumeNothing.Summary(benchSample(values), 1-alpha)
	e.Median = &summary.Center
	if len(values) >= leastForInterval {
		e.Interval = &Interval{Point: summary.Center, Low: summary.Lo, High: summary.Hi}
	}
	return e
}

// leastForInterval is how many runs an interval of 95 % needs: of 5, the least and
// the greatest enclose the median only with a probability of 1 - 2/2^5 = 94 %.
const leastForInterval = 6

func benchSample(values []float64) *benchmath.Sample {
	thresholds := benchmath.DefaultThresholds
	return benchmath.NewSample(append([]float64(nil), values...), &thresholds)
}

// sample is what was measured in the runs of one cell.
type sample struct {
	values   []float64
	missing  int
	why      string // the first reason for what is missing
	censored int
}

// newSample takes the runs that went well: the number of any other says nothing.
func newSample(m metric.Metric, c reports.Cell) (s sample) {
	for _, run := range c.Runs {
		if run.Verdict != reports.Safe {
			continue
		}
		switch v, lack := m.Of(run); lack {
		case "":
			s.values = append(s.values, v)
		case metric.Censored:
			s.censored++
		case metric.Absent:
		default:
			s.missing++
			if run.Cost != nil && s.why == "" {
				s.why = run.Cost.Missing
			}
		}
	}
	return s
}
