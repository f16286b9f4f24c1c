package chart

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/format"
)

// place is where a row belongs: one cell.
type place struct{ Strategy, Scenario string }

func (p place) at() place { return p }

// byStrategy puts the cells of a strategy together, in the order of the
// matrix: the safest first, controls last.
func byStrategy(cells []reports.Cell) []reports.Cell {
	strategies, controls := reports.SafestFirst(cells)
	order := append(strategies, controls...)
	sorted := slices.Clone(cells)
	slices.SortStableFunc(sorted, func(a, b reports.Cell) int {
		return slices.Index(order, a.Strategy) - slices.Index(order, b.Strategy)
	})
	return sorted
}

// ran leaves out the searches: they measure no costs.
func ran(cells []reports.Cell) []reports.Cell {
	return slices.DeleteFunc(slices.Clone(cells), func(c reports.Cell) bool { return c.Search != nil })
}

// placesOf are the places of cells. A scenario is named with its world if there are
// several worlds.
func placesOf(cells []reports.Cell) []place {
	places := make([]place, len(cells))
	several := slices.ContainsFunc(cells, func(c reports.Cell) bool { return c.World != cells[0].World })
	for i, c := range cells {
		places[i] = place{c.Strategy, c.Scenario}
		if several && c.World != "" {
			places[i].Scenario = c.World + " " + c.Scenario
		}
	}
	return places
}

// badRuns counts the runs that were not safe by all that was found in them, the
// worst first, as in "3 lost + duplicated, 2 stuck". If runs were not kept, it counts
// the worst verdict of each.
func badRuns(c reports.Cell) string {
	kinds, count := []string{"lost", "duplicated", "stuck", "inconclusive"}, map[string]int{}
	if len(c.Runs) < c.Tally.N {
		count = map[string]int{"lost": c.Tally.Lost, "duplicated": c.Tally.Duplicated, "stuck": c.Tally.Stuck, "inconclusive": c.Tally.Inconclusive}
	} else {
		runs := slices.DeleteFunc(slices.Clone(c.Runs), func(r reports.Run) bool { return r.Verdict == reports.Safe })
		slices.SortStableFunc(runs, func(a, b reports.Run) int { return b.Verdict.Rank() - a.Verdict.Rank() })
		kinds = nil
		for _, r := range runs {
			kind := svg.Words(r.Found())
			if count[kind] == 0 {
				kinds = append(kinds, kind)
			}
			count[kind]++
		}
	}
	var parts []string
	for _, kind := range kinds {
		if count[kind] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[kind], kind))
		}
	}
	return strings.Join(parts, ", ")
}

func percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "-"
	}
	return strconv.FormatFloat(100*min(max(share, -1e13), 1e13), 'f', 1, 64) + " %"
}

// finite keeps the numbers that are numbers, in order of size.
func finite(values []float64) []float64 {
	kept := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
	slices.Sort(kept)
	return kept
}

func countOf(k, n int) string {
	return format.Thousands(int64(k)) + " of " + format.Thousands(int64(n))
}
