package reports

import "slices"

// Verdict is what a run, or a cell, came to.
type Verdict string

const (
	Safe         Verdict = "safe"
	Inconclusive Verdict = "inconclusive" // the run proves nothing, for either side
	Stuck        Verdict = "stuck"        // not complete within its deadline
	Duplicated   Verdict = "duplicated"   // a row arrived more than once
	Lost         Verdict = "lost"         // a row did not arrive, or not as it was
)

// severity orders verdicts from the best to the worst. A proven violation is
// worse than not knowing, and not knowing is never safe.
var severity = []Verdict{Safe, Inconclusive, Stuck, Duplicated, Lost}

// Verdicts lists all verdicts, the best first.
func Verdicts() []Verdict { return slices.Clone(severity) }

// Worst returns the worst of some verdicts; of none it is Inconclusive,
// because what checked nothing proves nothing.
func Worst(verdicts ...Verdict) Verdict {
	if len(verdicts) == 0 {
		return Inconclusive
	}
	return slices.MaxFunc(verdicts, func(a, b Verdict) int { return a.Rank() - b.Rank() })
}

// Rank is higher the worse a verdict is.
func (v Verdict) Rank() int {
	if i := slices.Index(severity, v); i >= 0 {
		return i
	}
	return slices.Index(severity, Inconclusive)
}

// Bad tells whether the verdict is a proven violation.
func (v Verdict) Bad() bool { return v.Rank() > Inconclusive.Rank() }

// Proves tells whether the verdict shows anything, for either side.
func (v Verdict) Proves() bool { return v == Safe || v.Bad() }
