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
	interrupted := reports.Those(r.Parts, func(p reports.Part) bool { return p.Run.Status != reports.Complete })
	if len(interrupted) == 0 {
		return text
	}
	name := func(p reports.Part) string {
		return fmt.Sprintf("%s (%d of %d)", cmp.Or(p.Run.ID, p.Folder), p.Run.Done, p.Run.Planned)
	}
	return fmt.Sprintf("%s; interrupted: %s. Leave that out if the others have its runs, or do it again", text, strings.Join(reports.Each(interrupted, name), ", "))
}

// Seeds names the seed of the results or, of merged ones, those of their parts:
// where they differ, the results have none of their own.
func Seeds(r *reports.Results) string {
	seed := func(p reports.Part) string { return fmt.Sprint(p.Config.Seed) }
	seeds := reports.Each(reports.Unique(r.Invocations(), seed), seed)
	if len(seeds) == 1 {
		return "seed " + seeds[0]
	}
	return "seeds " + strings.Join(seeds, ", ")
}

// World names a world.
func World(name string) string { return cmp.Or(worlds[name], Plain(name)) }

var worlds = map[string]string{reports.WorldLive: "real servers", reports.WorldSim: "simulated world"}

// FaultCount counts the faults of some runs.
type FaultCount struct {
	Planned, Confirmed int
	kinds              []string // of each that was confirmed
}

// CountFaults counts the faults that were planned in some cells, and those that were
// seen to take effect.
func CountFaults(cells []reports.Cell) FaultCount {
	var n FaultCount
	for _, c := range cells {
		for _, run := range c.Runs {
			for _, f := range run.Faults {
				n.Planned++
				if f.Confirmed {
					n.Confirmed++
					kind, _, _ := strings.Cut(Plain(f.Text), " ")
					n.kinds = append(n.kinds, kind)
				}
			}
		}
	}
	return n
}

// Of is how many faults of a kind took effect.
func (n FaultCount) Of(kind string) int {
	return len(slices.DeleteFunc(slices.Clone(n.kinds), func(k string) bool { return k != kind }))
}

// String says how many faults took effect, of how many, and which.
func (n FaultCount) String() string {
	kinds := reports.Groups(n.kinds, func(kind string) string { return kind })
	parts := reports.Each(kinds, func(alike []string) string { return fmt.Sprintf("%d %s", len(alike), alike[0]) })
	text := fmt.Sprintf("%d of %d faults were seen to take effect", n.Confirmed, n.Planned)
	if len(parts) > 0 {
		text += ": " + strings.Join(parts, ", ")
	}
	return text
}
