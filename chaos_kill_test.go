package main

import (
	"syscall"
	"testing"

	"onceover/reports"
	"onceover/scenarios/servers"
)

// The command timeout sends its signal to the program and to its group.
func TestAnInterruptThatComesTwiceAtOnceIsOne(t *testing.T) {
	w, cmd := inSecondRun(t)
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	e := w.interrupt(t)
	e.want(t, 130)
	nothingLeft(t, cmd)
}

// Nobody can stop a kill, but the results have what was judged before it.
func TestAKilledCampaignKeepsWhatItFound(t *testing.T) {
	w, cmd := inSecondRun(t)
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	w.wait(t)
	r := resultsOf(t, cmd)
	cell, _ := only(t, r)
	if r.Run.Status != reports.Interrupted || r.Run.Done != 1 || r.Run.Planned != 2 || r.Gate.ExitCode != 130 || cell.ID != "lease-lua/calm" {
		t.Errorf("%+v, gate %+v, %s", r.Run, r.Gate, cell.ID)
	}
	if _, err := servers.Dial(t.Context(), nil); err != nil { // it removes the containers
		t.Error(err)
	}
	nothingLeft(t, cmd)
}
