package reports

import (
	"fmt"
	"slices"
	"strings"
)

// SeedText names the seed of the results or, of merged ones, those of their parts:
// where they differ, the results have none of their own.
func (r *Results) SeedText() string {
	seeds := []string{fmt.Sprint(r.Config.Seed)}
	if len(r.Parts) > 0 {
		seeds = nil
	}
	for _, p := range r.Parts {
		if seed := fmt.Sprint(p.Config.Seed); !slices.Contains(seeds, seed) {
			seeds = append(seeds, seed)
		}
	}
	if len(seeds) == 1 {
		return "seed " + seeds[0]
	}
	return "seeds " + strings.Join(seeds, ", ")
}
