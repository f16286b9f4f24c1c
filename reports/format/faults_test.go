package format

import (
	"testing"

	"onceover/reports"
)

func TestFaultsWithoutEffectAreNotCounted(t *testing.T) {
	cells := []reports.Cell{{Strategy: "s", Runs: []reports.Run{{Faults: []reports.Fault{
		{Text: "kill worker=1 at=read", Reached: true, Confirmed: true},
		{Text: "kill worker=2 at=read", Reached: true},
		{Text: "pause worker=2 at=read for=1s", Reached: true, Confirmed: true},
	}}}}}
	want := "2 of 3 faults were seen to take effect: 1 kill, 1 pause"
	if got := CountFaults(cells).String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
