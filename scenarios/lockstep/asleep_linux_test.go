package lockstep

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A process is waited for while it runs, and not for ever: then the run is weak, and says why.
func TestAProcessThatRunsIsWaitedForAWhile(t *testing.T) {
	spins := exec.Command("sh", "-c", "echo; while :; do :; done")
	out, err := spins.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := spins.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = spins.Process.Kill()
		_ = spins.Wait() // it was killed
	})
	if _, err := out.Read(make([]byte, 1)); err != nil { // from now on it spins
		t.Fatal(err)
	}
	hub := newHub()
	p := &process{hub: hub, pid: spins.Process.Pid, woken: true}
	r := &run{hub: hub}
	if !r.awake([]*process{p}, hub.version, time.Now()) || r.result.Weak != "" {
		t.Errorf("it runs, and is not waited for; weak %q", r.result.Weak)
	}
	if r.awake([]*process{p}, hub.version, time.Now().Add(-2*awakeWait)) || !strings.Contains(r.result.Weak, "did not rest") {
		t.Errorf("it is waited for still; weak %q", r.result.Weak)
	}
}
