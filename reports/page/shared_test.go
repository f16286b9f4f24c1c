package page

import (
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// What a run takes beside others says nothing of a strategy.
func TestNoFigureIsOfARunThatSharedTheMachine(t *testing.T) {
	shared := paid("a", "kill-steps", reports.Safe, 777, 7)
	for i := range shared.Runs {
		shared.Runs[i].DurationMS, shared.Runs[i].RecoveryMS = 77_700, []float64{77_700}
		shared.Runs[i] = shared.Runs[i].BesideOthers()
	}
	const note = "The runs of 1 cell went on beside others, so their speed, their load and their recoveries were not measured; chaos --jobs 1 measures all."
	alone := paid("a", calm, reports.Safe, 900, 4)
	alone.Runs[0].RecoveryMS = []float64{5000}
	r := reporttest.OfCells(alone, shared)
	r.Config.Jobs = 3
	s := newSource(r, Options{})
	s.detail = details[0]
	cost, recovery := s.cost(), s.recovery()
	others := 0
	for _, c := range cost.Charts {
		others += c.Others
	}
	if cost.Shared != note || recovery.Shared != note || others != 0 || !strings.Contains(s.method().Answer, note) {
		t.Errorf("cost: %q, recovery: %q, %d other scenarios", cost.Shared, recovery.Shared, others)
	}
	var page strings.Builder
	if err := Write(&page, r, Options{}); err != nil {
		t.Fatal(err)
	}
	shown, _, _ := strings.Cut(page.String(), `type="application/json"`) // the data block has the runs as they are
	for _, figure := range []string{"77.7s", "1m17s", "1m18s", "777"} {
		if strings.Contains(shown, figure) {
			t.Errorf("the page shows %q", figure)
		}
	}
	if strings.Count(shown, note) != 3 || !strings.Contains(shown, "runs at a time") {
		t.Errorf("%d times it says that something was not measured", strings.Count(shown, note))
	}

	nothing := newSource(reporttest.OfCells(shared), Options{})
	nothing.detail = details[0]
	if v := nothing.cost(); v.Answer != note || len(v.Charts)+len(v.Rows) > 0 || nothing.recovery().Strip != nil {
		t.Errorf("where all runs shared the machine: %+v", v)
	}
	if body, err := render("cost", nothing.cost()); err != nil || strings.Contains(body, "<table") {
		t.Errorf("%v, %s", err, body)
	}
}
