package page

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/metric"
)

// glanceView is one thing that a reader asks of the lock to use.
type glanceView struct{ Label, Text string }

// glance says of the lock to use how sure that is, what it costs, and how long a death is
// felt: a line each, as far as it is known.
func (s *source) glance() []glanceView {
	chosen := slices.Concat(s.answered.Held, s.answered.Halted)
	if len(chosen) == 0 || s.answered.Missed > 0 {
		return nil
	}
	best := s.strategy(chosen[0].Name)
	lines := []glanceView{{"How sure", s.howSure(best)}, {"Cost", s.price(best)}, {"When a worker dies", s.death(best)}}
	return slices.DeleteFunc(lines, func(v glanceView) bool { return v.Text == "" })
}

func (s *source) howSure(x *record) string {
	var said []string
	live := pooled(reports.Those(x.cells, func(c *cellView) bool { return c.Search == nil }))
	if n := live.Conclusive(); n > 0 && live.Bad() > 0 {
		said = append(said, fmt.Sprintf("%d of %s of %s on real servers got stuck.", live.Bad(), format.Plural(n, "run", "runs"), x.Name))
	} else if n > 0 {
		said = append(said, fmt.Sprintf("0 of %s of %s on real servers went wrong, so the true rate of bad runs is below %s (95\u00a0%% confidence, averaged over the scenarios).",
			format.Plural(n, "run", "runs"), x.Name, sayShare(format.Ceil(live.Rate().High))))
	}
	searched := reports.Those(x.cells, func(c *cellView) bool { return c.Search != nil })
	if len(searched) == 0 {
		return strings.Join(said, " ")
	}
	complete := reports.Those(x.sim, func(c *cellView) bool { return c.Search.Complete })
	whom := "it"
	if len(said) == 0 {
		whom = x.Name
	}
	text := fmt.Sprintf("In the simulated world, nothing was found against %s in %s", whom, format.Plural(len(x.sim), "scenario", "scenarios"))
	if n := len(searched) - len(x.sim); n > 0 {
		text += fmt.Sprintf(" and it got stuck in %d", n)
	}
	switch n := len(complete); n {
	case 0:
		text += "; not every order of events was tried"
	case len(searched):
		text += "; every order of events within bounds was tried (COMPLETE)"
	default:
		text += fmt.Sprintf("; in %d of them every order of events within bounds was tried (COMPLETE)", n)
	}
	return strings.Join(append(said, text+"."), " ")
}

// price compares the time that a lock took without a fault with those that gave wrong
// results, too: what they took is what safety is paid instead of.
func (s *source) price(x *record) string {
	own := s.calmMS(x)
	if len(own) == 0 {
		return "unknown: no run of " + x.Name + " on real servers was timed without a fault."
	}
	took := metric.Median(own)
	of := "one run"
	if len(own) > 1 {
		of = "median of " + format.Plural(len(own), "run", "runs")
	}
	text := fmt.Sprintf("%s moved the table in %s without a fault (%s)", x.Name, format.Duration(format.Milliseconds(int64(took))), of)
	wrong := s.wrongMS()
	if len(wrong) == 0 {
		return text + "."
	}
	text += "; " + tookWrong(wrong) + "."
	switch {
	case took <= wrong[0].ms:
		if len(own) == 1 {
			return "nothing measurable yet: " + text
		}
		return "nothing measurable: " + text
	case took <= wrong[len(wrong)-1].ms:
		return "time within the range of the unsafe locks: " + text
	}
	return "time: " + text
}

// timed is how long a lock took.
type timed struct {
	name string
	ms   float64
}

// tookWrong says what locks took that gave wrong results.
func tookWrong(wrong []timed) string {
	fast, slow := format.Duration(format.Milliseconds(int64(wrong[0].ms))), format.Duration(format.Milliseconds(int64(wrong[len(wrong)-1].ms)))
	switch {
	case len(wrong) == 1:
		return fmt.Sprintf("the lock %s, which gave a wrong result, took %s", wrong[0].name, fast)
	case slow != fast:
		fast += " to " + slow
	}
	return fmt.Sprintf("the %d locks that gave wrong results took %s", len(wrong), fast)
}

// wrongMS is how long each lock that gave a wrong result without a fault took there, the
// fastest first.
func (s *source) wrongMS() (medians []timed) {
	for _, x := range s.strategies {
		if c := s.calmCell(x); c != nil && c.bad() {
			if ms := s.calmMS(x); len(ms) > 0 {
				medians = append(medians, timed{x.Name, metric.Median(ms)})
			}
		}
	}
	slices.SortStableFunc(medians, func(a, b timed) int { return cmp.Compare(a.ms, b.ms) })
	return medians
}

func (s *source) calmCell(x *record) *cellView {
	c, _ := reports.First(x.cells, func(c *cellView) bool { return c.Scenario == calm && c.Search == nil })
	return c
}

// calmMS is how long each run of a lock took that came to its end without a fault,
// and had the machine to itself.
func (s *source) calmMS(x *record) (all []float64) {
	c := s.calmCell(x)
	if c == nil {
		return nil
	}
	for _, r := range c.Runs {
		if !r.Shared && r.DurationMS > 0 && r.Verdict != reports.Stuck && r.Verdict != reports.Inconclusive {
			all = append(all, float64(r.DurationMS))
		}
	}
	return all
}

// death is how long it took until what a killed worker had in hand was committed.
func (s *source) death(x *record) string {
	var ms []float64
	open := 0
	for _, c := range x.live {
		for _, r := range c.Runs {
			if !r.Shared && onlyKills(r) {
				ms, open = append(ms, r.RecoveryMS...), open+len(r.CensoredMS)
			}
		}
	}
	if len(ms) == 0 {
		return ""
	}
	text := fmt.Sprintf("its work goes on after %s (median of %s", format.Duration(format.Milliseconds(int64(metric.Median(ms)))), format.Plural(len(ms), "death", "deaths"))
	if lease := s.leaseMS(); lease > 0 {
		text += fmt.Sprintf("; a lease of %s had begun before", format.Duration(format.Milliseconds(lease)))
	}
	if open > 0 {
		text += fmt.Sprintf("; %d more were not over at the end of the run", open)
	}
	return text + ")."
}

func onlyKills(r reports.Run) bool {
	return len(r.Faults) > 0 && !slices.ContainsFunc(r.Faults, func(f reports.Fault) bool { return pointOf(f.Text).Kind != "kill" })
}
