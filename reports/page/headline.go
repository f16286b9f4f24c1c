package page

import (
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// mostNames is how many locks a headline names.
const mostNames = 3

// whichLock is the answer in a sentence or two. It never says more than was run.
func (s *source) whichLock(held, open, broken []*record) string {
	n := len(held) + len(open) + len(broken)
	switch {
	case n == 0:
		return "Unknown: nothing was run."
	case s.summary.Missed > 0:
		return fmt.Sprintf("No answer: %s, so the harness does not see what it must see.", format.Plural(s.summary.Missed, "control was missed", "controls were missed"))
	case len(held) == 1 && n == 1:
		return fmt.Sprintf("Nothing was found against %s, the only lock that was run.", held[0].Name)
	case len(held) > 0:
		return fmt.Sprintf("Use %s.", firstOf(names(held), "or")) + theOthers(open, broken)
	case len(open) > 0:
		return fmt.Sprintf("No lock is shown to hold. Nothing was found against %s, but not everything was proven.", firstOf(names(open), "or")) + theOthers(nil, broken)
	case n == 1:
		return fmt.Sprintf("Do not use %s: it %s.", broken[0].Name, listed(did(broken), "and"))
	}
	return fmt.Sprintf("Use none of these %d locks: each %s.", n, listed(does(broken, true), "or"))
}

// theOthers is what became of the locks that the answer does not name.
func theOthers(open, broken []*record) string {
	text := ""
	switch len(broken) {
	case 0:
	case 1:
		text = fmt.Sprintf(" Not %s: it %s.", broken[0].Name, listed(did(broken), "and"))
	default:
		text = fmt.Sprintf(" The other %d %s.", len(broken), listed(does(broken, false), "or"))
		if len(open) > 0 {
			text = fmt.Sprintf(" %d others %s.", len(broken), listed(does(broken, false), "or"))
		}
	}
	if len(open) > 0 {
		text += fmt.Sprintf(" Too little is known of %s.", firstOf(names(open), "and"))
	}
	return text
}

// firstOf names the first locks, and counts the rest.
func firstOf(all []string, last string) string {
	if len(all) <= mostNames {
		return listed(all, last)
	}
	return fmt.Sprintf("%s %s %d others", strings.Join(all[:mostNames-1], ", "), last, len(all)-mostNames+1)
}

// verdictsOf are those that some locks came to, the worst first.
func verdictsOf(all []*record) []reports.Verdict {
	worst := slices.Clone(reports.Verdicts())
	slices.Reverse(worst)
	return reports.Those(worst, func(v reports.Verdict) bool {
		return v.Bad() && slices.ContainsFunc(all, func(x *record) bool {
			return slices.ContainsFunc(x.bad, func(c *cellView) bool { return slices.Contains(c.Found(), v) })
		})
	})
}

func did(all []*record) []string {
	words := map[reports.Verdict]string{reports.Lost: "lost rows", reports.Duplicated: "duplicated rows", reports.Stuck: "got stuck"}
	return reports.Each(verdictsOf(all), func(v reports.Verdict) string { return words[v] })
}

// does is what locks do, in the present: each of them, or all together.
func does(all []*record, each bool) []string {
	words := map[reports.Verdict]string{reports.Lost: "lose rows", reports.Duplicated: "duplicate rows", reports.Stuck: "get stuck"}
	if each {
		words = map[reports.Verdict]string{reports.Lost: "loses rows", reports.Duplicated: "duplicates rows", reports.Stuck: "gets stuck"}
	}
	return reports.Each(verdictsOf(all), func(v reports.Verdict) string { return words[v] })
}
