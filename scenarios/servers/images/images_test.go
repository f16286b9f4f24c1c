package images

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestMirrorComesFromAptConfiguration(t *testing.T) {
	const fallback = "http://deb.debian.org/debian"
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no configuration", nil, fallback},
		{"one-line list", map[string]string{
			"sources.list": "# deb http://old.example/debian sid main\n\ndeb http://one.example/debian/ bookworm main contrib # ours\n",
		}, "http://one.example/debian"},
		{"one-line list with options", map[string]string{
			"sources.list": "deb [arch=amd64 signed-by=/k.gpg] https://one.example/mirror/debian bookworm main\n",
		}, "https://one.example/mirror/debian"},
		{"source packages do not count", map[string]string{
			"sources.list": "deb-src http://one.example/debian bookworm main\n",
		}, fallback},
		{"deb822", map[string]string{
			"sources.list.d/debian.sources": "Types: deb deb-src\n# URIs: http://old.example/debian\nURIs: http://two.example/debian\nSuites: bookworm\nComponents: main\n",
		}, "http://two.example/debian"},
		{"deb822 with several addresses on continued lines", map[string]string{
			"sources.list.d/debian.sources": "types: deb\nuris:\n http://two.example/debian-security\n http://three.example/debian\nsuites: sid\ncomponents: main\n",
		}, "http://three.example/debian"},
		{"security archive first", map[string]string{
			"sources.list.d/debian.sources": "Types: deb\nURIs: http://two.example/debian-security\nSuites: s\nComponents: main\n\nTypes: deb\nURIs: http://two.example/debian\nSuites: s\nComponents: main\n",
		}, "http://two.example/debian"},
		{"disabled stanza", map[string]string{
			"sources.list.d/debian.sources": "Enabled: no\nTypes: deb\nURIs: http://two.example/debian\nSuites: s\nComponents: main\n",
		}, fallback},
		{"another publisher's archive", map[string]string{
			"sources.list.d/aaa.list":       "deb http://engine.example/linux/debian bookworm stable\n",
			"sources.list.d/bbb.sources":    "Types: deb\nURIs: http://other.example/debian\nSuites: bookworm\nComponents: main\n",
			"sources.list.d/debian.sources": "Types: deb\nURIs: http://two.example/debian\nSuites: bookworm\nComponents: main\n",
		}, "http://two.example/debian"},
		{"another distribution", map[string]string{
			"sources.list": "deb http://archive.example/ubuntu noble main\n",
		}, fallback},
		{"file that apt ignores", map[string]string{
			"sources.list.d/debian.sources.disabled": "Types: deb\nURIs: http://two.example/debian\nSuites: s\nComponents: main\n",
		}, fallback},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFiles(t, dir, test.files, 0o644)
			out, err := exec.Command("bash", "build.sh", "--print-mirror", dir).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if got := strings.TrimSpace(string(out)); got != test.want {
				t.Errorf("mirror %q, want %q", got, test.want)
			}
		})
	}
}

func TestWrongUsageExitsWithTwo(t *testing.T) {
	for _, args := range [][]string{{}, {"postgres", "x"}, {"redis"}, {"redis", ""}, {"mysql", "a", "b"}, {"--print-mirror", "a", "b"}} {
		out, err := exec.Command("bash", append([]string{"build.sh"}, args...)...).CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 2 {
			t.Errorf("%q: %v, want exit status 2", args, err)
		}
		if !bytes.Contains(out, []byte("usage: build.sh")) {
			t.Errorf("%q: no usage in %q", args, out)
		}
	}
}

// The programs that a build runs, as stand-ins. docker notes its arguments in $CALLS.
const (
	fakeDocker = `#!/bin/sh
echo "$*" >>"$CALLS"
case $1 in import) cat >/dev/null; echo sha256:made ;; esac
`
	workingBootstrap = "#!/bin/sh\necho tree\n"
	failingBootstrap = "#!/bin/sh\necho unpacking >&2\necho E: no such package >&2\nexit 1\n"
	endlessBootstrap = "#!/bin/sh\ntouch \"$TMPDIR/tree\"\necho started $$ >&2\nexec sleep 1000\n"
)

// onPath puts the programs before all others, and returns the file in which docker's calls are noted and an
// empty folder for temporary files.
func onPath(t *testing.T, programs map[string]string) (calls, temporary string) {
	dir := t.TempDir()
	writeFiles(t, dir, programs, 0o755)
	calls, temporary = filepath.Join(dir, "calls"), t.TempDir()
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	t.Setenv("CALLS", calls)
	t.Setenv("TMPDIR", temporary)
	return calls, temporary
}

func TestBuildTagsTheImportedTree(t *testing.T) {
	calls, temporary := onPath(t, map[string]string{"docker": fakeDocker, "mmdebstrap": workingBootstrap})
	if err := Build(t.Context(), MySQL, "some/mysql:1", io.Discard); err != nil {
		t.Fatal(err)
	}
	got := readFile(t, calls)
	for _, want := range []string{"tag sha256:made some/mysql:1\n", "EXPOSE 3306", "VOLUME /var/lib/mysql", "LABEL " + Label + "=1"} {
		if !strings.Contains(got, want) {
			t.Errorf("docker was not called with %q:\n%s", want, got)
		}
	}
	wantEmpty(t, temporary)
}

func TestBuildFailureShowsLastLinesAndLeavesNothing(t *testing.T) {
	calls, temporary := onPath(t, map[string]string{"docker": fakeDocker, "mmdebstrap": failingBootstrap})
	var progress bytes.Buffer
	err := Build(t.Context(), Redis, "some/redis:1", &progress)
	if !errors.Is(err, ErrBuild) || !strings.Contains(err.Error(), "E: no such package") {
		t.Errorf("error %v, want ErrBuild with the output's last lines", err)
	}
	if !strings.Contains(progress.String(), "unpacking\n") {
		t.Errorf("progress %q lacks the output", &progress)
	}
	got := readFile(t, calls)
	if strings.Contains(got, "tag ") || !strings.Contains(got, "rmi sha256:made\n") {
		t.Errorf("the broken image was kept:\n%s", got)
	}
	wantEmpty(t, temporary)
}

func TestCancelledBuildEndsItsProcesses(t *testing.T) {
	_, temporary := onPath(t, map[string]string{"docker": fakeDocker, "mmdebstrap": endlessBootstrap})
	ctx, cancel := context.WithCancel(t.Context())
	read, write := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- Build(ctx, Redis, "some/redis:1", write)
		write.Close()
	}()

	pid := 0
	for word := ""; pid == 0; {
		if _, err := fmt.Fscan(read, &word); err != nil {
			t.Fatalf("the build ended early: %v", <-done)
		}
		if word == "started" {
			fmt.Fscan(read, &pid)
		}
	}
	go io.Copy(io.Discard, read)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d is still there (%v)", pid, err)
	}
	wantEmpty(t, temporary)
}

func TestMissingProgramIsNamedWithItsCure(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		programs map[string]string
		want     string
	}{
		{"docker", nil, "the docker command is missing: install"},
		{"engine", map[string]string{"docker": "#!/bin/sh\nexit 1\n"}, "the container engine does not answer: start it"},
		{"mmdebstrap", map[string]string{"docker": fakeDocker}, "mmdebstrap is missing: install"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			calls, _ := onPath(t, test.programs)
			only := filepath.Dir(calls)
			if err := os.Symlink(bash, filepath.Join(only, "bash")); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", only)
			err := Build(t.Context(), Redis, "some/redis:1", io.Discard)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q", err, test.want)
			}
		})
	}
}

func writeFiles(t *testing.T, dir string, files map[string]string, mode os.FileMode) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func wantEmpty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("left in the temporary folder: %v (%v)", entries, err)
	}
}
