package store

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func made(t *testing.T, parent string) Folder {
	t.Helper()
	f := Planned(parent, time.Date(2026, 1, 2, 15, 4, 5, 0, time.FixedZone("", 3600)))
	if err := f.Create(); err != nil {
		t.Fatal(err)
	}
	return f
}

func leadsTo(t *testing.T, parent string, want Folder) {
	t.Helper()
	if got, err := os.Readlink(filepath.Join(parent, "latest")); err != nil || got != want.Name {
		t.Errorf("latest leads to %q, %v, want %s", got, err, want.Name)
	}
}

func TestEachInvocationHasItsOwnFolder(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "a", "b")
	one, two := made(t, parent), made(t, parent)
	if one.Path() == two.Path() {
		t.Fatal(one.Path())
	}
	if name := regexp.MustCompile(`\A20260102T140405Z-[a-z2-7]{10}\z`); !name.MatchString(one.Name) {
		t.Error(one.Name)
	}
	for _, f := range []Folder{one, two, one} {
		if err := f.Publish(); err != nil {
			t.Fatal(err)
		}
		leadsTo(t, parent, f)
	}
	left, err := os.ReadDir(parent)
	if err != nil || len(left) != 3 {
		t.Errorf("%v, %v", left, err)
	}
}

// Somebody's own folder of that name is not replaced, and that is said at once.
func TestWhatIsNoLinkIsNotReplaced(t *testing.T) {
	parent := t.TempDir()
	early := made(t, parent)
	if err := os.Mkdir(filepath.Join(parent, "latest"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Planned(parent, time.Now()).Create(); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("%v", err)
	}
	if err := errors.Join(early.Publish(), early.Withdraw()); err == nil {
		t.Error("it was replaced")
	}
	left, err := os.ReadDir(parent)
	if err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}
