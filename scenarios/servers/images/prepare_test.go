package images

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// A machine on which nothing is installed that the build could take for granted, with stand-ins for what it calls.
const (
	fakeRoot = "#!/bin/sh\necho 0\n"
	fakeUser = "#!/bin/sh\necho 1000\n"
	// oneApt refuses a second caller, as the real one does while the first has its lock. Its lock is never given back, so
	// that a second call is refused however late it comes. It installs a mmdebstrap.
	oneApt = `#!/bin/bash
echo "$*" >>"$CALLS"
kind=other
for word; do case $word in update|--download-only|install) kind=$word ;; esac; done
case "$* " in *--download-only*) kind=download ;; esac
if ! mkdir "$LOCKS/$kind"; then
	echo "E: Something ran twice: Could not get the lock" >&2
	exit 100
fi
if [ $kind = install ]; then
	printf '#!/bin/sh\necho tree\n' >"$BIN/mmdebstrap"
	chmod 755 "$BIN/mmdebstrap"
fi
`
	// busyApt finds its lists locked by another program the first two times.
	busyApt = `#!/bin/bash
echo "$*" >>"$CALLS"
if [[ $* == *update* && $(grep -c update "$CALLS") -le 2 ]]; then
	echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)" >&2
	exit 100
fi
`
	// slowApt, once it installs, waits until its fifo is written to.
	slowApt = `#!/bin/bash
if [[ $* == *" install"* && $* != *--download-only* ]]; then
	echo "build.sh: unpacking" >&2
	read -r _ <"$BIN/fifo"
	echo "$*" >>"$CALLS"
fi
`
	brokenApt = `#!/bin/bash
echo "$*" >>"$CALLS"
echo "E: Unable to locate package mmdebstrap" >&2
exit 100
`
)

// bareMachine is a PATH of the given stand-ins and of the few real programs that the script may count on.
func bareMachine(t *testing.T, programs map[string]string) (calls string) {
	t.Helper()
	calls, _ = onPath(t, programs)
	bin := filepath.Dir(calls)
	for _, name := range []string{"bash", "sh", "awk", "mktemp", "rm", "rmdir", "chmod", "cat", "tee", "grep", "mkdir", "sleep"} {
		real, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(real, filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("BIN", bin)
	t.Setenv("LOCKS", t.TempDir())
	t.Setenv("PATH", bin)
	return calls
}

func TestWhatTheBuildsNeedIsInstalledOnceForAllOfThem(t *testing.T) {
	calls := bareMachine(t, map[string]string{"docker": fakeDocker, "id": fakeRoot, "apt-get": oneApt})
	ends := make(chan error)
	for _, kind := range Kinds() {
		go func() {
			err := Prepare(t.Context(), io.Discard)
			if err == nil {
				err = Build(t.Context(), kind, "some/"+string(kind), io.Discard)
			}
			ends <- err
		}()
	}
	for range Kinds() {
		if err := <-ends; err != nil {
			t.Error(err)
		}
	}
	noted := readFile(t, calls)
	for _, want := range []string{"tag sha256:made some/redis\n", "tag sha256:made some/mysql\n"} {
		if !strings.Contains(noted, want) {
			t.Errorf("docker was not called with %q:\n%s", want, noted)
		}
	}
	if n := strings.Count(noted, "DPkg::Lock::Timeout="); n != 3 {
		t.Errorf("%d calls of apt-get wait for dpkg's lock, want 3:\n%s", n, noted)
	}
}

func TestPrepareWaitsForAnotherAptGet(t *testing.T) {
	calls := bareMachine(t, map[string]string{"id": fakeRoot, "apt-get": busyApt})
	var stages []string
	err := Prepare(t.Context(), Stages(func(stage string) { stages = append(stages, stage) }))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(readFile(t, calls), "update"); n != 3 {
		t.Errorf("apt-get update was called %d times, want 3", n)
	}
	want := []string{"installing it with apt-get", "waiting for another apt-get to end, for up to 300 s"}
	if !slices.Equal(stages, want) {
		t.Errorf("it said %q, want %q", stages, want)
	}
}

func TestPrepareDoesNotRepeatWhatFailsForGood(t *testing.T) {
	calls := bareMachine(t, map[string]string{"id": fakeRoot, "apt-get": brokenApt})
	err := Prepare(t.Context(), io.Discard)
	if !errors.Is(err, ErrBuild) || !strings.Contains(err.Error(), "E: Unable to locate package mmdebstrap") {
		t.Errorf("error %v, want ErrBuild with the output's last lines", err)
	}
	if n := strings.Count(readFile(t, calls), "\n"); n != 1 {
		t.Errorf("apt-get was called %d times, want 1", n)
	}
}

func TestACancelledPrepareLetsDpkgEndWhatItHasBegun(t *testing.T) {
	calls := bareMachine(t, map[string]string{"id": fakeRoot, "apt-get": slowApt})
	fifo := filepath.Join(filepath.Dir(calls), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := Prepare(ctx, Stages(func(stage string) {
		if stage != "unpacking" {
			return
		}
		cancel()
		go func() {
			if err := os.WriteFile(fifo, []byte("go on\n"), 0o600); err != nil {
				t.Error(err)
			}
		}()
	}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if !strings.Contains(readFile(t, calls), "install") {
		t.Error("the installation was broken off")
	}
}

func TestPrepareNeedsRootAndSaysWhatToInstall(t *testing.T) {
	calls := bareMachine(t, map[string]string{"id": fakeUser, "apt-get": oneApt})
	err := Prepare(t.Context(), io.Discard)
	if err == nil || !strings.Contains(err.Error(), "mmdebstrap is missing: install") {
		t.Errorf("error %v, want what to install", err)
	}
	if _, err := os.Stat(calls); err == nil {
		t.Errorf("apt-get was called:\n%s", readFile(t, calls))
	}
}

func TestOneAtATimeAndOnlyForThoseOfTheSameName(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	inside := errors.New("inside")
	err := Exclusive(t.Context(), "a", func() error {
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := Exclusive(ended, "a", func() error { return inside }); !errors.Is(err, context.Canceled) {
			t.Errorf("the second of the same name: %v, want context.Canceled", err)
		}
		return Exclusive(t.Context(), "b", func() error { return inside })
	})
	if err != inside {
		t.Errorf("error %v, want that of the function", err)
	}
	if err := Exclusive(t.Context(), "a", func() error { return nil }); err != nil {
		t.Errorf("the lock was not given back: %v", err)
	}
}

func TestStagesAreWhatTheOutputSaysOfThem(t *testing.T) {
	var got bytes.Buffer
	w := Stages(func(stage string) { got.WriteString(stage + "\n") })
	for _, part := range []string{
		"build.sh: building x from y\nI: run", "ning apt-get update...\n", "Get:1 http://mirror sid\n",
		"Waiting for cache lock: Could not get lock. It is held by process 7 (apt)... 1s\r", "I: done\n", "no end",
	} {
		if n, err := io.WriteString(w, part); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	const want = "building x from y\nrunning apt-get update\nWaiting for cache lock: Could not get lock. It is held by process 7 (apt)... 1s\n"
	if got.String() != want {
		t.Errorf("got %q, want %q", &got, want)
	}
}
