package compare

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// condition is something that costs, or verdicts, depend on.
type condition struct {
	what string
	of   func(reports.Part) string
	// everywhere: it means something in the simulated world too, which has no
	// servers and does not measure the machine.
	everywhere bool
}

// conditions have to be the same for costs to be compared.
var conditions = []condition{
	{"MySQL", func(p reports.Part) string { return p.Environment.MySQL }, false},
	{"Redis", func(p reports.Part) string { return p.Environment.Redis }, false},
	{"system", func(p reports.Part) string { return p.Environment.OS }, false},
	{"CPUs", func(p reports.Part) string { return number(p.Environment.CPUs) }, false},
	{"shape", func(p reports.Part) string { return p.Config.Shape }, false},
	{"consumers", func(p reports.Part) string { return strconv.Itoa(p.Config.Consumers) }, false},
	{"plan of faults", func(p reports.Part) string {
		return cmp.Or(strings.ReplaceAll(p.Config.Plan, "\n", "; "), "those of the scenarios")
	}, false},
	{"rows", func(p reports.Part) string { return number(p.Config.Rows) }, true},
	{"chunk size", func(p reports.Part) string { return number(p.Config.ChunkSize) }, true},
	{"workers", func(p reports.Part) string { return number(p.Config.Workers) }, true},
	{"lease", func(p reports.Part) string { return format.Duration(format.Milliseconds(p.Config.TTLMS)) }, true},
	{"worker command", func(p reports.Part) string { return cmp.Or(p.Config.WorkerCommand(), "its own") }, true},
}

// noted conditions are said if they differ: they are what one wants to compare.
var noted = []condition{
	{"program", func(p reports.Part) string { return p.Tool.Program() }, true},
	{"deadline", func(p reports.Part) string { return duration(p.Config.DeadlineMS) }, false},
	{"Go", func(p reports.Part) string { return p.Environment.Go }, true},
	{"runs per cell", func(p reports.Part) string { return number(p.Config.Runs) }, true},
}

func duration(ms int64) string {
	if ms == 0 {
		return ""
	}
	return format.Duration(format.Milliseconds(ms))
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return format.Thousands(int64(n))
}

// worlds compares the conditions in each world that both sides have.
func worlds(old, now *reports.Results) []World {
	all := []World{}
	for _, name := range worldNames(old, now) {
		was, is := parts(old, name), parts(now, name)
		if len(was) == 0 || len(is) == 0 {
			continue
		}
		w := World{Name: name, Differences: []Difference{}, Noted: []Difference{}}
		for _, c := range conditions {
			w.Differences = append(w.Differences, c.within(name, was, is)...)
		}
		for _, c := range noted {
			w.Noted = append(w.Noted, c.within(name, was, is)...)
		}
		all = append(all, w)
	}
	return all
}

// within compares one condition in a world, if it means something there.
func (c condition) within(world string, old, now []reports.Part) []Difference {
	if !c.everywhere && world == reports.WorldSim {
		return nil
	}
	return c.differences(old, now)
}

const unknown = "unknown"

// differences compares one condition. What is unknown is not known to be alike. Merged results may have several values of
// it, and a cell does not say which was its own: then nothing is known to be alike.
func (c condition) differences(old, now []reports.Part) []Difference {
	was, is := c.values(old), c.values(now)
	if len(was) == 1 && slices.Equal(was, is) && was[0] != unknown {
		return nil
	}
	return []Difference{{What: c.what, Old: strings.Join(was, " and "), New: strings.Join(is, " and ")}}
}

func (c condition) values(of []reports.Part) (values []string) {
	for _, p := range of {
		values = append(values, cmp.Or(c.of(p), unknown))
	}
	slices.Sort(values)
	return slices.Compact(values)
}

// parts are the invocations of one side in one world.
func parts(r *reports.Results, world string) (of []reports.Part) {
	all := r.Parts
	if len(all) == 0 {
		all = []reports.Part{{Tool: r.Tool, Run: r.Run, Environment: r.Environment, Config: r.Config}}
	}
	for _, p := range all {
		if p.Run.World == world {
			of = append(of, p)
		}
	}
	return of
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
	i := slices.IndexFunc(worlds, func(w World) bool { return w.Name == name })
	if i < 0 {
		return fmt.Sprintf("nothing is known of how the world %q was made", name)
	}
	return join(worlds[i].Differences)
}
