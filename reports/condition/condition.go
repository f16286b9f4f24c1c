// Package condition is the catalogue of what results depend on beside the strategy and
// the scenario: runs that were not made alike are not counted together, and their costs
// are not compared.
package condition

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"onceover/reports"
	"onceover/reports/format"
)

// Condition is one thing that may differ between invocations.
type Condition struct {
	Name string
	Of   func(reports.Part) string // empty: unknown

	Runs  bool // runs that differ in it are not counted together
	Costs bool // costs that differ in it are not compared
	Sim   bool // it means something in the simulated world, which has no servers and measures no machine
}

// All lists the conditions in the order in which they are shown.
func All() []Condition {
	return []Condition{
		{"MySQL", func(p reports.Part) string { return p.Environment.MySQL }, true, true, false},
		{"Redis", func(p reports.Part) string { return p.Environment.Redis }, true, true, false},
		{"system", func(p reports.Part) string { return p.Environment.OS }, false, true, false},
		{"CPUs", func(p reports.Part) string { return number(p.Environment.CPUs) }, false, true, false},
		{"shape", func(p reports.Part) string { return p.Config.KeyLayout }, true, true, false},
		{"consumers", func(p reports.Part) string { return strconv.Itoa(p.Config.Consumers) }, true, true, false},
		{"plan of faults", func(p reports.Part) string {
			return cmp.Or(strings.ReplaceAll(p.Config.Plan, "\n", "; "), "those of the scenarios")
		}, true, true, false},
		{"rows", func(p reports.Part) string { return number(p.Config.Rows) }, true, true, true},
		{"chunk size", func(p reports.Part) string { return number(p.Config.ChunkSize) }, true, true, true},
		{"workers", func(p reports.Part) string { return number(p.Config.Workers) }, true, true, true},
		{"lease", func(p reports.Part) string { return format.Milliseconds(p.Config.TTLMS).String() }, true, true, true},
		{"worker command", func(p reports.Part) string { return cmp.Or(p.Config.WorkerCommand(), "its own") }, true, true, true},
		{"table", func(p reports.Part) string { return cmp.Or(p.Config.Table, "the standard one") }, true, true, true},
		{"element", func(p reports.Part) string { return cmp.Or(p.Config.Element, "as the contract says") }, true, false, true},
		{"target", func(p reports.Part) string { return cmp.Or(p.Config.Target, "one list") }, true, true, true},
		{"set-up", func(p reports.Part) string { return cmp.Or(p.Config.Setup, "none") }, true, false, true},
		{"tear-down", func(p reports.Part) string { return cmp.Or(p.Config.Teardown, "none") }, true, false, true},
		{"program", func(p reports.Part) string { return p.Tool.Program() }, true, false, true},
		{"deadline", func(p reports.Part) string { return duration(p.Config.DeadlineMS) }, true, false, false},
		{"Go", func(p reports.Part) string { return p.Environment.Go }, false, false, true},
		{"runs per cell", runsPerCell, false, false, true},
	}
}

func runsPerCell(p reports.Part) string {
	text := number(p.Config.Runs)
	if p.Config.Others > 0 {
		text += fmt.Sprintf(", %d of one that need not be safe", p.Config.Others)
	}
	return text
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return format.Thousands(int64(n))
}

func duration(ms int64) string {
	if ms == 0 {
		return ""
	}
	return format.Milliseconds(ms).String()
}
