package browsertest

import (
	"bytes"
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
	x.show(t, inLight, render(t, campaign()))
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
	if faults := x.noise(inLight); len(faults) > 0 {
		t.Error(faults)
	}
}

// A page that nobody reads to its end tells nothing: what a reader sees at once is bounded, on the
// screen and on paper, whatever the campaign. The rest is folded, and a link or a click away.
func TestWhatIsSeenAtOnceIsBounded(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	for _, c := range []struct{ strategies, scenarios int }{{5, 11}, {20, 26}} {
		t.Run(fmt.Sprintf("%d strategies, %d scenarios", c.strategies, c.scenarios), func(t *testing.T) {
			x.show(t, mode{name: "wide", width: 1280}, render(t, usual(c.strategies, c.scenarios)))
			var height, words int
			x.do(t, chromedp.Evaluate(`document.documentElement.scrollHeight`, &height),
				chromedp.Evaluate(`document.body.innerText.split(/\s+/).length`, &words))
			if height >= 15_000 || words >= 4_000 {
				t.Errorf("%d pixels high, %d words", height, words)
			}
			for _, fault := range x.check(t, "first") {
				t.Error(fault)
			}
			if n := bytes.Count(x.printed(t), []byte("/Type /Page\n")); n > 12 {
				t.Errorf("%d printed pages", n)
			}
			t.Logf("%d pixels high, %d words", height, words)
		})
	}
}
