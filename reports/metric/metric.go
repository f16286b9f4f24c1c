// Package metric lists the costs of a run: how to read each from the run, its unit, and
// whether more of it is better. Comparisons, tables and charts follow this list, so a
// new metric is one entry. A run without a number says why; it never counts as 0.
package metric

import (
	"cmp"
	"slices"

	"onceover/reports"
)

// Metric is one cost of a run.
type Metric struct {
	ID    string // in the anchors of a page
	Name  string // in results that programs read
	Unit  string
	Label string // heads a column: it names the unit too
	Title string // heads a chart; empty: the metric is compared between results only
	Note  string // what is counted

	HigherIsBetter bool
	// Whole is 0 for a metric that is compared as a ratio. A metric that is often 0 has
	// no ratio: it is compared by difference, and a threshold is a share of Whole.
	Whole float64

	// Of reads the number of a run. If there is none, missing says why: Absent, Censored,
	// or why it was not measured.
	Of func(reports.Run) (value float64, missing string)
}

// Why a run that was measured has no number.
const (
	Absent   = "there was nothing to measure"
	Censored = "it is more than was waited for"
)

// All lists the metrics in the order in which they are shown.
func All() []Metric { return []Metric{Speed, RedisCommands, RedisCPU, InVain, Recovery} }

// Charted lists the metrics that have a chart and a column of their own.
func Charted() []Metric {
	return slices.DeleteFunc(All(), func(m Metric) bool { return m.Title == "" })
}

// Speed is how many rows a strategy moves in a second.
var Speed = Metric{
	ID: "speed", Name: "speed", Unit: "rows/s", Label: "rows/s", Title: "Rows moved in a second",
	Note:           "Rows of the table by the time of the whole run. A wrong result is marked: its speed is what safety is paid instead of, and none to choose a lock by.",
	HigherIsBetter: true,
	Of: func(r reports.Run) (float64, string) {
		switch {
		case r.Shared:
			return 0, reports.Beside
		case r.Verdict.Bad() && r.DurationMS > 0 && r.Rows.Table > 0: // results name the speed of right runs alone
			return float64(r.Rows.Table) / (float64(r.DurationMS) / 1000), ""
		case r.RowsPerSec <= 0:
			return 0, "its speed was not measured"
		}
		return r.RowsPerSec, ""
	},
}

// RedisCommands is how many commands Redis executes for each chunk.
var RedisCommands = Metric{
	ID: "commands", Name: "Redis commands", Unit: "commands/chunk", Label: "Redis commands/chunk", Title: "Redis commands for each chunk",
	Note: "Counted by the server, over the whole run: also the commands within scripts and transactions, and those of workers that ask in vain for chunks that others hold. One request of a worker may be several of them.",
	Of: func(r reports.Run) (float64, string) {
		if r.Cost == nil || r.Cost.RedisCommands == nil || r.Cost.Chunks <= 0 {
			return 0, Uncounted(r.Cost)
		}
		return float64(*r.Cost.RedisCommands) / float64(r.Cost.Chunks), ""
	},
}

// RedisCPU is how long Redis computes for every thousand rows.
var RedisCPU = Metric{
	ID: "redis", Name: "Redis CPU", Unit: "ms/1000 rows", Label: "Redis ms/1000 rows", Title: "Processor time of Redis for 1,000 rows",
	Note: "Of the server's main thread, over the whole run, by the rows of the table: also what it spent on workers that wait.",
	Of: func(r reports.Run) (float64, string) {
		if r.Cost == nil || r.Cost.RedisCPUMS == nil || r.Rows.Table <= 0 {
			return 0, Uncounted(r.Cost)
		}
		return 1000 * *r.Cost.RedisCPUMS / float64(r.Rows.Table), ""
	},
}

// InVain is how many rows were read and sent beyond those of the table.
var InVain = Metric{
	ID: "in-vain", Name: "rows in vain", Unit: "rows/1000 rows", Label: "rows in vain/1000 rows",
	Whole: 1000,
	Of: func(r reports.Run) (float64, string) {
		if r.Cost == nil || r.Cost.RowsRead == nil || r.Cost.RowsSent == nil || r.Rows.Table <= 0 {
			return 0, Uncounted(r.Cost)
		}
		table := r.Rows.Table
		return 1000 * float64(max(0, *r.Cost.RowsRead-table)+max(0, *r.Cost.RowsSent-table)) / float64(table), ""
	},
}

// Recovery is the longest recovery of a run. The faults of a run depend on each other,
// so each run counts once.
var Recovery = Metric{
	ID: "recovery", Name: "longest recovery", Unit: "ms", Label: "longest recovery, ms",
	Of: func(r reports.Run) (float64, string) {
		switch {
		case r.Shared:
			return 0, reports.Beside
		case len(r.CensoredMS) > 0:
			return 0, Censored
		case len(r.RecoveryMS) == 0:
			return 0, Absent
		}
		return slices.Max(r.RecoveryMS), ""
	},
}

// Uncounted says why a cost has no count.
func Uncounted(c *reports.Cost) string {
	if c == nil {
		return "nothing was counted"
	}
	return cmp.Or(c.Missing, "that was not counted")
}
