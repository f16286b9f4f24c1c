package reports

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports/format"
)

// Word is a verdict as the terminal says it.
func (v Verdict) Word() string {
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

// Mark is a state in one word; a state that asks for nothing has none.
func (s State) Mark() string {
	switch s {
	case AsExpected, ReportOnly, Better:
		return ""
	case Worse:
		return "WORSE"
	case ControlMissed:
		return "MISSED"
	case Gone:
		return "GONE"
	}
	return "UNPROVEN"
}

// Found lists the verdicts of a cell, the worst first: every violation that
// was seen in any of its runs, and otherwise its own verdict.
func (c Cell) Found() []Verdict {
	seen := map[Verdict]bool{Lost: c.Tally.Lost > 0, Duplicated: c.Tally.Duplicated > 0, Stuck: c.Tally.Stuck > 0}
	seen[c.Verdict] = true
	for _, r := range c.Runs {
		for _, v := range r.Found() {
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

// Words joins the verdicts of a cell or run.
func Words(verdicts []Verdict) string {
	all := make([]string, len(verdicts))
	for i, v := range verdicts {
		all[i] = v.Word()
	}
	return strings.Join(all, "+")
}

// Found lists the verdicts of a run, the worst first.
func (r Run) Found() []Verdict {
	all := slices.Clone(r.Verdicts)
	if !slices.Contains(all, r.Verdict) {
		all = append(all, r.Verdict)
	}
	slices.SortStableFunc(all, func(a, b Verdict) int { return b.Rank() - a.Rank() })
	if all[0].Bad() {
		all = slices.DeleteFunc(all, func(v Verdict) bool { return !v.Bad() })
	}
	return all
}

// Example returns the run to show for a cell: the first of those that show the
// worst, or else the first inconclusive one.
func (c Cell) Example() (Run, bool) {
	best := -1
	for i, r := range c.Runs {
		if r.Verdict != Safe && (best < 0 || r.Verdict.Rank() > c.Runs[best].Verdict.Rank()) {
			best = i
		}
	}
	if best < 0 {
		return Run{}, false
	}
	return c.Runs[best], true
}

// Line says how much was tried, and what that proves, for a line of its own.
func (c Cell) Line() string {
	if c.Search != nil {
		return c.searched()
	}
	s := fmt.Sprintf("%d of %d bad (%s)", c.Tally.Bad(), c.Tally.Conclusive(), c.Tally.Interval())
	if c.Tally.Inconclusive > 0 {
		s += fmt.Sprintf(", %d ?", c.Tally.Inconclusive)
	}
	return s
}

// searched says how much was searched. That a search which has found something is not
// complete is no lack of it: it ends with what it was to find.
func (c Cell) searched() string {
	if !c.Search.Complete && c.Found()[0].Bad() {
		return "found within " + c.Search.tried()
	}
	return c.Search.Covered()
}

// Short says how much was tried, for a table.
func (c Cell) Short() string {
	switch {
	case c.Search != nil && c.Search.Complete:
		return "complete"
	case c.Search != nil:
		return "in " + format.Thousands(int64(c.Search.Schedules))
	}
	s := fmt.Sprintf("%d/%d bad", c.Tally.Bad(), c.Tally.Conclusive())
	if c.Tally.Inconclusive > 0 {
		s += fmt.Sprintf(", %d ?", c.Tally.Inconclusive)
	}
	return s
}

// Interval says what is known of the true rate, as in "5.8-22.2%" or "<4.9%".
func (t Tally) Interval() string {
	rate := t.Rate()
	switch {
	case t.Conclusive() == 0:
		return "unknown"
	case t.Bad() == 0:
		return "<" + format.Percent(format.Ceil(rate.High))
	}
	return fmt.Sprintf("%.1f-%s", 100*rate.Low, format.Percent(rate.High))
}
