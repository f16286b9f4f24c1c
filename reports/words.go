package reports

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
)

// word is a verdict as the terminal says it.
func (v Verdict) word() string {
	switch v {
	case Safe:
		return "ok"
	case Lost:
		return "LOST"
	case Duplicated:
		return "DUP"
	case Stuck:
		return "STUCK"
	}
	return "?"
}

// mark is a state in one word; a state that asks for nothing has none.
func (s State) mark() string {
	switch s {
	case AsExpected, ReportOnly:
		return ""
	case Worse:
		return "WORSE"
	case ControlMissed:
		return "MISSED"
	}
	return "UNPROVEN"
}

// sentence is a state beside what was expected.
func (c Cell) sentence() string {
	switch c.State {
	case AsExpected:
		return "as expected"
	case ReportOnly:
		return "report only"
	}
	return c.State.mark() + ", expected " + c.Expected
}

// Found lists the verdicts of a cell, the worst first: every violation that
// was seen in any of its runs, and otherwise its own verdict.
func (c Cell) Found() []Verdict {
	seen := map[Verdict]bool{Lost: c.Tally.Lost > 0, Duplicated: c.Tally.Duplicated > 0, Stuck: c.Tally.Stuck > 0}
	seen[c.Verdict] = true
	for _, r := range c.Runs {
		for _, v := range r.found() {
			seen[v] = true
		}
	}
	var found []Verdict
	for _, v := range slices.Backward(severity) {
		if v.Bad() && seen[v] {
			found = append(found, v)
		}
	}
	switch {
	case len(found) > 0:
		return found
	case c.Verdict == Safe && c.Tally.Conclusive() > 0:
		return []Verdict{Safe}
	}
	return []Verdict{Inconclusive}
}

// words joins the verdicts of a cell or run.
func words(verdicts []Verdict) string {
	all := make([]string, len(verdicts))
	for i, v := range verdicts {
		all[i] = v.word()
	}
	return strings.Join(all, "+")
}

// found lists the verdicts of a run, the worst first.
func (r Run) found() []Verdict {
	all := slices.Clone(r.Verdicts)
	if !slices.Contains(all, r.Verdict) {
		all = append(all, r.Verdict)
	}
	slices.SortStableFunc(all, func(a, b Verdict) int { return b.rank() - a.rank() })
	if all[0].Bad() {
		all = slices.DeleteFunc(all, func(v Verdict) bool { return !v.Bad() })
	}
	return all
}

// Example returns the run to show for a cell: the first bad one, or else the
// first inconclusive one.
func (c Cell) Example() (Run, bool) {
	if i := slices.IndexFunc(c.Runs, func(r Run) bool { return r.Verdict.Bad() }); i >= 0 {
		return c.Runs[i], true
	}
	if i := slices.IndexFunc(c.Runs, func(r Run) bool { return r.Verdict != Safe }); i >= 0 {
		return c.Runs[i], true
	}
	return Run{}, false
}

// line says how much was tried, and what that proves, for a line of its own.
func (c Cell) line() string {
	if c.Search != nil {
		return c.Search.Covered()
	}
	s := fmt.Sprintf("%d of %d bad (%s)", c.Tally.Bad(), c.Tally.Conclusive(), c.Tally.interval())
	if c.Tally.Inconclusive > 0 {
		s += fmt.Sprintf(", %d ?", c.Tally.Inconclusive)
	}
	return s
}

// short says how much was tried, for a table.
func (c Cell) short() string {
	switch {
	case c.Search != nil && c.Search.Complete:
		return "complete"
	case c.Search != nil:
		return fmt.Sprintf("in %d", c.Search.Schedules)
	}
	s := fmt.Sprintf("%d/%d bad", c.Tally.Bad(), c.Tally.Conclusive())
	if c.Tally.Inconclusive > 0 {
		s += fmt.Sprintf(", %d ?", c.Tally.Inconclusive)
	}
	return s
}

// interval says what is known of the true rate, as in "5.8-22.2%" or "<4.9%".
func (t Tally) interval() string {
	rate := t.Rate()
	switch {
	case t.Conclusive() == 0:
		return "unknown"
	case t.Bad() == 0:
		return "<" + percent(ceil(rate.High))
	}
	return fmt.Sprintf("%.1f-%s", 100*rate.Low, percent(rate.High))
}

func percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

// ceil rounds a bound up to a tenth of a percent: rounded to nearest, it could
// promise more than was proven.
func ceil(share float64) float64 {
	const noise = 1e-9 // of floating point, so that 95 % does not become 95.1 %
	return math.Ceil(1000*share-noise) / 1000
}

// duration says a time as a reader wants it: 850ms, 12.4s, 3m04s, 1h02m.
func duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < 59950*time.Millisecond:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return minutes(d)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

// minutes says a time in whole seconds: 12s, 3m04s.
func minutes(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return duration(d)
}

func milliseconds(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

// plain makes foreign text safe for a terminal: one line, and nothing in it
// that moves the cursor, sets colours or turns the writing direction.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return '?'
		}
		return r
	}, text)
}

// plural says a number of things.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
