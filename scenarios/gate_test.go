package scenarios

import (
	"testing"

	"onceover/reports"
)

// ended is a cell of one run.
func ended(expected Expectation, verdict reports.Verdict) reports.Cell {
	c := reports.Cell{ID: "a/b", Expected: string(expected)}
	add(&c, reports.Run{Verdict: verdict})
	judge(&c)
	return c
}

func TestCellsAreHeldToTheirExpectation(t *testing.T) {
	for _, c := range []struct {
		expected Expectation
		verdict  reports.Verdict
		want     reports.State
	}{
		{ExpectSafe, reports.Safe, reports.AsExpected},
		{ExpectSafe, reports.Lost, reports.Worse},
		{ExpectSafe, reports.Duplicated, reports.Worse},
		{ExpectSafe, reports.Stuck, reports.Worse},
		{ExpectSafe, reports.Inconclusive, reports.NotProven},
		{ExpectUnsafe, reports.Lost, reports.AsExpected},
		{ExpectUnsafe, reports.Stuck, reports.AsExpected},
		{ExpectUnsafe, reports.Safe, reports.ControlMissed},
		{ExpectUnsafe, reports.Inconclusive, reports.NotProven},
		{ExpectAny, reports.Safe, reports.ReportOnly},
		{ExpectAny, reports.Lost, reports.ReportOnly},
		{ExpectAny, reports.Inconclusive, reports.ReportOnly},
	} {
		if got := ended(c.expected, c.verdict).State; got != c.want {
			t.Errorf("expected %s and found %s: %s, want %s", c.expected, c.verdict, got, c.want)
		}
	}
}

func TestTheGate(t *testing.T) {
	good, bad := ended(ExpectSafe, reports.Safe), ended(ExpectSafe, reports.Duplicated)
	missed, unproven := ended(ExpectUnsafe, reports.Safe), ended(ExpectSafe, reports.Inconclusive)
	told, nothing := ended(ExpectAny, reports.Lost), ended(ExpectAny, reports.Inconclusive)
	for name, c := range map[string]struct {
		cells    []reports.Cell
		complete bool
		status   reports.GateStatus
		code     int
		reasons  int
	}{
		"as expected":                         {[]reports.Cell{good, told}, true, reports.Pass, 0, 0},
		"a violation":                         {[]reports.Cell{good, bad}, true, reports.Fail, 1, 1},
		"a control that was missed":           {[]reports.Cell{missed, good}, true, reports.Fail, 1, 1},
		"a doubt":                             {[]reports.Cell{good, unproven}, true, reports.Unknown, 3, 1},
		"a violation outranks a doubt":        {[]reports.Cell{unproven, bad}, true, reports.Fail, 1, 2},
		"not all was done":                    {[]reports.Cell{good}, false, reports.Unknown, 3, 0},
		"a violation, though not all is done": {[]reports.Cell{bad}, false, reports.Fail, 1, 1},
		"nothing was done":                    {nil, true, reports.Unknown, 3, 0},
		"nothing was proved":                  {[]reports.Cell{nothing, nothing}, true, reports.Unknown, 3, 2},
		"nothing was proved of one":           {[]reports.Cell{nothing, told}, true, reports.Pass, 0, 0},
	} {
		got := gate(c.cells, c.complete)
		if got.Status != c.status || got.ExitCode != c.code || len(got.Reasons) != c.reasons {
			t.Errorf("%s: %+v, want %s, exit code %d, %d reasons", name, got, c.status, c.code, c.reasons)
		}
	}
}
