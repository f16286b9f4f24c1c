package format

import (
	"strings"

	"onceover/reports"
)

// Verdict is a verdict in one short word.
func Verdict(v reports.Verdict) string {
	switch v {
	case reports.Safe:
		return "ok"
	case reports.Lost:
		return "LOST"
	case reports.Duplicated:
		return "DUP"
	case reports.Stuck:
		return "STUCK"
	}
	return "?"
}

// Verdicts joins the verdicts of a cell or run.
func Verdicts(verdicts []reports.Verdict) string {
	all := make([]string, len(verdicts))
	for i, v := range verdicts {
		all[i] = Verdict(v)
	}
	return strings.Join(all, "+")
}
