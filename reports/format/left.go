package format

import (
	"regexp"
	"strings"
	"time"

	"onceover/reports"
)

// timeOver is how a search says that its time ended it.
var timeOver = regexp.MustCompile(`^its time of (\S+) was over$`)

// Left is what was left of the searches of a cell, and why, for a reader: each reason once. Each
// search has its own share of the time, to the nanosecond.
func Left(left string) string {
	reasons := reports.Each(strings.Split(left, "; "), rounded)
	groups := reports.Groups(reasons, func(reason string) string { return reason })
	return strings.Join(reports.Each(groups, func(alike []string) string {
		if len(alike) == 1 || !timeOver.MatchString(alike[0]) {
			return alike[0]
		}
		return alike[0] + ", in " + Plural(len(alike), "search", "searches")
	}), "; ")
}

func rounded(reason string) string {
	found := timeOver.FindStringSubmatch(reason)
	if found == nil {
		return reason
	}
	limit, err := time.ParseDuration(found[1])
	if err != nil {
		return reason
	}
	short := Minutes(limit)
	if limit < time.Second {
		short = Duration(limit)
	}
	return "its time of " + short + " was over"
}
