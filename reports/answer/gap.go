package answer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// gaps is how many cells a lock lacks for an answer.
func (l Lock) gaps() int { return len(l.Missing) + len(l.Unproven) }

// gap names what a lock lacks in one world, and the command that runs it: cells that were not
// run come before those that proved nothing. Empty: it is neither.
func (a Answer) gap(l Lock) string {
	in, what := l.Missing, [2]string{"was not run", "were not run"}
	if len(in) == 0 {
		in, what = l.Unproven, [2]string{"proved nothing", "proved nothing"}
	}
	if len(in) == 0 {
		return ""
	}
	worlds := reports.Groups(in, func(p Place) string { return p.World })
	cells, verb := reports.Each(worlds[0], func(p Place) string { return l.Name + "/" + p.Scenario }), what[0]
	if len(cells) > 1 {
		verb = what[1]
	}
	if n := len(cells) - mostNames; n > 0 {
		cells = append(cells[:mostNames:mostNames], fmt.Sprintf("%d more", n))
	}
	text := fmt.Sprintf("%s %s %s", format.Listed(reports.Each(cells, shown), "and"), verb, where(worlds[0][0].World))
	if n := l.gaps() - len(worlds[0]); n > 0 {
		text += fmt.Sprintf(", and %s elsewhere", format.Plural(n, "cell is missing", "cells are missing"))
	}
	if command := a.Command(worlds[0], l.Name); command != "" {
		text += " (run: " + command + ")"
	}
	return text
}

func where(world string) string {
	switch world {
	case reports.WorldLive:
		return "on real servers"
	case reports.WorldSim:
		return "in the simulated world"
	}
	return "there"
}

var (
	commands = map[string]string{reports.WorldLive: "chaos", reports.WorldSim: "explore"}
	usual    = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)
	own      = []string{"own-plan", "budget"} // scenarios that the flags of an invocation make
)

// Command runs locks in scenarios of one world. It is empty where there is none that is sure
// to: the program was another, or a name is not that of a catalogue.
func (a Answer) Command(in []Place, locks ...string) string {
	const most = 8
	names := reports.Each(in, func(p Place) string { return p.Scenario })
	unusual := func(name string) bool { return !usual.MatchString(name) || slices.Contains(own, name) }
	if len(in) == 0 || commands[in[0].World] == "" || a.foreign || slices.ContainsFunc(slices.Concat(names, locks), unusual) {
		return ""
	}
	command := "onceover " + commands[in[0].World] + " -s " + strings.Join(locks, ",")
	if len(names) > most {
		return command + " --all"
	}
	return command + " -f " + strings.Join(names, ",")
}
