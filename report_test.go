package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
	"onceover/reports/store"
)

// in runs onceover in a folder.
func in(t *testing.T, dir string, code int, args ...string) ended {
	t.Helper()
	cmd := command(t, nil, args...)
	cmd.Dir = dir
	e := complete(t, cmd)
	e.want(t, code)
	return e
}

// TestWhatAReportNamesIsStillFound explores, moves everything, reports it from
// there, and reports that again through links: what lies beside the runs is found
// from each report, and its commands can be given where the report was made.
func TestWhatAReportNamesIsStillFound(t *testing.T) {
	dir := t.TempDir()
	in(t, dir, 0, "explore", "-s", "none", "-f", "calm", "--chunks", "1", "--seed", "1", "--budget", "2s", "--out", "old")
	for _, step := range []error{
		os.Rename(filepath.Join(dir, "old"), filepath.Join(dir, "it's moved")),
		os.MkdirAll(filepath.Join(dir, "far", "away"), 0o755),
		os.Symlink(filepath.Join("far", "away"), filepath.Join(dir, "link")),
	} {
		if step != nil {
			t.Fatal(step)
		}
	}
	in(t, dir, 0, "report", "it's moved", "--out", "first")
	wantFiles(t, dir, "first")
	in(t, dir, 0, "report", "first/latest", "-o", "link/second")
	wantFiles(t, dir, "link/second")
	in(t, dir, 0, "report", "link/second/latest/report.html", "it's moved/latest/results.json")
	wantFiles(t, dir, "report-out")
}

func wantFiles(t *testing.T, dir, out string) {
	t.Helper()
	r, err := store.Load(filepath.Join(dir, out, "latest", "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	there, err := filepath.EvalSymlinks(filepath.Join(dir, out, "latest"))
	if err != nil {
		t.Fatal(err)
	}
	c := r.Cells[0]
	if len(c.Counterexamples) == 0 {
		t.Fatal("no counterexample")
	}
	for _, file := range []string{c.Runs[0].Folder, c.Counterexamples[0].File} {
		if _, err := os.Stat(filepath.Join(there, filepath.FromSlash(file))); err != nil {
			t.Errorf("%s: %v", out, err)
		}
	}
	for _, replay := range []string{c.Runs[0].Replay, c.Counterexamples[0].Replay} {
		shell := exec.CommandContext(t.Context(), "sh", "-c", replay)
		shell.Dir = dir
		if text, err := shell.CombinedOutput(); err != nil || !strings.Contains(string(text), "DUPLICATED: ") {
			t.Errorf("%s: %s: %v\n%s", out, replay, err, text)
		}
	}
}

// Reports of others are read, and never written to.
func TestAReportChangesNothingThatItReads(t *testing.T) {
	dir := t.TempDir()
	in(t, dir, 0, "explore", "-s", "none", "-f", "calm", "--chunks", "1", "--seed", "1", "--budget", "2s", "--out", "out")
	before := contents(t, filepath.Join(dir, "out"))
	in(t, dir, 0, "report", "out", "--out", "out")
	for name, text := range before {
		if now := contents(t, filepath.Join(dir, "out"))[name]; now != text {
			t.Errorf("%s was changed", name)
		}
	}
}

// contents of all files below a folder, those behind links left out.
func contents(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.Walk(folder, func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%d files: %v", len(all), err)
	}
	return all
}

// onWrite is a stream that looks at something whenever it is written to.
type onWrite func()

func (look onWrite) Write(text []byte) (int, error) {
	look()
	return len(text), nil
}

// Nothing can be written after a kill: whatever a report says first, the link leads
// to it by then, and not to an older one that passed.
func TestAReportThatIsKilledDoesNotLeaveAnOlderPass(t *testing.T) {
	dir := t.TempDir()
	passing := reporttest.Passing()
	passing.Cells = []reports.Cell{reporttest.FullCell("set-nx", "calm", "safe", reports.AsExpected, 60)}
	passing.Run.Planned, passing.Run.Done = 60, 60
	if err := passing.Write(dir); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	nowhere := func(string) string { return "" }
	report := reportCmd{Results: []string{filepath.Join(dir, "results.json")}, Out: out}
	if err := report.Run(&cli{}, streams{io.Discard, io.Discard, nowhere}); err != nil {
		t.Fatal(err)
	}
	older, err := os.Readlink(filepath.Join(out, store.Latest))
	if err != nil {
		t.Fatal(err)
	}
	seen := false
	look := onWrite(func() {
		if seen {
			return
		}
		seen = true
		newest, _ := os.Readlink(filepath.Join(out, store.Latest))
		r, err := store.Load(filepath.Join(out, store.Latest, "results.json"))
		if err != nil || newest == older || r.Run.Status != reports.Interrupted || r.Run.Done != 0 || r.Gate.ExitCode != reports.ExitInterrupted {
			t.Errorf("%s after %s: %v, %+v", newest, older, err, r)
		}
	})
	if err := report.Run(&cli{}, streams{io.Discard, look, nowhere}); err != nil || !seen {
		t.Fatal(err, seen)
	}
	if r, err := store.Load(filepath.Join(out, store.Latest, "results.json")); err != nil || r.Gate.Status != reports.Pass {
		t.Errorf("%v, %+v", err, r)
	}
}
