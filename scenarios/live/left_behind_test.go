package live

import (
	"os"
	"os/exec"
	"slices"
	"testing"

	"onceover/scenarios/servers"
)

// The tree of a worker whose wrapper does not exec outlives the kill of its harness.
func TestProcessesOfAHarnessThatIsGoneAreEnded(t *testing.T) {
	gone := servers.OwnerOf(os.Getpid())
	gone.PID = 1 << 22
	started := map[string]*exec.Cmd{}
	for name, harness := range map[string]string{"gone": gone.String(), "alive": servers.OwnerOf(os.Getpid()).String(), "none": "", "unreadable": "onceover"} {
		cmd := exec.Command("sleep", "1000")
		cmd.Env = append(slices.Clone(os.Environ()), harnessName+"="+harness)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		started[name] = cmd
	}
	said := 0
	w := &World{options: Options{Progress: func(string, ...any) { said++ }}}
	if err := w.sweepProcesses(); err != nil {
		t.Fatal(err)
	}
	if harnessOf(started["alive"].Process.Pid) != "" { // else this system does not tell
		if err := started["gone"].Wait(); err == nil || err.Error() != "signal: killed" {
			t.Errorf("it ended with %v", err)
		}
		if said != 1 {
			t.Errorf("%d processes were named, want one", said)
		}
		delete(started, "gone")
	}
	for name, cmd := range started {
		if m, err := inspect(cmd.Process.Pid); err == nil && !m.lives() {
			t.Errorf("%s: it was ended", name)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}
