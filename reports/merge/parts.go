package merge

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/condition"
)

// allParts lists the invocations behind some results, the oldest first, each once.
func allParts(sources []Source, moved []*reports.Results) ([]reports.Part, error) {
	var all []reports.Part
	for i, r := range moved {
		for _, p := range partsOf(r, sources[i].Folder) {
			at := slices.IndexFunc(all, func(q reports.Part) bool { return p.Run.ID != "" && q.Run.ID == p.Run.ID })
			if at < 0 {
				all = append(all, p)
				continue
			}
			if p.Run != all[at].Run || p.Config != all[at].Config || p.Environment != all[at].Environment {
				return nil, fmt.Errorf("%s: it says of the invocation %s something else than what was read before it", sources[i].Name, p.Run.ID)
			}
			all[at].Cells = reports.Unique(slices.Concat(all[at].Cells, p.Cells), func(c reports.PartCell) reports.PartCell { return c })
		}
	}
	slices.SortStableFunc(all, func(a, b reports.Part) int {
		return cmp.Or(a.Run.Started.Compare(b.Run.Started), cmp.Compare(a.Run.ID, b.Run.ID))
	})
	return all, nil
}

// partsOf are the invocations of results: those that they were merged from, or
// the one that made them.
func partsOf(r *reports.Results, folder string) []reports.Part {
	parts := slices.Clone(r.Invocations())
	for i := range parts {
		parts[i].Cells = slices.Clone(parts[i].Cells)
	}
	if len(r.Parts) == 0 {
		parts[0].Folder = folder
		for _, c := range r.Cells {
			parts[0].Cells = append(parts[0].Cells, reports.PartCell{World: c.World, ID: c.ID})
		}
	}
	return parts
}

// summarise says of merged results what can be said of all their parts at once.
// Where these differ, each has to be asked.
func summarise(r *reports.Results) {
	first := r.Parts[0]
	r.Config = first.Config
	r.Run = reports.Invocation{World: first.Run.World, Started: first.Run.Started, Status: reports.Complete}
	for _, p := range r.Parts {
		r.Run.DurationMS += p.Run.DurationMS
		if p.Run.World != r.Run.World {
			r.Run.World = reports.WorldBoth
		}
		if left := p.Run.LeftOut; left != "" && !strings.Contains(r.Run.LeftOut, left) {
			r.Run.LeftOut = strings.TrimPrefix(r.Run.LeftOut+"; "+left, "; ")
		}
		keepSame(&r.Config, p.Config)
	}
	r.Run.Planned, r.Run.Done, r.Run.Spared = reports.Counted(r.Parts)
	if len(reports.Stopped(r.Parts)) > 0 || len(reports.Absent(r.Parts)) > 0 {
		r.Run.Status = reports.Interrupted
	}
	r.Environment = reports.Environment{
		MySQL: only(r.Parts, func(p reports.Part) string { return p.Environment.MySQL }),
		Redis: only(r.Parts, func(p reports.Part) string { return p.Environment.Redis }),
		Go:    only(r.Parts, func(p reports.Part) string { return p.Environment.Go }),
		OS:    only(r.Parts, func(p reports.Part) string { return p.Environment.OS }),
		CPUs:  only(r.Parts, func(p reports.Part) int { return p.Environment.CPUs }),
	}
}

// keepSame keeps the settings on which two configurations agree.
func keepSame(kept *reports.Config, other reports.Config) {
	k, o := reflect.ValueOf(kept).Elem(), reflect.ValueOf(other)
	for i := range k.NumField() {
		if !k.Field(i).Equal(o.Field(i)) {
			k.Field(i).SetZero()
		}
	}
}

// only returns the value of all parts that have one, if it is the same: the
// simulated world has no servers.
func only[T comparable](parts []reports.Part, of func(reports.Part) T) T {
	var one, none T
	for _, p := range parts {
		value := of(p)
		if value != none && one != none && value != one {
			return none
		}
		if value != none {
			one = value
		}
	}
	return one
}

// alike is an error if the invocations that have runs of a cell were not made
// alike.
func alike(parts []reports.Part, at reports.PartCell) error {
	var first *reports.Part
	for i := range parts {
		if !slices.Contains(parts[i].Cells, at) {
			continue
		}
		if first == nil {
			first = &parts[i]
			continue
		}
		if !first.Tool.Known() {
			return fmt.Errorf("the runs of %s cannot be counted together: of the programs that made them no more is known than version %q, so they need not be the same", at.ID, first.Tool.Version)
		}
		if what, a, b := difference(*first, parts[i]); what != "" {
			return different(at.ID, what, a, b)
		}
	}
	return nil
}

// difference is the first condition that keeps the runs of two invocations from being
// counted together; none has no name.
func difference(first, other reports.Part) (what, a, b string) {
	for _, c := range condition.All() {
		if a, b := c.Of(first), c.Of(other); c.Runs && a != b {
			return c.Name, a, b
		}
	}
	return "", "", ""
}

func different(cell, what, a, b string) error {
	return fmt.Errorf("the runs of %s were not made alike and cannot be counted together: %s %q and %q", cell, what, a, b)
}
