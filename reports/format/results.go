package format

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
)

// Interruption says how far interrupted results came, and which invocations of merged
// ones were interrupted. These stay interrupted, whatever is added, since nobody knows
// what they had still to do.
func Interruption(r *reports.Results) string {
	text := fmt.Sprintf("%d of %d runs done", r.Run.Done, r.Run.Planned)
	var parts []string
	for _, p := range r.Parts {
		if p.Run.Status != reports.Complete {
			parts = append(parts, fmt.Sprintf("%s (%d of %d)", cmp.Or(p.Run.ID, p.Folder), p.Run.Done, p.Run.Planned))
		}
	}
	if len(parts) == 0 {
		return text
	}
	return fmt.Sprintf("%s; interrupted: %s. Leave that out if the others have its runs, or do it again", text, strings.Join(parts, ", "))
}

// Seeds names the seed of the results or, of merged ones, those of their parts:
// where they differ, the results have none of their own.
func Seeds(r *reports.Results) string {
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

// World names a world.
func World(name string) string {
	switch name {
	case reports.WorldLive:
		return "real servers"
	case reports.WorldSim:
		return "simulated world"
	}
	return Plain(name)
}
