package serverstest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Registryless is an engine that has no images and cannot pull any. It notes
// what it is asked.
type Registryless struct {
	calls string // the file in which builds are noted
	mu    sync.Mutex
	asked []string
}

// WithoutRegistry makes such an engine the one that a test dials, on a machine
// whose bash, which would build the images, is a stand-in that fails and notes
// its calls.
func WithoutRegistry(t *testing.T) *Registryless {
	t.Helper()
	bin := t.TempDir()
	r := &Registryless{calls: filepath.Join(bin, "calls")}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	t.Setenv("DOCKER_HOST", "tcp://"+server.Listener.Addr().String())
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	script := "#!" + bash + "\nshift\necho \"$*\" >>" + r.calls + "\necho 'E: no mirror' >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "bash"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("TMPDIR", t.TempDir())
	return r
}

func (r *Registryless) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	r.asked = append(r.asked, q.Method+" "+q.URL.Path+" "+q.URL.Query().Get("fromImage"))
	r.mu.Unlock()
	switch {
	case strings.HasSuffix(q.URL.Path, "/containers/json"):
		io.WriteString(w, "[]")
	case strings.HasSuffix(q.URL.Path, "/images/create"):
		http.Error(w, `{"message":"no registry here"}`, http.StatusInternalServerError)
	case strings.Contains(q.URL.Path, "/images/"):
		http.Error(w, `{"message":"no such image"}`, http.StatusNotFound)
	}
}

// Count tells how often something was asked.
func (r *Registryless) Count(what string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, a := range r.asked {
		if strings.Contains(a, what) {
			n++
		}
	}
	return n
}

// Builds are the builds that were tried.
func (r *Registryless) Builds() []string {
	text, err := os.ReadFile(r.calls)
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}
