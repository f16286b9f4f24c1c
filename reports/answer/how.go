package answer

import (
	"cmp"
	"fmt"
	"slices"

	"onceover/reports"
	"onceover/reports/format"
)

// How is how a lock breaks the promise, in one line, by the story of a counterexample.
type How struct {
	Lead string // "How it loses a row"
	Line string // "w0 takes a chunk; …"
	Seen string // how often that was seen

	Cell, World string // the cell of the counterexample
	Verdict     reports.Verdict
}

func (h How) String() string {
	if h.Line == "" {
		return ""
	}
	return h.Lead + ": " + h.Line + ". " + h.Seen
}

// What a counterexample shows of one row.
var breaks = map[reports.Verdict]string{reports.Lost: "loses a row", reports.Duplicated: "duplicates a row"}

// How tells how the published scheme breaks the promise, or the only lock that does. It is empty where none
// does, and where no counterexample shows how.
func (a Answer) How(r *reports.Results) How {
	if a.Missed > 0 {
		return How{}
	}
	lock, ok := reports.First(a.Broken, func(l Lock) bool { return l.Name == a.Published })
	if !ok && len(a.Broken) == 1 {
		lock = a.Broken[0]
	}
	found, at := story(r, lock.Name)
	if found.How == "" {
		return How{}
	}
	h := How{Line: found.How, Cell: at.ID, World: cmp.Or(at.World, r.Run.World), Verdict: found.Verdict, Seen: seen(r, lock.Name, found.Verdict)}
	switch name := shown(lock.Name); {
	case a.OfPublished() != "" || a.locks() == 1:
		h.Lead = "How it " + breaks[found.Verdict]
	case lock.Name == a.Published:
		h.Lead = fmt.Sprintf("How %s, the published scheme, %s", name, breaks[found.Verdict])
	default:
		h.Lead = fmt.Sprintf("How %s %s", name, breaks[found.Verdict])
	}
	return h
}

// story is the worst counterexample of a lock that says how. Among equals, one that was searched for shows more
// than the history of a run, and a short one is easier to follow.
func story(r *reports.Results, lock string) (reports.Counterexample, reports.Cell) {
	type found struct {
		reports.Counterexample
		in reports.Cell
	}
	var all []found
	for _, c := range r.Cells {
		for _, x := range c.Counterexamples {
			if c.Strategy == lock && x.How != "" && breaks[x.Verdict] != "" {
				all = append(all, found{x, c})
			}
		}
	}
	if len(all) == 0 {
		return reports.Counterexample{}, reports.Cell{}
	}
	searched := func(f found) int { return map[bool]int{true: 1}[f.in.Search != nil] }
	best := slices.MinFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(b.Verdict.Rank(), a.Verdict.Rank()), cmp.Compare(searched(b), searched(a)), cmp.Compare(len(a.Steps), len(b.Steps)))
	})
	return best.Counterexample, best.in
}

// seen says how often a verdict was seen of a lock.
func seen(r *reports.Results, lock string, v reports.Verdict) string {
	var runs, of, scenarios, searched int
	for _, c := range r.Cells {
		switch {
		case c.Strategy != lock:
		case c.Search == nil:
			runs, of = runs+c.Showing(v), of+c.Tally.Conclusive()
		default:
			searched++
			if slices.Contains(c.Found(), v) {
				scenarios++
			}
		}
	}
	var parts []string
	if of > 0 {
		parts = append(parts, fmt.Sprintf("in %s of %s on real servers", format.Thousands(runs), format.Plural(of, "run", "runs")))
	}
	if searched > 0 {
		parts = append(parts, fmt.Sprintf("in %d of %s", scenarios, format.Plural(searched, "simulated scenario", "simulated scenarios")))
	}
	return "Seen " + format.Listed(parts, "and") + "."
}
