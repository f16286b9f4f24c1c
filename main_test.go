package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"onceover/scenarios/servers/serverstest"
)

// realServers are the tests of this package with the servers that they use.
type realServers struct{ m *testing.M }

func (r realServers) Run() int { return serverstest.Main(r.m) }

// TestMain makes the test program be onceover, workers included, where it is
// started by that name, which is on the PATH of the tests.
func TestMain(m *testing.M) {
	testscript.Main(realServers{m}, map[string]func(){"onceover": main})
}

func TestTheFirstSignalEndsWhatWaitsForAFile(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		cmd := command(t, nil, "replay", "pipe")
		pipe := filepath.Join(cmd.Dir, "pipe")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // it waits for the reader
		if err != nil {
			t.Fatal(err)
		}
		defer writer.Close()
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		var ended *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).Signal() != signal {
			t.Errorf("%v: %v", signal, err)
		}
	}
}

func TestWhatIsNoPlainFileIsNotRead(t *testing.T) {
	for _, args := range [][]string{{"diff", "pipe", "pipe"}, {"report", "pipe"}, {"diff", "/dev/zero", "pipe"}} {
		cmd := command(t, nil, args...)
		if err := syscall.Mkfifo(filepath.Join(cmd.Dir, "pipe"), 0o600); err != nil {
			t.Fatal(err)
		}
		e := complete(t, cmd)
		e.want(t, 2)
		wantMatch(t, e.stderr, `\Aerror: \S+: it is no regular file\n`)
	}
}
