package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"onceover/reports"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/serverstest"
)

// The command timeout sends its signal to the program and to its group. Two equal ones that wait
// would be one.
func TestAnInterruptThatComesTwiceAtOnceIsOne(t *testing.T) {
	w, cmd := inSecondRun(t)
	for _, signal := range []os.Signal{syscall.SIGSTOP, syscall.SIGTERM, syscall.SIGINT, syscall.SIGCONT} { // both wait for it
		if err := w.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
	}
	w.wait(t).want(t, 130)
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

// The replica is the one server that was not there when the campaign began.
func TestAHarnessThatIsKilledInAFailoverLeavesNothingToTheNextStart(t *testing.T) {
	serverstest.Engine(t)
	cmd := command(t, nil, chaosArgs("-s|lease-lua|--faults|failover at=committing nth=3 lag=15s")...)
	w := watch(t, cmd)
	for !struck(t, cmd) {
		time.Sleep(time.Millisecond)
	}
	if n := len(strings.Fields(containersOf(t, cmd))); n != 4 {
		t.Errorf("%d containers, want those of Redis, its replica, MySQL and the keeper", n)
	}
	if err := w.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	w.wait(t)
	if _, err := servers.Dial(t.Context(), nil); err != nil { // it removes the containers
		t.Error(err)
	}
	nothingLeft(t, cmd)
}

// struck tells whether a fault has reached its position in a campaign.
func struck(t *testing.T, cmd *exec.Cmd) bool {
	t.Helper()
	histories, err := filepath.Glob(filepath.Join(cmd.Dir, "chaos-out/2*/runs/*/*/*/history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range histories {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(`"phase":"struck"`)) {
			return true
		}
	}
	return false
}
