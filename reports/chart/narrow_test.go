package chart

import (
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/chart/svg"
	"onceover/reports/metric"
	"onceover/reports/reporttest"
)

// On a small screen a name stands above what is drawn, so that both are seen at once.
func TestASmallScreenShowsNameNumberAndDrawing(t *testing.T) {
	cells := []reports.Cell{
		reporttest.FullCell("connection-name-fixed", "calm", "any", reports.ReportOnly, 5),
		reporttest.FullCell("set-nx", "calm", "any", reports.ReportOnly, 1, reporttest.DuplicatedRun(1)),
		reporttest.FullCell("lua", "calm", "any", reports.ReportOnly, 1, reporttest.UnreachedRun(1)),
	}
	for name, text := range map[string]string{
		"costs": string(NewCosts("c", "Costs", metric.Charted()[0], cells).Narrow()),
		"waste": string(NewWaste("w", "Waste", cells).Narrow()),
	} {
		for _, want := range []string{`width="` + svg.Number(svg.NarrowWidth) + `"`, ">connection-name-fixed", ">set-nx", ">lua", "no run was right"} {
			if name == "waste" && want == "no run was right" {
				want = "no run moved all rows"
			}
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in %s", name, want, text)
			}
		}
	}
}
