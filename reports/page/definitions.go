package page

import (
	"slices"

	"onceover/reports"
)

// definition is a verdict and its meaning.
type definition struct {
	Verdict reports.Verdict
	Text    string
}

// definitions explain the verdicts, the worst first.
func definitions() []definition {
	meaning := map[reports.Verdict]string{
		reports.Lost:         "a row of the table did not arrive, or arrived with other content",
		reports.Duplicated:   "a row arrived more than once; duplicates are never folded away",
		reports.Stuck:        "the job was not complete within its deadline",
		reports.Inconclusive: "the run proves nothing for either side: a fault was not reached or not seen to take effect, or nothing could be checked",
		reports.Safe:         "every row arrived exactly once, and every planned fault was seen to take effect",
	}
	var all []definition
	for _, v := range slices.Backward(reports.Verdicts()) {
		all = append(all, definition{v, meaning[v]})
	}
	return all
}

// states explain how a cell may stand to what was expected of it.
func states() []factView {
	return []factView{
		{reports.AsExpected.LongMark(), "safe and found safe, or known to fail and caught"},
		{reports.Worse.LongMark(), "more was found than is known; the gate fails"},
		{reports.ControlMissed.LongMark(), "known to fail, and nothing was found: the harness did not see what it must see, and the gate fails"},
		{reports.NotProven.LongMark(), "too little was learned; that is no pass"},
		{reports.ReportOnly.LongMark(), "nothing was expected, and the gate does not depend on it"},
	}
}
