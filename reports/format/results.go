package format

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
)

// Interruption says how far results came that are not whole, and which invocations of merged
// ones were interrupted. These stay interrupted, whatever is added, since nobody knows
// what they had still to do. A shard that is absent is named with the command that does it.
func Interruption(r *reports.Results) string {
	text := fmt.Sprintf("%d of %d runs done", r.Run.Done, r.Run.Planned)
	if s := r.Run.Share(); s.Of > 0 {
		if r.Gate.ExitCode == reports.ExitPass {
			text += fmt.Sprintf(" of shard %s, and nothing in them fails, so it ends with exit code 0. What is open, the other shards decide", s)
		} else {
			text += fmt.Sprintf(" of shard %s", s)
		}
		return fmt.Sprintf("%s. The campaign has %s: onceover report counts those of all %d shards together, and judges it", text, Plural(r.Run.Whole, "run", "runs"), s.Of)
	}
	if absent := absent(r); absent != "" {
		text += "; " + absent
	}
	interrupted := reports.Stopped(r.Parts)
	if len(interrupted) == 0 {
		return text
	}
	name := func(p reports.Part) string {
		return fmt.Sprintf("%s (%d of %d)", cmp.Or(p.Run.ID, p.Folder), p.Run.Done, p.Run.Planned)
	}
	return fmt.Sprintf("%s; interrupted: %s. Leave that out if the others have its runs, or do it again", text, strings.Join(reports.Each(interrupted, name), ", "))
}

// Spared says how many runs were not needed any more; it is empty if all were.
func Spared(r *reports.Results) string {
	if r.Run.Spared == 0 {
		return ""
	}
	return fmt.Sprintf("%s spared: a bad run had decided the cell", Plural(r.Run.Spared, "run", "runs"))
}

// Reached says in a few words how far results came that are not whole.
func Reached(r *reports.Results) string {
	switch n := reports.Summarize(r); {
	case n.Absent == 0 || n.Interrupted:
		return Interruption(r)
	case r.Run.Share().Of > 0:
		return fmt.Sprintf("these are %d of %s, shard %s", r.Run.Done, Plural(r.Run.Whole, "run", "runs"), r.Run.Share())
	default:
		return fmt.Sprintf("%d of %s are here, and %s", r.Run.Done, Plural(r.Run.Planned, "run", "runs"), Plural(n.Absent, "shard is missing", "shards are missing"))
	}
}

// mostAbsent is how many shards are named with their commands: they are all alike.
const mostAbsent = 8

// absent names the shards that merged results lack.
func absent(r *reports.Results) string {
	all := reports.Absent(r.Parts)
	if len(all) == 0 {
		return ""
	}
	name := func(a reports.AbsentShard) string {
		return fmt.Sprintf("shard %s with %s is missing: %s", a.Shard, Plural(a.Runs, "run", "runs"), a.Replay)
	}
	named := reports.Each(all[:min(len(all), mostAbsent)], name)
	if more := all[len(named):]; len(more) > 0 {
		named = append(named, fmt.Sprintf("and so are %s", strings.Join(reports.Each(more, func(a reports.AbsentShard) string { return a.Shard.String() }), ", ")))
	}
	return strings.Join(named, "; ")
}

// Partial is the word for results that are not whole.
func Partial(r *reports.Results) string {
	switch n := reports.Summarize(r); {
	case n.Interrupted:
		return "INTERRUPTED"
	case r.Run.Share().Of > 0:
		return "ONE SHARD"
	}
	return "SHARDS MISSING"
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
