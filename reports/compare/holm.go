package compare

import (
	"cmp"
	"slices"
)

// holm adjusts p-values for having made many tests: with those below a level
// called significant, the chance of any false alarm is at most that level (S. Holm,
// Scandinavian Journal of Statistics 6, 1979). They keep their order.
func holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	highest := 0.0
	for i, at := range order {
		highest = max(highest, min(1, float64(len(p)-i)*p[at]))
		adjusted[at] = highest
	}
	return adjusted
}
