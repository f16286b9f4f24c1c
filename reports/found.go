package reports

import "slices"

// Found lists the verdicts of a cell, the worst first: every violation that
// was seen in any of its runs, and otherwise its own verdict.
func (c Cell) Found() []Verdict {
	seen := map[Verdict]bool{Lost: c.Tally.Lost > 0, Duplicated: c.Tally.Duplicated > 0, Stuck: c.Tally.Stuck > 0}
	seen[c.Verdict] = true
	for _, r := range c.Runs {
		for _, v := range r.Found() {
			seen[v] = true
		}
	}
	var found []Verdict
	for _, v := range slices.Backward(severity) {
		if v.Bad() && seen[v] {
			found = append(found, v)
		}
	}
	switch {
	case len(found) > 0:
		return found
	case c.Verdict == Safe && c.Tally.Conclusive() > 0:
		return []Verdict{Safe}
	}
	return []Verdict{Inconclusive}
}

// Found lists the verdicts of a run, the worst first.
func (r Run) Found() []Verdict {
	all := slices.Clone(r.Verdicts)
	if !slices.Contains(all, r.Verdict) {
		all = append(all, r.Verdict)
	}
	slices.SortStableFunc(all, func(a, b Verdict) int { return b.Rank() - a.Rank() })
	if all[0].Bad() {
		all = slices.DeleteFunc(all, func(v Verdict) bool { return !v.Bad() })
	}
	return all
}

// Example returns the run to show for a cell: the first of those that show the
// worst, or else the first inconclusive one.
func (c Cell) Example() (Run, bool) {
	best := -1
	for i, r := range c.Runs {
		if r.Verdict != Safe && (best < 0 || r.Verdict.Rank() > c.Runs[best].Verdict.Rank()) {
			best = i
		}
	}
	if best < 0 {
		return Run{}, false
	}
	return c.Runs[best], true
}
