package servers

import (
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// In a container whose process 1 is no init, a killed process stays a zombie for ever.
func TestAProcessThatNobodyWaitsForHasEnded(t *testing.T) {
	cmd := exec.Command("sleep", "600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	owner := OwnerOf(cmd.Process.Pid)
	if owner.Gone() {
		t.Error("it is said to have ended while it runs")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Waitid(unix.P_PID, cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil); err != nil { // and leaves it a zombie
		t.Fatal(err)
	}
	if !owner.Gone() {
		t.Error("it was killed, and is said to live on")
	}
	if err := cmd.Wait(); err == nil {
		t.Error("it was not killed")
	}
}
