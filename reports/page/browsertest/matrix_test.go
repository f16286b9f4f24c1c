package browsertest

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// usual has as many strategies, scenarios and worlds as a campaign without options. The first
// strategy held, and the second is the published scheme.
func usual(strategies, scenarios int) *reports.Results {
	r := reporttest.Merged()
	r.Cells, r.Strategies = nil, []reports.StrategyText{{Name: "connection-1", Published: true}}
	for _, world := range []string{reports.WorldLive, reports.WorldSim} {
		for i := range strategies {
			for j := range scenarios {
				name, scenario := fmt.Sprintf("connection-%d", i), fmt.Sprintf("redis-everysec-%d", j)
				if j == 0 {
					scenario = reports.Calm
				}
				c := reporttest.WithFaults(name, scenario, 3)
				if i > 0 {
					c = reporttest.FullCell(name, scenario, "any", reports.ReportOnly, 3, reporttest.LostRun(1))
				}
				if i == 1 && j == 1 {
					x := reporttest.StaleExample()
					x.Verdict, x.How = reports.Lost, "w0 takes a chunk; w1 sees it taken and moves on; w0 dies; nobody comes back"
					c.Counterexamples = []reports.Counterexample{x}
				}
				c.World = world
				if world == reports.WorldSim {
					c.Search = &reports.Search{Schedules: 12345}
				} else {
					c = reporttest.WithCosts(c, float64(4000-100*i), int64(6+i))
					for k := range c.Runs {
						c.Runs[k].RecoveryMS = []float64{float64(400 + 50*j)}
					}
				}
				r.Cells = append(r.Cells, c)
			}
		}
	}
	return r
}

// A column beyond the edge is a column that nobody sees.
func TestTheMatrixFitsOrSaysThatItDoesNot(t *testing.T) {
	t.Parallel()
	x := newTab(t)
	for _, c := range []struct {
		strategies, scenarios int
		width                 int64
		fits, told            bool
	}{
		{5, 11, 1200, true, false},
		{5, 2, 320, false, true},
		{13, 2, 1200, false, true},
	} {
		x.show(t, mode{name: "matrix", width: c.width}, render(t, usual(c.strategies, c.scenarios)))
		x.do(t, chromedp.Evaluate(`document.querySelector('.matrix').closest('details').open = true`, nil))
		x.settle(t)
		var fits, told bool
		x.do(t,
			chromedp.Evaluate(`(() => { const box = document.querySelector('.matrix').parentElement; return box.scrollWidth <= box.clientWidth })()`, &fits),
			chromedp.Evaluate(`getComputedStyle(document.querySelector('.matrix').parentElement, '::before').content.includes('sideways')`, &told))
		if fits != c.fits || told != c.told {
			t.Errorf("%d strategies at %d pixels: it fits: %v, and says that it does not: %v", c.strategies, c.width, fits, told)
		}
	}
}
