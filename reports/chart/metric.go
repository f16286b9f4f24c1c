package chart

import (
	"cmp"

	"onceover/reports"
)

// Metric is a cost of a run.
type Metric struct {
	Unit, Note string
	Wrong      bool // it says something of runs with a wrong result too
	Of         func(reports.Run) (v float64, missing string)
}

// Speed is how many rows a second a strategy moves.
var Speed = Metric{
	Unit: "rows/s", Note: "Only right results count: the speed of a wrong one is no speed.",
	Of: func(r reports.Run) (float64, string) {
		if r.RowsPerSec <= 0 {
			return 0, "its speed was not measured"
		}
		return r.RowsPerSec, ""
	},
}

// Commands is how many commands Redis executes for each chunk.
var Commands = Metric{
	Unit: "commands/chunk", Wrong: true,
	Note: "Counted by the server, over the whole run: also the commands within scripts and transactions, and those of workers that ask in vain for chunks that others hold. One request of a worker may be several of them.",
	Of: func(r reports.Run) (float64, string) {
		if r.Cost == nil || r.Cost.RedisCommands == nil || r.Cost.Chunks == 0 {
			return 0, whyUncounted(r.Cost)
		}
		return float64(*r.Cost.RedisCommands) / float64(r.Cost.Chunks), ""
	},
}

// RedisTime is how long Redis computes for a thousand rows.
var RedisTime = Metric{
	Unit: "ms/1000 rows", Wrong: true,
	Note: "Of the server's main thread, over the whole run, by the rows of the table: also what it spent on workers that wait.",
	Of: func(r reports.Run) (float64, string) {
		if r.Cost == nil || r.Cost.RedisCPUMS == nil || r.Rows.Table == 0 {
			return 0, whyUncounted(r.Cost)
		}
		return 1000 * *r.Cost.RedisCPUMS / float64(r.Rows.Table), ""
	},
}

// whyUncounted says why a run has no count.
func whyUncounted(c *reports.Cost) string {
	if c == nil {
		return "nothing was counted"
	}
	return cmp.Or(c.Missing, "that was not counted")
}
