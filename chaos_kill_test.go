package main

import (
	"syscall"
	"testing"
	"time"

	"onceover/reports"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// The command timeout sends its signal to the program and to its group.
func TestAnInterruptThatComesTwiceAtOnceIsOne(t *testing.T) {
	serverstest.Engine(t)
	cmd := command(t, nil, chaosArgs("-s|lease-lua|-f|calm|-f|pause-long|--ttl|20s")...)
	w := watch(t, cmd)
	w.saying(t, "[1/2] ok ")
	if err := w.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	e := w.interrupt(t)
	e.want(t, 130)
	nothingLeft(t, cmd)
}

// Nobody can stop a kill, but the results have what was judged before it.
func TestAKilledCampaignKeepsWhatItFound(t *testing.T) {
	serverstest.Engine(t)
	cmd := command(t, nil, chaosArgs("-s|lease-lua|-f|calm|-f|pause-long|--ttl|20s")...)
	w := watch(t, cmd)
	w.saying(t, "[1/2] ok ")
	for len(workers(t, cmd)) < 8 { // those of the second run
		time.Sleep(time.Millisecond)
	}
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
