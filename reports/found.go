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

// Proves tells whether any run of the cell shows anything, for either side.
func (c Cell) Proves() bool { return c.Tally.Conclusive() > 0 || c.Found()[0].Bad() }

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
	unsafe := slices.DeleteFunc(slices.Clone(c.Runs), func(r Run) bool { return r.Verdict == Safe })
	if len(unsafe) == 0 {
		return Run{}, false
	}
	return slices.MaxFunc(unsafe, func(a, b Run) int { return a.Verdict.Rank() - b.Verdict.Rank() }), true
}
