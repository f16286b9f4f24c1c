package reports

import (
	"fmt"
	"slices"
)

// longMark is a state as the page says it.
func (s State) longMark() string {
	switch s {
	case AsExpected:
		return "as expected"
	case Worse:
		return "WORSE"
	case ControlMissed:
		return "CONTROL MISSED"
	case ReportOnly:
		return "report only"
	}
	return "NOT PROVEN"
}

func (c Cell) longCount() string {
	if c.Search != nil {
		return c.Search.Covered()
	}
	return c.Tally.longCount()
}

func (c Cell) longRate() string {
	if c.Search != nil {
		return "within " + c.Search.Bounds
	}
	return c.Tally.longRate()
}

func (t Tally) longCount() string {
	s := fmt.Sprintf("%d of %d bad", t.Bad(), t.Conclusive())
	if t.Inconclusive > 0 {
		s += fmt.Sprintf(", %d more inconclusive", t.Inconclusive)
	}
	return s
}

func (t Tally) longRate() string {
	rate := t.Rate()
	switch {
	case t.Conclusive() == 0:
		return "true rate unknown"
	case t.Bad() == 0:
		return fmt.Sprintf("true rate < %.1f %%", 100*ceil(rate.High))
	}
	return fmt.Sprintf("true rate %.1f–%.1f %%", 100*rate.Low, 100*rate.High)
}

// story says what a cell's state means for the reader.
func (c Cell) story() string {
	switch c.State {
	case AsExpected:
		if c.Tally.Bad() > 0 {
			return "This control is known to fail, and it was noticed."
		}
		return "As expected: no violation was found."
	case Worse:
		return "Expected to be safe, and it is not. One counterexample is proof."
	case ControlMissed:
		return "Known to be unsafe, but every run looked fine: the harness did not see what it must see."
	case ReportOnly:
		return "Nothing was expected of this cell."
	}
	return "Too little was learned to say anything, so this is no pass."
}

// definitions explain the verdicts, the worst first.
func definitions() []definitionView {
	meaning := map[Verdict]string{
		Lost:         "a row of the table did not arrive, or arrived with other content",
		Duplicated:   "a row arrived more than once; duplicates are never folded away",
		Stuck:        "the job was not complete within its deadline",
		Inconclusive: "the run proves nothing for either side: a fault was not reached or not seen to take effect, or nothing could be checked",
		Safe:         "every row arrived exactly once, and every planned fault was seen to take effect",
	}
	var all []definitionView
	for _, v := range slices.Backward(severity) {
		all = append(all, definitionView{verdictViews([]Verdict{v})[0], meaning[v]})
	}
	return all
}
