package format

import (
	"cmp"
	"strings"

	"onceover/reports"
)

// states are the states in one word and in a few.
var states = map[reports.State]struct{ mark, words string }{
	reports.AsExpected:    {"", "as expected"},
	reports.Worse:         {"WORSE", "WORSE"},
	reports.ControlMissed: {"MISSED", "CONTROL MISSED"},
	reports.NotProven:     {"UNPROVEN", "NOT PROVEN"},
	reports.ReportOnly:    {"", "report only"},
	reports.Better:        {"", "better than known"},
	reports.Gone:          {"GONE", "GONE"},
}

// known takes an unknown state for one that is not proven.
func known(s reports.State) reports.State {
	if _, ok := states[s]; !ok {
		return reports.NotProven
	}
	return s
}

// Mark is a state in one word; a state that asks for nothing has none.
func Mark(s reports.State) string { return states[known(s)].mark }

// State is a state in a few words.
func State(s reports.State) string { return states[known(s)].words }

// Meaning says what a cell's state means for the reader.
func Meaning(c reports.Cell) string {
	switch c.State {
	case reports.AsExpected:
		if c.Tally.Bad() > 0 {
			return "This control is known to fail, and it was noticed."
		}
		return "As expected: no violation was found."
	case reports.Worse:
		if c.Expectation().Demand != reports.DemandSafe {
			return "Known to be unsafe, and worse than was known."
		}
		return "Expected to be safe, and it is not. One counterexample is proof."
	case reports.ControlMissed:
		if c.Found()[0].Bad() {
			return "Known to be unsafe in a way that did not show: the harness did not see what it must see."
		}
		return "Known to be unsafe, but every run looked fine: the harness did not see what it must see."
	case reports.ReportOnly:
		return "Nothing was expected of this cell."
	case reports.Better:
		return "Known to be bad, and proven to be better: the expectation is out of date."
	case reports.Gone:
		return "Expected, and not run: what was checked before is checked no more."
	}
	return "Too little was learned to say anything, so this is no pass."
}

var verdicts = map[reports.Verdict]string{reports.Safe: "ok", reports.Lost: "LOST", reports.Duplicated: "DUP", reports.Stuck: "STUCK"}

// Verdict is a verdict in one short word.
func Verdict(v reports.Verdict) string { return cmp.Or(verdicts[v], "?") }

// Verdicts joins the verdicts of a cell or run.
func Verdicts(verdicts []reports.Verdict) string {
	return strings.Join(reports.Each(verdicts, Verdict), "+")
}
