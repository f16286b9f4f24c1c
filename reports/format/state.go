package format

import "onceover/reports"

// Mark is a state in one word; a state that asks for nothing has none.
func Mark(s reports.State) string {
	switch s {
	case reports.AsExpected, reports.ReportOnly, reports.Better:
		return ""
	case reports.Worse:
		return "WORSE"
	case reports.ControlMissed:
		return "MISSED"
	case reports.Gone:
		return "GONE"
	}
	return "UNPROVEN"
}

// State is a state in a few words.
func State(s reports.State) string {
	switch s {
	case reports.AsExpected:
		return "as expected"
	case reports.Worse:
		return "WORSE"
	case reports.ControlMissed:
		return "CONTROL MISSED"
	case reports.ReportOnly:
		return "report only"
	case reports.Better:
		return "better than known"
	case reports.Gone:
		return "GONE"
	}
	return "NOT PROVEN"
}

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
