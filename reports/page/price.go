package page

import (
	"fmt"
	"math"
	"slices"

	"onceover/reports"
	"onceover/reports/say"
)

// calm is the scenario in which costs are compared, because in all others a strategy
// also pays for what goes wrong.
const calm = "calm"

// price says what a strategy costs in comparison with the cheapest, from the runs in
// which nothing went wrong and everything came out right.
func (s *source) price(name string) string {
	own, ok := s.speeds[name]
	if !ok {
		return "Its speed is not known: no run of it under " + calm + " was measured and came out right."
	}
	text := fmt.Sprintf("%s rows/s when nothing goes wrong (median of %s)", say.Thousands(int64(math.Round(own.median))), say.Plural(own.runs, "run", "runs"))
	fastest, runs := s.fastest(), own.runs
	switch {
	case len(s.speeds) == 1:
		text += "; no other strategy has a right result to compare with"
	case fastest == name:
		text += fmt.Sprintf(", the fastest of the %d whose result was right", len(s.speeds))
	case s.speeds[fastest].median < 1.005*own.median:
		text += fmt.Sprintf(": as fast as the fastest with a right result, “%s”", fastest)
		runs = min(runs, s.speeds[fastest].runs)
	default:
		text += fmt.Sprintf(": %.2f times as long as the fastest with a right result, “%s”", s.speeds[fastest].median/own.median, fastest)
		runs = min(runs, s.speeds[fastest].runs)
	}
	if own.serverMS != nil {
		text += fmt.Sprintf("; Redis works %.2f ms for 1,000 rows", *own.serverMS)
	}
	return text + few(runs) + "."
}

// few warns of numbers that rest on few runs.
func few(n int) string {
	const least = 6 // below it, the median has no 95 % interval
	if n < least {
		return "; too few runs for more than an impression"
	}
	return ""
}

// speed is how fast a strategy was in the runs that were right: the speed of a wrong
// result is no speed.
type speed struct {
	runs     int
	median   float64  // rows per second
	serverMS *float64 // how long Redis worked for a thousand rows; nil: not counted
}

// measure looks at the runs of a strategy on servers when nothing goes wrong.
func (s *source) measure(row strategyRow) speed {
	var rates, server []float64
	for _, c := range s.cellsOf(row) {
		if c.Scenario != calm || c.Search != nil {
			continue
		}
		for _, r := range c.Runs {
			if r.Verdict != reports.Safe || r.RowsPerSec <= 0 {
				continue
			}
			rates = append(rates, r.RowsPerSec)
			if r.Cost != nil && r.Cost.RedisCPUMS != nil && r.Rows.Table > 0 {
				server = append(server, 1000**r.Cost.RedisCPUMS/float64(r.Rows.Table))
			}
		}
	}
	v := speed{runs: len(rates), median: middle(rates)}
	if len(server) > 0 {
		ms := middle(server)
		v.serverMS = &ms
	}
	return v
}

// fastest is the strategy with the highest speed, in the order in which they are shown.
func (s *source) fastest() string {
	name := ""
	for _, row := range s.strategies {
		if v, ok := s.speeds[row.name]; ok && (name == "" || v.median > s.speeds[name].median) {
			name = row.name
		}
	}
	return name
}

// middle is the median.
func middle(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
