package answer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// mostNames is how many locks a sentence names.
const mostNames = 3

// enough is in how many scenarios nothing has to be found for a lock to be recommended.
const enough = 5

// String is the answer in a sentence or two.
func (a Answer) String() string {
	first, others := a.said()
	return first + "." + others
}

// Title is its first sentence, for where there is room for no more.
func (a Answer) Title() string {
	first, _ := a.said()
	return first
}

// Rest is what String says beyond Title: what became of the other locks.
func (a Answer) Rest() string {
	_, others := a.said()
	return strings.TrimSpace(others)
}

// said are the first sentence, and those on the other locks.
func (a Answer) said() (first, others string) {
	n := a.locks()
	if len(a.Held) > 0 || a.Missed > 0 || a.Interrupted != "" {
		a.Broken, a.Halted = slices.Concat(a.Halted, a.Broken), nil
	}
	switch {
	case n == 0:
		return "Unknown: nothing was run", ""
	case a.Missed > 0:
		return fmt.Sprintf("No answer: %s, so the harness does not see what it must see", format.Plural(a.Missed, "control was missed", "controls were missed")), ""
	case a.Interrupted != "":
		return fmt.Sprintf("No answer yet: %s", a.Interrupted), theOthers(nil, a.Broken, "")
	case len(a.Held) == 1 && n == 1:
		return fmt.Sprintf("Nothing was found against %s, the only lock that was run", shown(a.Held[0].Name)), ""
	case len(a.Held) > 0 && a.Scenarios < enough:
		return fmt.Sprintf("Nothing was found against %s, but only %s", firstOf(a.Held, "or"), format.Plural(a.Scenarios, "scenario was run", "scenarios were run")), theOthers(a.Open, a.Broken, "")
	case slices.ContainsFunc(a.Held, Lock.few):
		return a.soFar(), fmt.Sprintf(" It takes %d runs without a bad one.", much) + theOthers(a.Open, a.Broken, "")
	case len(a.Held) > 0:
		return "Use " + firstOf(a.Held, "or"), theOthers(a.Open, a.Broken, theRest(a.Held))
	case len(a.Halted) > 0:
		return a.halted(n), theOthers(a.Open, a.Broken, theRest(a.Halted))
	case len(a.Open) > 0:
		first, why, others := a.open()
		return first, why + theOthers(others, a.Broken, "")
	case n == 1:
		return fmt.Sprintf("Do not use %s: it %s", shown(a.Broken[0].Name), format.Listed(phrases(a.Broken, did), "and")), ""
	}
	return fmt.Sprintf("Use none of these %d locks: each %s", n, format.Listed(phrases(a.Broken, does), "or")), ""
}

// soFar says that nothing was found, and that too little was run to recommend anything.
func (a Answer) soFar() string {
	least, _ := leastRun(a.Held)
	runs := format.Plural(least.Live, "run", "runs")
	if len(a.Held) > 1 {
		runs += " of " + shown(least.Name)
	}
	are := "are"
	if least.Live == 1 {
		are = "is"
	}
	return fmt.Sprintf("Best so far: %s, but %s on real servers %s too few to be sure", firstOf(a.Held, "or"), runs, are)
}

// leastRun is the lock that had the fewest runs on real servers, and how a sentence that has named
// some says that it was run.
func leastRun(some []Lock) (least Lock, was string) {
	least = slices.MinFunc(some, func(x, y Lock) int { return cmp.Compare(x.Live, y.Live) })
	if len(some) == 1 {
		return least, "was"
	}
	return least, shown(least.Name) + " was"
}

// open says that no lock is one to use, and what is missing of the one that lacks the least. The
// others are those of which it says nothing.
func (a Answer) open() (first, why string, others []Lock) {
	proven := reports.Those(a.Open, func(l Lock) bool { return l.Proven > 0 })
	if len(proven) == 0 {
		return fmt.Sprintf("Nothing is known of %s: no run proved anything", firstOf(a.Open, "and")), "", nil
	}
	why = fmt.Sprintf(" Nothing was found against %s, but not everything was proven.", firstOf(a.Open, "or"))
	nearest := slices.MinFunc(proven, func(x, y Lock) int { return cmp.Compare(x.gaps(), y.gaps()) })
	if gap := a.gap(nearest); gap != "" {
		why = fmt.Sprintf(" Nothing was found against %s, but %s.", shown(nearest.Name), gap)
		others = slices.DeleteFunc(slices.Clone(a.Open), func(l Lock) bool { return l.Name == nearest.Name })
	}
	return "No lock is shown to hold", why, others
}

// theRest is how the locks are called that are not among some that were named, or only counted.
func theRest(named []Lock) string {
	if len(named) > mostNames {
		return "The remaining"
	}
	return "The other"
}

func (a Answer) locks() int { return len(a.Locks()) }

// halted names the locks that got stuck and did nothing worse, which is what there is to choose
// from if none held.
func (a Answer) halted(of int) string {
	var under []string
	for _, l := range a.Halted {
		for _, scenario := range l.Stuck {
			if !slices.Contains(under, scenario) {
				under = append(under, scenario)
			}
		}
	}
	if len(under) > mostNames {
		under = append(under[:mostNames-1:mostNames-1], fmt.Sprintf("%d other scenarios", len(under)-mostNames+1))
	}
	name, where := firstOf(a.Halted, "or"), format.Listed(under, "and")
	switch {
	case of == 1:
		return fmt.Sprintf("%s, the only lock that was run, neither lost nor duplicated a row, but got stuck under %s", name, where)
	case slices.ContainsFunc(a.Halted, Lock.few):
		least, was := leastRun(a.Halted)
		return fmt.Sprintf("So far %s neither lost nor duplicated a row, but got stuck under %s, and %s run only %s on real servers", firstOf(a.Halted, "and"), where, was, format.Plural(least.Live, "time", "times"))
	case len(a.Halted) == 1:
		return fmt.Sprintf("Use %s: it neither lost nor duplicated a row, though it got stuck under %s", name, where)
	}
	return fmt.Sprintf("Use %s: they neither lost nor duplicated a row, though they got stuck under %s", name, where)
}

// OfPublished is what became of the published scheme, in a sentence; empty where String says it
// already, or nothing is to be said of it.
func (a Answer) OfPublished() string {
	if a.locks() < 2 || a.Missed > 0 {
		return ""
	}
	broken, _ := reports.First(a.Broken, func(l Lock) bool { return l.Name == a.Published })
	if broken.Name == "" || len(a.Broken) == 1 {
		return ""
	}
	name, what := shown(broken.Name), format.Listed(phrases([]Lock{broken}, did), "and")
	if broken.Bad == 0 {
		return fmt.Sprintf("The published scheme, %s, %s.", name, what)
	}
	return fmt.Sprintf("The published scheme, %s, %s (bad in %s of %s on real servers).", // some of it perhaps in simulated ones alone
		name, what, format.Thousands(broken.Bad), format.Plural(broken.Live, "run", "runs"))
}

// theOthers is what became of the locks that the answer does not name. Rest is how they are called
// if they are all that is left.
func theOthers(open, broken []Lock, rest string) string {
	text := ""
	switch {
	case len(broken) == 1:
		text = fmt.Sprintf(" Not %s: it %s.", shown(broken[0].Name), format.Listed(phrases(broken, did), "and"))
	case len(broken) > 1 && (len(open) > 0 || rest == ""):
		text = fmt.Sprintf(" %d others %s.", len(broken), format.Listed(phrases(broken, do), "or"))
	case len(broken) > 1:
		text = fmt.Sprintf(" %s %d %s.", rest, len(broken), format.Listed(phrases(broken, do), "or"))
	}
	if len(open) > 0 {
		text += fmt.Sprintf(" Too little is known of %s.", firstOf(open, "and"))
	}
	return text
}

// What locks did, what each does, and what they do together.
var (
	did  = map[reports.Verdict]string{reports.Lost: "lost rows", reports.Duplicated: "duplicated rows", reports.Stuck: "got stuck"}
	does = map[reports.Verdict]string{reports.Lost: "loses rows", reports.Duplicated: "duplicates rows", reports.Stuck: "gets stuck"}
	do   = map[reports.Verdict]string{reports.Lost: "lose rows", reports.Duplicated: "duplicate rows", reports.Stuck: "get stuck"}
)

// phrases are those for what went wrong with some locks, the worst first.
func phrases(all []Lock, words map[reports.Verdict]string) (said []string) {
	for _, v := range slices.Backward(reports.Verdicts()) {
		if slices.ContainsFunc(all, func(l Lock) bool { return slices.Contains(l.Broke, v) }) {
			said = append(said, words[v])
		}
	}
	return said
}

// firstOf names the first locks, and counts the rest.
func firstOf(all []Lock, last string) string {
	names := reports.Each(all, func(l Lock) string { return shown(l.Name) })
	if len(names) > mostNames {
		names = append(names[:mostNames-1:mostNames-1], fmt.Sprintf("%d others", len(names)-mostNames+1))
	}
	return format.Listed(names, last)
}

// shown is a name as a sentence holds it: one of a program's own may be of any length.
func shown(name string) string {
	const most = 40
	if all := []rune(name); len(all) > most {
		return string(all[:most]) + "…"
	}
	return cmp.Or(name, "(without a name)")
}
