package browsertest

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// campaign are results of 13 strategies under 20 scenarios, 60 runs of each cell.
func campaign() *reports.Results {
	r := reporttest.Merged()
	r.Cells = nil
	for i := range 13 {
		for j := range 20 {
			c := reporttest.FullCell(fmt.Sprintf("strategy-%d", i), fmt.Sprintf("scenario-%d", j), "safe", reports.AsExpected, 60)
			if i > 8 {
				c = reporttest.FullCell(c.Strategy, c.Scenario, "safe", reports.Worse, 60, reporttest.DuplicatedRun(1), reporttest.DuplicatedRun(2))
				c.Counterexamples = []reports.Counterexample{reporttest.StaleExample()}
			}
			c.World = reports.WorldLive
			r.Cells = append(r.Cells, c)
		}
	}
	return r
}

// A page that is too much for a browser hangs it; then this test runs out of patience.
func TestTheLargestPageIsShown(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	x.show(t, modes[0], render(t, campaign()))
	for _, fault := range x.check(t, "links") {
		t.Error(fault)
	}
	var rows, columns int
	x.do(t, chromedp.Evaluate(`document.querySelectorAll('.matrix tbody th[scope=row]').length`, &rows),
		chromedp.Evaluate(`document.querySelectorAll('.matrix thead tr:last-child th').length`, &columns))
	if rows != 20 || columns != 13 {
		t.Errorf("the matrix has %d scenarios and %d strategies", rows, columns)
	}
	for _, fault := range x.check(t, "unfolded") {
		t.Error(fault)
	}
	if faults := x.noise(modes[0]); len(faults) > 0 {
		t.Error(faults)
	}
}
