package reports

import (
	"fmt"

	"onceover/reports/format"
)

// LongMark is a state as the page says it.
func (s State) LongMark() string {
	switch s {
	case AsExpected:
		return "as expected"
	case Worse:
		return "WORSE"
	case ControlMissed:
		return "CONTROL MISSED"
	case ReportOnly:
		return "report only"
	case Better:
		return "better than known"
	case Gone:
		return "GONE"
	}
	return "NOT PROVEN"
}

// LongCount says how much was tried, and what came of it.
func (c Cell) LongCount() string {
	if c.Search != nil {
		return c.searched()
	}
	return c.Tally.LongCount()
}

// LongRate says what that proves.
func (c Cell) LongRate() string {
	if c.Search != nil {
		return "within " + c.Search.Bounds
	}
	return c.Tally.LongRate()
}

// LongCount says how many runs were bad, of how many that prove something.
func (t Tally) LongCount() string {
	s := fmt.Sprintf("%d of %d bad", t.Bad(), t.Conclusive())
	if t.Inconclusive > 0 {
		s += fmt.Sprintf(", %d more inconclusive", t.Inconclusive)
	}
	return s
}

// LongRate says what is known of the true share of bad runs.
func (t Tally) LongRate() string {
	rate := t.Rate()
	switch {
	case t.Conclusive() == 0:
		return "true rate unknown"
	case t.Bad() == 0:
		return fmt.Sprintf("true rate < %.1f %%", 100*format.Ceil(rate.High))
	}
	return fmt.Sprintf("true rate %.1f–%.1f %%", 100*rate.Low, 100*rate.High)
}

// Story says what a cell's state means for the reader.
func (c Cell) Story() string {
	switch c.State {
	case AsExpected:
		if c.Tally.Bad() > 0 {
			return "This control is known to fail, and it was noticed."
		}
		return "As expected: no violation was found."
	case Worse:
		if c.Expectation().Demand != DemandSafe {
			return "Known to be unsafe, and worse than was known."
		}
		return "Expected to be safe, and it is not. One counterexample is proof."
	case ControlMissed:
		if c.Found()[0].Bad() {
			return "Known to be unsafe in a way that did not show: the harness did not see what it must see."
		}
		return "Known to be unsafe, but every run looked fine: the harness did not see what it must see."
	case ReportOnly:
		return "Nothing was expected of this cell."
	case Better:
		return "Known to be bad, and proven to be better: the expectation is out of date."
	case Gone:
		return "Expected, and not run: what was checked before is checked no more."
	}
	return "Too little was learned to say anything, so this is no pass."
}
