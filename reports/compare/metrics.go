package compare

import (
	"onceover/reports"
	"onceover/reports/metric"
)

// sample is what was measured in the runs of one cell.
type sample struct {
	values   []float64
	missing  int
	why      string // the first reason for what is missing
	censored int
}

// newSample takes the runs that went well: the number of any other says nothing.
func newSample(m metric.Metric, c reports.Cell) (s sample) {
	for _, run := range c.Runs {
		if run.Verdict != reports.Safe {
			continue
		}
		switch v, lack := m.Of(run); lack {
		case "":
			s.values = append(s.values, v)
		case metric.Censored:
			s.censored++
		case metric.Absent:
		default:
			s.missing++
			if run.Cost != nil && s.why == "" {
				s.why = run.Cost.Missing
			}
		}
	}
	return s
}
