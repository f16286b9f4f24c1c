package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"onceover/reports/compare"
	"onceover/reports/page"
	"onceover/reports/reporttest"

	"github.com/google/go-cmp/cmp"
)

func TestLoadReadsEveryFormOfAResult(t *testing.T) {
	want := reporttest.Hostile(reporttest.HostileTexts[0])
	dir := t.TempDir()
	for _, folder := range []string{"plain", "runs/latest"} {
		folder = filepath.Join(dir, folder)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := want.Write(folder); err != nil {
			t.Fatal(err)
		}
	}
	var html strings.Builder
	if err := page.Write(&html, want, page.Options{}); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "report.html"), html.String())
	for _, name := range []string{"plain", "plain/results.json", "runs", "report.html"} {
		got, err := Load(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want.Cells, got.Cells); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestLoadSaysWhatIsWrong(t *testing.T) {
	const block = `<script type="application/json" id="results">`
	for want, text := range map[string]string{
		"it has no <script":               "<html><script id=results>{}</script>" + `<script type="application/json">{}</script>`,
		"its block of results is empty":   block + "</script>",
		"unexpected end of JSON":          block,
		`its schema is ""`:                "{}",
		"unexpected end of JSON input":    "",
		"invalid character 'o'":           "onceover",
		"this program reads onceover.res": `{"schema": "onceover.results/2.0"}`,
	} {
		path := filepath.Join(t.TempDir(), "file")
		write(t, path, text)
		if _, err := Load(path); err == nil || !strings.HasPrefix(err.Error(), path+": ") {
			t.Errorf("%q: %v", text, err)
		} else if !strings.Contains(err.Error(), want) && text != block {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "nowhere")); err == nil || !strings.Contains(err.Error(), "nowhere: no such file") {
		t.Error(err)
	}
	if _, err := Load(t.TempDir()); err == nil || !strings.Contains(err.Error(), "holds no results.json") {
		t.Error(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(`{"schema": "onceover.results/1.0", "cells": [{"id": "a/b", "runs": {"n": 1, "lost": 1}}]}`)
	f.Add(`<p><script type="application/json" id="results">{"schema": "onceover.results/1.0", "cells": [{"id": "a/b", "runs": {"n": -1, "inconclusive": 9}, "details": [{"verdict": "safe", "rows_per_s": 1e999}]}]}</script>`)
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "file")
		write(t, path, text)
		r, err := Load(path)
		if err != nil {
			return
		}
		c, err := compare.Of(r, r, compare.Options{})
		if err != nil {
			return
		}
		if c.Failing() > 0 {
			t.Errorf("it has changed from itself: %+v", c.Cells)
		}
		for _, write := range []func(*strings.Builder) error{
			func(w *strings.Builder) error { return c.WriteText(w, true) },
			func(w *strings.Builder) error { return c.WriteMarkdown(w, true) },
		} {
			if err := write(&strings.Builder{}); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestUntrustedTextStaysText(t *testing.T) {
	for _, hostile := range append([]string{"`code` ~~no~~ [link](http://x) <b>|*_#!\\ ```"}, reporttest.HostileTexts...) {
		old, now := reporttest.Hostile(hostile), reporttest.Hostile(hostile)
		old.Cells = old.Cells[2:]
		now.Cells = now.Cells[:len(now.Cells)-1]
		c, err := compare.Of(old, now, compare.Options{OldName: hostile, NewName: hostile})
		if err != nil {
			t.Fatal(err)
		}
		var text, markdown strings.Builder
		if err := c.WriteText(&text, true); err != nil {
			t.Fatal(err)
		}
		if err := c.WriteMarkdown(&markdown, true); err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(text.String(), "\x1b\x00\r\u202e") {
			t.Errorf("a control character of %q is in the text", hostile)
		}
		plain := strings.NewReplacer("<details><summary>", "", "</summary>", "", "</details>", "").Replace(markdown.String())
		outside := strings.Join(outsideFences(plain), "\n")
		if strings.Contains(outside, "<") || strings.Contains(strings.ReplaceAll(outside, "\\`", ""), "`") {
			t.Errorf("%q means something in the Markdown:\n%s", hostile, outside)
		}
		if !strings.Contains(plain, "```sh\n") {
			t.Error("no command is shown")
		}
		for line := range strings.Lines(markdown.String()) {
			if strings.HasPrefix(line, "| ") && strings.Contains(line, "it is not checked") && strings.Count(line, "|")-strings.Count(line, `\|`) != 6 {
				t.Errorf("a bar of %q ends a cell: %s", hostile, line)
			}
		}
	}
}

// outsideFences lists the lines that are not in blocks of code.
func outsideFences(text string) (lines []string) {
	fence := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]; {
		case fence == "" && len(ticks) >= 3:
			fence = ticks
		case fence != "" && line == fence:
			fence = ""
		case fence == "":
			lines = append(lines, line)
		}
	}
	return lines
}

func TestResultsAreReadBackAsWritten(t *testing.T) {
	dir := t.TempDir()
	want := reporttest.Sample()
	if err := want.Write(dir); err != nil {
		t.Fatal(err)
	}
	got, err := Load(filepath.Join(dir, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestReadAsksForItsOwnSchema(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"schema":"onceover.results/1.1.3","a field that nobody knows":1}`, ""},
		{`{"schema":"onceover.results/1.9.3"}`, `"onceover.results/1.9.3"`},
		{`{"schema":"onceover.results/2.0.0"}`, `"onceover.results/2.0.0"`},
		{`{"schema":"onceover.results/10.0.0"}`, `"onceover.results/10.0.0"`},
		{`{}`, `""`},
		{`{"schema":`, "unexpected end"},
	} {
		path := filepath.Join(t.TempDir(), "results.json")
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		if (err == nil) != (c.want == "") || (err != nil && !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.json")); err == nil {
		t.Error("no error for a file that does not exist")
	}
}
