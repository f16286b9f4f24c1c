package page

import (
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/metric"
)

// calm is the scenario in which costs are compared if they can be, because in all
// others a strategy also pays for what goes wrong.
const calm = reports.Calm

// speed is how fast a strategy was in the runs that were right: no lock is chosen by the speed
// of a wrong result.
type speed struct {
	runs    int
	median  float64   // rows per second
	redisMS []float64 // how long Redis worked for a thousand rows, in each run that counted it
}

func (s *source) measure(scenario string) map[string]speed {
	all := map[string]speed{}
	for _, c := range s.Cells {
		if c.Scenario != scenario || c.Search != nil {
			continue
		}
		var v speed
		var rates []float64
		for _, r := range c.Runs {
			rate, missing := metric.Speed.Of(r)
			if r.Verdict != reports.Safe || missing != "" {
				continue
			}
			rates = append(rates, rate)
			if ms, missing := metric.RedisCPU.Of(r); missing == "" {
				v.redisMS = append(v.redisMS, ms)
			}
		}
		if v.runs, v.median = len(rates), metric.Median(rates); v.runs > 0 {
			all[c.Strategy] = v
		}
	}
	return all
}

// fastest is the strategy with the highest speed under a scenario, the first of several
// in the order in which they are shown.
func (s *source) fastest(scenario string) (string, speed) {
	name, there := "", s.speeds[scenario]
	for _, x := range s.strategies {
		if v, ok := there[x.Name]; ok && (name == "" || v.median > there[name].median) {
			name = x.Name
		}
	}
	return name, there[name]
}

// comparable is the scenario in which to compare speeds: calm if several strategies
// have a right result there, or else the one in which most have, one that held among
// them; empty if there is none.
func (s *source) comparable() string {
	if len(s.speeds[calm]) > 1 {
		return calm
	}
	held, _, _ := s.sortOut()
	best := ""
	for _, scenario := range s.scenarios {
		there := s.speeds[scenario]
		has := len(held) == 0 || slices.ContainsFunc(held, func(x *record) bool { return there[x.Name].runs > 0 })
		if has && len(there) > max(1, len(s.speeds[best])) {
			best = scenario
		}
	}
	return best
}

// costOf compares the cost of a strategy with the fastest, from the runs in
// which everything came out right: where nothing goes wrong, and also where something
// does, if only there is anything to compare with.
func (s *source) costOf(name string) string {
	own, ok := s.speeds[calm][name]
	if !ok {
		return "Its speed is not known: no run of it under " + calm + " was measured and came out right." + s.elsewhere(name)
	}
	text := fmt.Sprintf("%s rows/s when nothing goes wrong (median of %s)", thousands(own.median), format.Plural(own.runs, "run", "runs"))
	if len(s.speeds[calm]) == 1 {
		text += "; no other strategy has a right result there to compare with" + few(own)
	} else {
		text += ": " + s.against(calm, name)
	}
	if len(own.redisMS) > 0 {
		text += fmt.Sprintf("; Redis works %.2f ms for 1,000 rows", metric.Median(own.redisMS))
	}
	return text + "." + s.elsewhere(name)
}

// elsewhere compares a strategy under a scenario in which something goes wrong, if it
// cannot be compared where nothing does.
func (s *source) elsewhere(name string) string {
	if _, ok := s.speeds[s.comparer][name]; s.comparer == calm || !ok {
		return ""
	}
	return fmt.Sprintf(" Under %s, where %s a right result, it is %s.", s.comparer,
		format.Plural(len(s.speeds[s.comparer]), "strategy has", "strategies have"), s.against(s.comparer, name))
}

// against compares the speed of a strategy with the fastest under a scenario in which
// several have a right result.
func (s *source) against(scenario, name string) string {
	own := s.speeds[scenario][name]
	fastest, best := s.fastest(scenario)
	switch {
	case fastest == name:
		return fmt.Sprintf("the fastest of the %d with a right result", len(s.speeds[scenario])) + few(own)
	case best.median < 1.005*own.median:
		return fmt.Sprintf("as fast as the fastest with a right result, “%s”", fastest) + few(own, best)
	}
	text := fmt.Sprintf("slower by a factor of %.2f than the fastest with a right result, “%s”", best.median/own.median, fastest)
	if len(s.strategy(fastest).bad) > 0 {
		text += ", which broke elsewhere"
	}
	return text + few(own, best)
}

// few warns of speeds that rest on few runs.
func few(all ...speed) string {
	const least = 6 // below it, the median has no 95 % interval
	if slices.ContainsFunc(all, func(v speed) bool { return v.runs < least }) {
		return "; too few runs for more than an impression"
	}
	return ""
}
