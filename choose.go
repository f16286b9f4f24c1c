package main

import (
	"slices"
	"strings"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/defects"
)

// chooseStrategies returns the named strategies, or all. Defects are there only
// for those who name them, and only where somebody wants to see them fail.
func chooseStrategies(names []string, also func(defects.Defect) bool) ([]string, error) {
	var known []string
	for _, s := range lock.All() {
		known = append(known, s.Name)
	}
	if len(names) > 0 {
		for _, d := range defects.All() {
			if also(d) {
				known = append(known, d.Name)
			}
		}
	}
	return choose("strategy", "strategies", names, known)
}

func noDefect(defects.Defect) bool        { return false }
func anyDefect(defects.Defect) bool       { return true }
func wrongStrategy(d defects.Defect) bool { return d.Strategy.Open != nil }

// strategyOf finds a strategy of the catalogue, or the defect of that name.
func strategyOf(name string) (lock.Strategy, bool) {
	if s, ok := lock.Find(name); ok {
		return s, true
	}
	d, ok := defects.Find(name)
	return d.Strategy, ok && wrongStrategy(d)
}

// chooseScenarios returns the named scenarios, or all.
func chooseScenarios(names []string) ([]scenarios.Scenario, error) {
	var known []string
	for _, s := range scenarios.All() {
		known = append(known, s.Name)
	}
	chosen, err := choose("scenario", "scenarios", names, known)
	if err != nil {
		return nil, err
	}
	var out []scenarios.Scenario
	for _, name := range chosen {
		s, _ := scenarios.Find(name)
		out = append(out, s)
	}
	return out, nil
}

func choose(one, many string, names, known []string) ([]string, error) {
	if len(names) == 0 {
		return known, nil
	}
	seen := map[string]bool{}
	var chosen []string
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, unknown(one, many, name, known)
		}
		if !seen[name] {
			chosen = append(chosen, name)
		}
		seen[name] = true
	}
	return chosen, nil
}

func unknown(one, many, name string, known []string) error {
	return advice{
		error: usagef("unknown %s %q", one, name),
		try:   nearest(name, known) + "; all of them: onceover list " + many,
		code:  reports.ExitUsage,
	}
}

// nearest returns the known name that begins so, or else the one that takes
// the fewest edits to write.
func nearest(name string, known []string) string {
	name = strings.ToLower(name)
	best, least := "", int(^uint(0)>>1)
	for _, k := range known {
		if name != "" && strings.HasPrefix(k, name) {
			return k
		}
		if d := edits(name, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// edits is Levenshtein's distance (Doklady 163, 1965), by the usual row at a time.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
