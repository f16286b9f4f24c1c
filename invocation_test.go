package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
	"onceover/reports/store"
)

// Where the table cannot be printed the program fails, and the files say so too.
func TestResultsSayThatTheTableCouldNotBePrinted(t *testing.T) {
	readOnly, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	to := t.TempDir()
	out := store.Folder{Parent: filepath.Dir(to), Name: filepath.Base(to)}
	s := streams{pipeTolerant{readOnly}, io.Discard, func(string) string { return "" }}
	i := invocation{g: &cli{}, streams: s, folder: out, results: *reporttest.Passing()}
	err = i.conclude(t.Context(), nil, nil)
	if exitCode(err) != reports.ExitBug {
		t.Errorf("%v", err)
	}
	r, err := store.Load(filepath.Join(to, "results.json"))
	if err != nil || r.Gate.ExitCode != reports.ExitBug {
		t.Errorf("%v, %+v", err, r.Gate)
	}
	page, err := os.ReadFile(filepath.Join(to, "report.html"))
	if err != nil || !strings.Contains(string(page), "exit code 70") && !strings.Contains(string(page), "exit_code\":70") {
		t.Errorf("%v: the page does not say the exit code", err)
	}
}
