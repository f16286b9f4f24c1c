package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func made(t *testing.T, parent string) folder {
	t.Helper()
	f, err := newFolder(parent, time.Date(2026, 1, 2, 15, 4, 5, 0, time.FixedZone("", 3600)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func leadsTo(t *testing.T, parent string, want folder) {
	t.Helper()
	if got, err := os.Readlink(filepath.Join(parent, "latest")); err != nil || got != want.name {
		t.Errorf("latest leads to %q, %v, want %s", got, err, want.name)
	}
}

func TestEachInvocationHasItsOwnFolder(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "a", "b")
	one, two := made(t, parent), made(t, parent)
	if one.path() == two.path() {
		t.Fatal(one.path())
	}
	wantMatch(t, one.name, `\A20260102T140405Z-[a-z2-7]{10}\z`)
	for _, f := range []folder{one, two, one} {
		if err := f.publish(); err != nil {
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
	if _, err := newFolder(parent, time.Now()); exitCode(err) != exitUsage {
		t.Errorf("%v", err)
	}
	if err := errors.Join(early.publish(), early.withdraw()); err == nil {
		t.Error("it was replaced")
	}
	left, err := os.ReadDir(parent)
	if err != nil || len(left) != 2 {
		t.Errorf("%v, %v", left, err)
	}
}
