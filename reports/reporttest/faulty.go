package reporttest

import "onceover/reports"

// WithFaults is a cell of safe runs, each with a fault that was seen to take effect.
func WithFaults(strategy, scenario string, n int, special ...reports.Run) reports.Cell {
	c := FullCell(strategy, scenario, "any", reports.ReportOnly, n, special...)
	for i := range c.Runs {
		if c.Runs[i].Faults == nil {
			c.Runs[i].Faults = []reports.Fault{{Text: "kill worker=0 chunk=1 at=read", Reached: true, Confirmed: true}}
		}
	}
	c.World = reports.WorldLive
	return c
}

// OfCells are results on servers that hold some cells and nothing else.
func OfCells(cells ...reports.Cell) *reports.Results {
	r := Empty()
	r.Run.World = reports.WorldLive
	r.Cells = cells
	return r
}
