package format

import (
	"testing"

	"onceover/reports"
)

func TestACellOfWhichNothingIsExpectedIsNoneThatFailed(t *testing.T) {
	for want, n := range map[string]reports.Summary{
		"all 4 cells are as expected":  {Cells: 4, AsExpected: 4},
		"the only cell is as expected": {Cells: 1, AsExpected: 1},
		"all 54 cells of which something is expected are as expected; 56 more are report only": {Cells: 110, AsExpected: 54, ReportOnly: 56},
		"the only cell of which something is expected is as expected; 1 more is report only":   {Cells: 2, AsExpected: 1, ReportOnly: 1},
		"all 3 cells are as expected or better (1 better)":                                     {Cells: 3, AsExpected: 2, Better: 1},
		"nothing is expected of any cell":                                                      {Cells: 2, ReportOnly: 2},
	} {
		if got := Kept(n); got != want {
			t.Errorf("%+v: %q, want %q", n, got, want)
		}
	}
}
