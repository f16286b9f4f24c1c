package live

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"onceover/scenarios/live/images"
)

// registryless is an engine that has no images and cannot pull any. It notes
// what it is asked.
type registryless struct {
	mu    sync.Mutex
	asked []string
}

func (r *registryless) ServeHTTP(w http.ResponseWriter, q *http.Request) {
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

// count tells how often something was asked.
func (r *registryless) count(what string) int {
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

// withoutRegistry dials such an engine, on a machine whose bash, which would
// build the images, is a stand-in that fails and notes its calls.
func withoutRegistry(t *testing.T) (e *Engine, r *registryless, builds func() []string, said func() []string) {
	t.Helper()
	r = &registryless{}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	t.Setenv("DOCKER_HOST", "tcp://"+server.Listener.Addr().String())
	bin := t.TempDir()
	calls := filepath.Join(bin, "calls")
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal(err)
	}
	script := "#!" + bash + "\nshift\necho \"$*\" >>" + calls + "\necho 'E: no mirror' >&2\nexit 1\n"
	if err := os.WriteFile(filepath.Join(bin, "bash"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	t.Setenv("TMPDIR", t.TempDir())
	var mu sync.Mutex
	var lines []string
	e, err = Dial(t.Context(), func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, format)
	})
	if err != nil {
		t.Fatal(err)
	}
	builds = func() []string {
		text, err := os.ReadFile(calls)
		if err != nil {
			return nil
		}
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
	return e, r, builds, func() []string { mu.Lock(); defer mu.Unlock(); return slices.Clone(lines) }
}

func TestAnImageThatCannotBeHadIsAskedForOnce(t *testing.T) {
	e, registry, builds, _ := withoutRegistry(t)
	both := map[images.Kind]string{images.Redis: "", images.MySQL: ""}
	first := e.Images(t.Context(), both)
	if first == nil || !strings.Contains(first.Error(), "E: no mirror") {
		t.Fatalf("error %v, want the reason", first)
	}
	if n := strings.Count(first.Error(), "E: no mirror"); n != 1 {
		t.Errorf("the reason is said %d times:\n%v", n, first)
	}
	for _, again := range []func() error{
		func() error { return e.Images(t.Context(), both) },
		func() error { _, err := e.StartRedis(t.Context(), "", ""); return err },
		func() error { _, _, err := e.StartMySQL(t.Context(), ""); return err },
	} {
		if err := again(); err == nil || !strings.Contains(err.Error(), "E: no mirror") {
			t.Errorf("asked again: error %v, want the same reason", err)
		}
	}
	if n := registry.count("/images/create"); n != 2 {
		t.Errorf("%d pulls, want one of each image", n)
	}
	if got := builds(); !slices.Equal(got, []string{"prepare"}) {
		t.Errorf("built with %q, want one attempt to install what both need", got)
	}
}

func TestAnImageThatCannotBeHadIsSaidBeforeAnythingIsStarted(t *testing.T) {
	_, registry, _, said := withoutRegistry(t)
	var lines []string
	w, err := Open(t.Context(), Options{Progress: func(format string, _ ...any) { lines = append(lines, format) }}, "none", "always")
	if err == nil || !strings.Contains(err.Error(), "image redis:8.0 and mysql:9.7 cannot be pulled and cannot be built") {
		t.Errorf("error %v, want both images and why not", err)
	}
	if err := w.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if n := registry.count("/containers/create"); n != 0 {
		t.Errorf("%d containers were made, want none", n)
	}
	for _, line := range append(lines, said()...) {
		if strings.HasPrefix(line, "starting") {
			t.Errorf("said %q", line)
		}
	}
}

func TestANamedImageIsPulledAndNeverBuilt(t *testing.T) {
	e, _, builds, _ := withoutRegistry(t)
	err := e.Images(t.Context(), map[images.Kind]string{images.Redis: "mine/redis:7"})
	if err == nil || !strings.Contains(err.Error(), "image mine/redis:7 is not here and cannot be pulled: ") {
		t.Errorf("error %v", err)
	}
	if got := builds(); got != nil {
		t.Errorf("built with %q", got)
	}
}

func TestAPullSaysHowMuchHasArrived(t *testing.T) {
	l := newLayers(func(string) {})
	for _, part := range []string{
		`{"status":"Pulling from library/redis","id":"8.0"}` + "\n" + `{"status":"Downloading","progressDetail":{"current":1000000,"total":30000000},"id":"aa"}` + "\n",
		`{"status":"Downloading","progressDetail":{"current":20000000,"total":30000000},"id":"aa"}` + "\n{\"status\":\"Down",
		`loading","progressDetail":{"current":2000000,"total":4000000},"id":"bb"}` + "\nnot JSON\n",
	} {
		if n, err := io.WriteString(l, part); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got, want := l.String(), "22 of 34 MB in 2 layers"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
