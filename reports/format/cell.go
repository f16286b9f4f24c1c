package format

import (
	"fmt"

	"onceover/reports"
)

// Line says how much was tried, and what that proves, for a line of its own.
func Line(c reports.Cell) string {
	if c.Search != nil {
		return searched(c)
	}
	s := fmt.Sprintf("%d of %d bad (%s)", c.Tally.Bad(), c.Tally.Conclusive(), Interval(c.Tally))
	if c.Tally.Inconclusive > 0 {
		s += fmt.Sprintf(", %d ?", c.Tally.Inconclusive)
	}
	return s
}

// searched says how much was searched, in all: a search may go on after its first find.
// One that has found what it was to find ends there, so it is not called incomplete.
func searched(c reports.Cell) string {
	if !c.Search.Complete && c.Found()[0].Bad() {
		return "found; " + tried(*c.Search) + " in all"
	}
	return Search(*c.Search)
}

// Short says how much was tried, for a table.
func Short(c reports.Cell) string {
	switch {
	case c.Search != nil && c.Search.Complete:
		return "complete"
	case c.Search != nil:
		return "in " + Thousands(c.Search.Schedules)
	}
	s := fmt.Sprintf("%d/%d bad", c.Tally.Bad(), c.Tally.Conclusive())
	if c.Tally.Inconclusive > 0 {
		s += fmt.Sprintf(", %d ?", c.Tally.Inconclusive)
	}
	return s
}

// Tried says how much was tried in a cell, and what came of it.
func Tried(c reports.Cell) string {
	if c.Search != nil {
		return searched(c)
	}
	return Count(c.Tally)
}

// Proven says what that proves.
func Proven(c reports.Cell) string {
	if c.Search != nil {
		return "within " + c.Search.Bounds
	}
	return Rate(c.Tally)
}

// Count says how many runs were bad, of how many that prove something.
func Count(t reports.Tally) string {
	s := fmt.Sprintf("%d of %d bad", t.Bad(), t.Conclusive())
	if t.Inconclusive > 0 {
		s += fmt.Sprintf(", %d more inconclusive", t.Inconclusive)
	}
	return s
}

// Rate says what is known of the true share of bad runs.
func Rate(t reports.Tally) string {
	rate := t.Rate()
	switch {
	case t.Conclusive() == 0:
		return "true rate unknown"
	case t.Bad() == 0:
		return fmt.Sprintf("true rate < %.1f %%", 100*Ceil(rate.High))
	}
	return fmt.Sprintf("true rate %.1f–%.1f %%", 100*rate.Low, 100*rate.High)
}

// Interval says what is known of the true rate, as in "5.8-22.2%" or "<4.9%".
func Interval(t reports.Tally) string {
	rate := t.Rate()
	switch {
	case t.Conclusive() == 0:
		return "unknown"
	case t.Bad() == 0:
		return "<" + Percent(Ceil(rate.High))
	}
	return fmt.Sprintf("%.1f-%s", 100*rate.Low, Percent(rate.High))
}

// Search says in a few words how much was searched.
func Search(s reports.Search) string {
	if s.Complete {
		return tried(s) + ", COMPLETE"
	}
	return tried(s) + ", not complete"
}

func tried(s reports.Search) string {
	if s.Schedules == 1 {
		return "1 schedule"
	}
	return Thousands(s.Schedules) + " schedules"
}
