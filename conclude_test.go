package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// Where the table cannot be printed the program fails, and the files say so too.
func TestResultsSayThatTheTableCouldNotBePrinted(t *testing.T) {
	readOnly, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	w := newWriting(t)
	out := folder{filepath.Dir(w.to), filepath.Base(w.to)}
	s := streams{patient{readOnly}, &w.stderr, func(string) string { return "" }}
	err = conclude(t.Context(), &cli{}, s, out, reporttest.Passing(), nil, nil)
	if exitCode(err) != exitBug {
		t.Errorf("%v", err)
	}
	r, err := reports.Read(filepath.Join(w.to, "results.json"))
	if err != nil || r.Gate.ExitCode != exitBug {
		t.Errorf("%v, %+v", err, r.Gate)
	}
	if page := w.read(t, "report.html"); !strings.Contains(page, "exit code 70") && !strings.Contains(page, "exit_code\":70") {
		t.Error("the page does not say the exit code")
	}
}
