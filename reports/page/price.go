package page

import (
	"fmt"
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
	own, n := s.speed(name)
	if n == 0 {
		return "Its speed is not known: no run of it under " + calm + " was measured and came out right."
	}
	fastest, best := name, own
	others := 0
	for _, row := range s.strategies {
		speed, runs := s.speed(row.name)
		if runs > 0 && row.name != name {
			others++
		}
		if runs > 0 && speed > best {
			fastest, best = row.name, speed
		}
	}
	text := fmt.Sprintf("%s rows/s when nothing goes wrong (median of %s)", say.Thousands(int64(own)), say.Plural(n, "run", "runs"))
	switch {
	case others == 0:
		text += "; no other strategy has a right result to compare with"
	case fastest == name:
		text += fmt.Sprintf(", the fastest of the %d whose result was right", others+1)
	default:
		text += fmt.Sprintf(": %.2f times as long as the fastest with a right result, %s", best/own, fastest)
	}
	return text + s.serverTime(name) + few(n) + "."
}

// few warns of numbers that rest on few runs.
func few(n int) string {
	const least = 6 // below it, the median has no 95 % interval
	if n < least {
		return "; too few runs for more than an impression"
	}
	return ""
}

// speed is the median of rows per second over the runs under calm that were right.
// The speed of a wrong result is no speed.
func (s *source) speed(name string) (median float64, runs int) {
	var all []float64
	for _, r := range s.calmRuns(name) {
		if r.RowsPerSec > 0 {
			all = append(all, r.RowsPerSec)
		}
	}
	return middle(all), len(all)
}

// calmRuns are the right runs of a strategy on servers when nothing goes wrong.
func (s *source) calmRuns(name string) []reports.Run {
	var runs []reports.Run
	for _, c := range s.Cells {
		if c.Strategy != name || c.Scenario != calm || c.Search != nil {
			continue
		}
		for _, r := range c.Runs {
			if r.Verdict == reports.Safe {
				runs = append(runs, r)
			}
		}
	}
	return runs
}

// serverTime is how long Redis worked for a thousand rows, where that was counted.
func (s *source) serverTime(name string) string {
	var all []float64
	for _, r := range s.calmRuns(name) {
		if r.Cost != nil && r.Cost.RedisCPUMS != nil && r.Rows.Table > 0 {
			all = append(all, 1000**r.Cost.RedisCPUMS/float64(r.Rows.Table))
		}
	}
	if len(all) == 0 {
		return ""
	}
	return fmt.Sprintf("; Redis works %.2f ms for 1,000 rows", middle(all))
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
