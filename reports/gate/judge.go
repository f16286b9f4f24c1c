package gate

import (
	"slices"

	"onceover/reports"
)

// provenBound is the bound on the true share of bad runs from which on a strategy
// that is known to be bad counts as better. Its number of runs is 29: fewer say
// too little about a violation that may need luck.
const provenBound = 0.10

// Judge compares a cell with its expectation.
func Judge(c reports.Cell) reports.State {
	state, _ := judge(c)
	return state
}

// judge returns the state with a sentence: why, and what to do. A state that asks for
// nothing has none.
func judge(c reports.Cell) (reports.State, string) {
	e, err := reports.ParseExpectation(c.Expected)
	if err != nil {
		return reports.NotProven, unreadable(err)
	}
	switch e.Demand {
	case reports.DemandSafe:
		return judgeSafe(c, e)
	case reports.DemandUnsafe:
		return judgeControl(c, e)
	}
	return judgeKnown(c, e)
}

// judgeSafe: one bad run is proof. Without one, everything that was asked for has
// to be proven.
func judgeSafe(c reports.Cell, e reports.Expectation) (reports.State, string) {
	incomplete := c.Search == nil || !c.Search.Complete
	switch {
	case c.Found()[0].Bad():
		return reports.Worse, unsafe(c)
	case c.Tally.Conclusive() == 0 || c.Tally.Inconclusive > 0 || c.Verdict != reports.Safe:
		return reports.NotProven, inconclusive(c)
	case e.Complete && incomplete:
		return reports.NotProven, notSearched(c)
	case e.MaxRate > 0 && c.Search != nil && incomplete: // a search is no sample, so it has no rate
		return reports.NotProven, notSearched(c)
	case e.MaxRate > 0 && c.Search == nil && c.Tally.Rate().High > e.MaxRate:
		return reports.NotProven, tooFew(c, e.MaxRate)
	case e.Content && c.Search == nil && !contentChecked(c):
		return reports.NotProven, unchecked(c)
	}
	return reports.AsExpected, ""
}

// contentChecked tells whether all runs are there, and compared the content of every row.
func contentChecked(c reports.Cell) bool {
	elements, _ := c.Unchecked()
	return elements == 0 && len(c.Runs) == c.Tally.N
}

// judgeControl: every violation that is demanded has to be found, in any run.
func judgeControl(c reports.Cell, e reports.Expectation) (reports.State, string) {
	switch {
	case Caught(c, e):
		return reports.AsExpected, ""
	case c.Tally.Conclusive() == 0:
		return reports.NotProven, inconclusive(c)
	}
	return reports.ControlMissed, missed(c, e)
}

// Caught tells whether everything was found in a cell that a control demands: each of
// its verdicts, or any violation if it names none.
func Caught(c reports.Cell, e reports.Expectation) bool {
	found := c.Found()
	lacking := func(v reports.Verdict) bool { return !slices.Contains(found, v) }
	return found[0].Bad() && !slices.ContainsFunc(e.Verdicts, lacking)
}

// judgeKnown: nothing is demanded, but what is known to be bad may get no worse,
// and it is said if it has got better.
func judgeKnown(c reports.Cell, e reports.Expectation) (reports.State, string) {
	worst := c.Found()[0]
	switch {
	case len(e.Verdicts) == 0:
		return reports.ReportOnly, ""
	case worst.Bad() && worst.Rank() > reports.Worst(e.Verdicts...).Rank():
		return reports.Worse, worseThanKnown(c, e)
	case !worst.Bad() && provenFine(c):
		return reports.Better, better(c, e)
	}
	return reports.ReportOnly, ""
}

// provenFine tells whether a cell without a bad run shows more than that nothing
// happened to be found.
func provenFine(c reports.Cell) bool {
	if c.Search != nil {
		return c.Search.Complete
	}
	return c.Tally.Conclusive() > 0 && c.Tally.Rate().High <= provenBound
}
