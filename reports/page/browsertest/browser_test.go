package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience is how long anything may take: a page, a check, the browser's start and end.
const patience = 60 * time.Second

// browser is the one that all tests share. Each test has tabs of its own.
type browser struct {
	ctx     context.Context
	profile string

	mu     sync.Mutex
	faults []string // events that could not be read
}

var shared = sync.OnceValues(start)

func TestMain(m *testing.M) {
	code := m.Run()
	if started != nil {
		if err := started.end(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	pages.Close()
	os.Exit(code)
}

var started *browser

// find looks for a browser that chromedp can drive.
func find() (string, error) {
	if path := os.Getenv("CHROME_PATH"); path != "" {
		return exec.LookPath(path)
	}
	for _, name := range []string{"chromium", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no browser: set CHROME_PATH, or install the package chromium")
}

// start starts a browser without a window, a network and a past.
func start() (*browser, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	profile, err := os.MkdirTemp("", "onceover-browser-")
	if err != nil {
		return nil, err
	}
	b := &browser{profile: profile}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(profile), chromedp.WSURLReadTimeout(patience), chromedp.DisableGPU,
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	// A contextless browser is ended by end.
	b.ctx, _ = chromedp.NewContext(allocator, chromedp.WithErrorf(b.unread))
	started = b
	if err := chromedp.Run(b.ctx); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return b, nil
}

// unread notes an event that the library cannot read: it may be one that a test counts.
func (b *browser) unread(format string, values ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fmt.Sprintf(format, values...))
}

// end ends the browser and all its processes, and removes its profile.
func (b *browser) end() error {
	err := errors.Join(chromedp.Cancel(b.ctx), b.gone())
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.faults) > 0 {
		err = errors.Join(err, fmt.Errorf("what the browser told could not all be read: %q", b.faults))
	}
	return errors.Join(err, os.RemoveAll(b.profile))
}

// gone waits until the last process of the browser is gone: they follow the first.
func (b *browser) gone() error {
	deadline := time.After(patience)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		left := processesWith(b.profile)
		if len(left) == 0 {
			return nil
		}
		select {
		case <-again.C:
		case <-deadline:
			return fmt.Errorf("the browser has left processes behind: %v", left)
		}
	}
}

// processesWith are the processes that have a text in their command line, where
// the system can tell.
func processesWith(text string) []string {
	var all []string
	found, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range found {
		line, err := os.ReadFile(name)
		if err == nil && strings.Contains(string(line), text) {
			all = append(all, filepath.Base(filepath.Dir(name)))
		}
	}
	return all
}

// theBrowser returns the browser, or ends the test: where there is none it is
// left out aloud, and under CI that is a failure.
func theBrowser(t testing.TB) *browser {
	t.Helper()
	if _, err := find(); err != nil {
		note("left out", t)
		if os.Getenv("CI") != "" {
			t.Fatalf("CI is set, and this test lacks what it needs: %s", err)
		}
		t.Skipf("LEFT OUT: %s", err)
	}
	b, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	note("in a browser", t)
	return b
}

var (
	notes sync.Mutex
	noted = map[string]bool{}
)

// note writes a line about a test, once, to the file that ONCEOVER_LIVE_LOG names.
func note(what string, t testing.TB) {
	notes.Lock()
	defer notes.Unlock()
	name, _, _ := strings.Cut(t.Name(), "/")
	path := os.Getenv("ONCEOVER_LIVE_LOG")
	if path == "" || noted[name] {
		return
	}
	noted[name] = true
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err) // who counts must not miscount
	}
	defer f.Close()
	fmt.Fprintln(f, what, name)
}
