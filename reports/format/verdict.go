package format

import (
	"cmp"
	"strings"

	"onceover/reports"
)

var verdicts = map[reports.Verdict]string{reports.Safe: "ok", reports.Lost: "LOST", reports.Duplicated: "DUP", reports.Stuck: "STUCK"}

// Verdict is a verdict in one short word.
func Verdict(v reports.Verdict) string { return cmp.Or(verdicts[v], "?") }

// Verdicts joins the verdicts of a cell or run.
func Verdicts(verdicts []reports.Verdict) string {
	all := make([]string, len(verdicts))
	for i, v := range verdicts {
		all[i] = Verdict(v)
	}
	return strings.Join(all, "+")
}
