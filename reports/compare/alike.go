package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/condition"
)

// worlds compares the conditions in each world that both sides have.
func worlds(old, now *reports.Results) []World {
	all := []World{}
	for _, name := range worldNames(old, now) {
		was, is := parts(old, name), parts(now, name)
		if len(was) == 0 || len(is) == 0 {
			continue
		}
		w := World{Name: name, Differences: []Difference{}, Noted: []Difference{}}
		for _, c := range condition.All() {
			differs, difference := differs(c, was, is)
			switch {
			case !differs || !c.Sim && name == reports.WorldSim:
			case c.Costs:
				w.Differences = append(w.Differences, difference)
			default: // such as the program, which is what one wants to compare
				w.Noted = append(w.Noted, difference)
			}
		}
		all = append(all, w)
	}
	return all
}

const unknown = "unknown"

// differs compares one condition. An unknown value is not known to be alike. Merged
// results may have several values, and a cell does not say which was its own: then
// nothing is known to be alike.
func differs(c condition.Condition, old, now []reports.Part) (bool, Difference) {
	was, is := values(c, old), values(c, now)
	alike := len(was) == 1 && slices.Equal(was, is) && was[0] != unknown
	return !alike, Difference{What: c.Name, Old: strings.Join(was, " and "), New: strings.Join(is, " and ")}
}

func values(c condition.Condition, of []reports.Part) (values []string) {
	values = reports.Each(of, func(p reports.Part) string { return cmp.Or(c.Of(p), unknown) })
	slices.Sort(values)
	return slices.Compact(values)
}

// parts are the invocations of one side in one world.
func parts(r *reports.Results, world string) []reports.Part {
	return slices.DeleteFunc(slices.Clone(r.Invocations()), func(p reports.Part) bool { return p.Run.World != world })
}

// worldNames lists the worlds of all cells, those of real servers first.
func worldNames(of ...*reports.Results) (names []string) {
	for _, r := range of {
		for _, c := range r.Cells {
			names = append(names, worldOf(r, c))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// worldOf is the world of a cell. Older results only say it of the whole.
func worldOf(r *reports.Results, c reports.Cell) string { return cmp.Or(c.World, r.Run.World) }

// obstacle says why the costs of a world are not comparable, or nothing.
func obstacle(worlds []World, name string) string {
	w, ok := reports.First(worlds, func(w World) bool { return w.Name == name })
	if !ok {
		return fmt.Sprintf("nothing is known of how the world %q was made", name)
	}
	return join(w.Differences)
}
