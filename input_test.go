package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"onceover/reports"
	"onceover/reports/reporttest"
)

// A file that the command line or a stored result names is not read beyond
// a limit, which the error names; nor is it waited for.
func TestNoFileIsReadWithoutAnEnd(t *testing.T) {
	dir := t.TempDir()
	large := func(name string, bytes int64) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, bytes); err != nil {
			t.Fatal(err)
		}
		return path
	}
	r := reporttest.Passing()
	r.Cells = []reports.Cell{reporttest.FullCell("set-nx", "calm", "unsafe", reports.ControlMissed, 3,
		reporttest.DuplicatedRun(1), reporttest.DuplicatedRun(2), reporttest.DuplicatedRun(3))}
	r.Run.Planned, r.Run.Done = 3, 3
	for j := range r.Cells[0].Runs {
		r.Cells[0].Runs[j].Folder = fmt.Sprintf("run-%d", j)
	}
	r.Gate.Expected = "/dev/zero"
	good := filepath.Join(dir, "good")
	for j, make := range []func(history string) error{
		func(history string) error { return os.Symlink("/dev/zero", history) },
		func(history string) error { return syscall.Mkfifo(history, 0o600) },
		func(history string) error {
			return os.Symlink(large("history", reports.MostOfHistory+1), history)
		},
	} {
		folder := filepath.Join(good, fmt.Sprintf("run-%d", j))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := make(filepath.Join(folder, reports.HistoryFile)); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Write(good); err != nil {
		t.Fatal(err)
	}
	text, results, log := large("text", reports.MostOfText+1), large("results.json", reports.MostOfResults+1), large("log", reports.MostOfLog+1)
	page := large("report.html", reports.MostOfResults+1)
	const noFile = "it is no regular file"
	for _, with := range []struct {
		want string
		args string
	}{
		{"larger than 1 MiB", "report good --expect /dev/zero"},
		{"larger than 1 MiB", "report good --expect " + text},
		{"larger than 1 MiB", "chaos --expect /dev/zero"},
		{"larger than 1 MiB", "chaos --faults @/dev/zero"},
		{"larger than 1 MiB", "chaos --faults @" + text},
		{"larger than 1 MiB", "explore --expect /dev/zero"},
		{noFile, "report /dev/zero"},
		{noFile, "diff good /dev/zero"},
		{noFile, "report good --baseline /dev/zero"},
		{"larger than 256 MiB", "report " + results},
		{"larger than 256 MiB", "report " + dir},
		{"larger than 256 MiB", "report " + page},
		{"larger than 256 MiB", "diff good " + page},
		{"larger than 256 MiB", "diff " + results + " good"},
		{"larger than 256 MiB", "report good --baseline " + page},
		{"larger than 64 MiB", "replay /dev/zero"},
		{"larger than 64 MiB", "replay " + log},
		{"", "report good"},
	} {
		cmd := command(t, []string{"GITHUB_ACTIONS=true"}, strings.Fields(with.args)...)
		cmd.Dir = dir
		began := time.Now()
		e := complete(t, cmd)
		code := reports.ExitUsage
		if with.want == "" {
			code, with.want = reports.ExitPass, "3 runs have a history that is not read"
		}
		if e.code != code || !strings.Contains(e.stderr, with.want) || strings.Count(e.stderr, "error: ") > 1 {
			t.Errorf("%s: exit code %d, want %d and %q\n%s", with.args, e.code, code, with.want, e.stderr)
		}
		if used := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; used > 300<<10 || time.Since(began) > 20*time.Second {
			t.Errorf("%s took %d MiB and %s", with.args, used>>10, time.Since(began))
		}
	}
}
