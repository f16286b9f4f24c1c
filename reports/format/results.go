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
func World(name string) string { return cmp.Or(worlds[name], Plain(name)) }

var worlds = map[string]string{reports.WorldLive: "real servers", reports.WorldSim: "simulated world"}

// FaultCount counts the faults of some runs, by kind.
type FaultCount struct {
	Planned, Confirmed int
	kinds              []string // in order of appearance
	byKind             map[string]int
}

// CountFaults counts the faults that were planned in some cells, and those that were
// seen to take effect.
func CountFaults(cells []reports.Cell) FaultCount {
	n := FaultCount{byKind: map[string]int{}}
	for _, c := range cells {
		for _, run := range c.Runs {
			for _, f := range run.Faults {
				n.Planned++
				if !f.Confirmed {
					continue
				}
				n.Confirmed++
				kind, _, _ := strings.Cut(Plain(f.Text), " ")
				if n.byKind[kind] == 0 {
					n.kinds = append(n.kinds, kind)
				}
				n.byKind[kind]++
			}
		}
	}
	return n
}

// Of is how many faults of a kind took effect.
func (n FaultCount) Of(kind string) int { return n.byKind[kind] }

// String says how many faults took effect, of how many, and which.
func (n FaultCount) String() string {
	parts := make([]string, len(n.kinds))
	for i, kind := range n.kinds {
		parts[i] = fmt.Sprintf("%d %s", n.byKind[kind], kind)
	}
	text := fmt.Sprintf("%d of %d faults were seen to take effect", n.Confirmed, n.Planned)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}
