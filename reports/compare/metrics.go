package compare

import (
	"slices"

	"onceover/reports"
)

// metric is one cost of a run.
type metric struct {
	name, unit string
	// dearer is 1 if more of it costs more, and -1 if less does.
	dearer int
	// whole is 0 for what is compared as a ratio. Of what may well be 0 there is
	// none: it is compared by difference, and the threshold is a share of whole.
	whole float64
	of    func(reports.Run) (float64, measure)
}

// measure tells what is known of a cost of a run.
type measure int

const (
	missing measure = iota // it was not measured
	measured
	absent   // there was nothing to measure
	censored // it is more than was waited for
)

// metrics are the costs that are compared. All are of one run, so that runs that
// have nothing to do with each other are what is counted.
var metrics = []metric{
	{"speed", "rows/s", -1, 0, speed},
	{"Redis commands", "per chunk", 1, 0, commands},
	{"Redis CPU", "ms per 1,000 rows", 1, 0, processor},
	{"rows in vain", "per 1,000 rows", 1, 1000, inVain},
	{"longest recovery", "ms", 1, 0, recovery},
}

func speed(r reports.Run) (float64, measure) {
	if r.RowsPerSec <= 0 {
		return 0, missing
	}
	return r.RowsPerSec, measured
}

func commands(r reports.Run) (float64, measure) {
	if r.Cost == nil || r.Cost.RedisCommands == nil || r.Cost.Chunks <= 0 {
		return 0, missing
	}
	return float64(*r.Cost.RedisCommands) / float64(r.Cost.Chunks), measured
}

func processor(r reports.Run) (float64, measure) {
	if r.Cost == nil || r.Cost.RedisCPUMS == nil || r.Rows.Table <= 0 {
		return 0, missing
	}
	return 1000 * *r.Cost.RedisCPUMS / float64(r.Rows.Table), measured
}

// inVain counts what was read and what was sent together.
func inVain(r reports.Run) (float64, measure) {
	if r.Cost == nil || r.Rows.Table <= 0 {
		return 0, missing
	}
	read, sent, counted := r.Cost.InVain(r.Rows.Table)
	if !counted {
		return 0, missing
	}
	return 1000 * float64(read+sent) / float64(r.Rows.Table), measured
}

// recovery is the longest of a run: its faults are not independent of each other,
// so each run counts once. One that was not recovered from has no length.
func recovery(r reports.Run) (float64, measure) {
	switch {
	case len(r.CensoredMS) > 0:
		return 0, censored
	case len(r.RecoveryMS) == 0:
		return 0, absent
	}
	return slices.Max(r.RecoveryMS), measured
}

// sample is what was measured in the runs of one cell.
type sample struct {
	values   []float64
	missing  int
	why      string // the first reason for what is missing
	censored int
}

// sample takes the runs that went well: of the others, a number says nothing.
func (m metric) sample(c reports.Cell) (s sample) {
	for _, run := range c.Runs {
		if run.Verdict != reports.Safe {
			continue
		}
		switch v, known := m.of(run); known {
		case measured:
			s.values = append(s.values, v)
		case censored:
			s.censored++
		case missing:
			s.missing++
			if run.Cost != nil && s.why == "" {
				s.why = run.Cost.Missing
			}
		}
	}
	return s
}
