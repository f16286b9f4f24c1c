package page

import (
	"slices"

	"onceover/reports"
)

// definitions explain the verdicts, the worst first.
func definitions() []definitionView {
	meaning := map[reports.Verdict]string{
		reports.Lost:         "a row of the table did not arrive, or arrived with other content",
		reports.Duplicated:   "a row arrived more than once; duplicates are never folded away",
		reports.Stuck:        "the job was not complete within its deadline",
		reports.Inconclusive: "the run proves nothing for either side: a fault was not reached or not seen to take effect, or nothing could be checked",
		reports.Safe:         "every row arrived exactly once, and every planned fault was seen to take effect",
	}
	var all []definitionView
	for _, v := range slices.Backward(reports.Verdicts()) {
		all = append(all, definitionView{verdictViews([]reports.Verdict{v})[0], meaning[v]})
	}
	return all
}
