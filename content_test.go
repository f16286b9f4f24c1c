package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// Every output says which content was not compared, and the gate fails if it asks
// for it.
func TestContentThatWasNotCheckedIsSaidInEveryOutput(t *testing.T) {
	const warning = "1000 elements in 2 runs had no payload to compare"
	for name, with := range map[string]struct {
		unchecked int64
		expected  string
		args      []string
		code      int
	}{
		"all was compared":             {0, "safe", []string{"--require-content"}, 0},
		"a warning":                    {500, "safe", nil, 0},
		"a warning that fails":         {500, "safe", []string{"--require-content"}, 3},
		"a stored demand":              {500, "safe(content)", nil, 3},
		"nothing is asked of the cell": {500, "any", []string{"--require-content"}, 0},
	} {
		dir := t.TempDir()
		r := reporttest.Passing()
		r.Cells = []reports.Cell{
			reporttest.FullCell("worker-cmd", "calm", with.expected, reports.AsExpected, 2),
			reporttest.FullCell("set-nx", "calm", "safe", reports.AsExpected, 2),
		}
		for i := range r.Cells[0].Runs {
			r.Cells[0].Runs[i].Rows.Unchecked = with.unchecked
		}
		r.Run.Planned, r.Run.Done = 4, 4
		if err := r.Write(dir); err != nil {
			t.Fatal(err)
		}
		e := in(t, dir, with.code, append([]string{"report", "results.json"}, with.args...)...)
		shown := map[string]string{"standard output": e.stdout}
		for _, file := range []string{"summary.md", "junit.xml", "report.html"} {
			text, err := os.ReadFile(filepath.Join(dir, "report-out/latest", file))
			if err != nil {
				t.Fatal(err)
			}
			shown[file] = string(text)
		}
		for where, text := range shown {
			if (with.unchecked > 0) != (strings.Contains(text, warning) && strings.Contains(strings.ToLower(text), "content not checked")) {
				t.Errorf("%s: %s says of content:\n%.2000s", name, where, text)
			}
			if demand := "no run is bad, but content was not checked: 1000 elements in 2 runs"; (with.code != 0) != strings.Contains(text, demand) {
				t.Errorf("%s: %s lacks the reason %q, or has it:\n%.2000s", name, where, demand, text)
			}
		}
		text, err := os.ReadFile(filepath.Join(dir, "report-out/latest/results.json"))
		if err != nil || (with.unchecked > 0) != strings.Contains(string(text), `"unchecked": 500`) {
			t.Errorf("%s: %v, results.json says:\n%.2000s", name, err, text)
		}
	}
}
