package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"

	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios/live"
	"onceover/scenarios/servers"
)

func TestEveryProblemHasItsOwnExitCode(t *testing.T) {
	owner := map[int]loader.Problem{}
	for problem := loader.NoTable; problem <= loader.SnapshotLost; problem++ {
		code := exitCode(fmt.Errorf("load: %w", &loader.Error{Problem: problem}))
		if code == reports.ExitPass || code == reports.ExitFail || code == reports.ExitBug {
			t.Errorf("problem %d has the exit code %d", problem, code)
		}
		if other, taken := owner[code]; taken {
			t.Errorf("problems %d and %d have the same exit code %d", other, problem, code)
		}
		owner[code] = problem
	}
	if owner[16] != loader.TooManyChunks {
		t.Errorf("exit code 16 is of problem %d", owner[16])
	}
	if next := loader.SnapshotLost + 1; exitOf[next] != 0 {
		t.Errorf("problem %d is not in this test", next)
	}
}

func TestExitCodes(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"nothing":       {nil, 0},
		"a verdict":     {errors.Join(errors.New("and more"), gateError{1}), 1},
		"interrupted":   {fmt.Errorf("run 3: %w", context.Canceled), 130},
		"usage":         {usagef("--rows"), 2},
		"advice":        {advice{error: errors.New("x"), code: 4}, 4},
		"a daemon":      {fmt.Errorf("run 1: %w", live.ErrLeftBehind), 2},
		"no worker":     {fmt.Errorf("run 1: %w", live.ErrWorker), 2},
		"no engine":     {fmt.Errorf("%w: refused", servers.ErrNoEngine), 69},
		"a server went": {fmt.Errorf("read: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), 69},
		"no right":      {fmt.Errorf("drop table x: %w", &mysql.MySQLError{Number: 1142}), 69},
		"no key":        {fmt.Errorf("read: %w", noPermission{}), 69},
		"no command":    {fmt.Errorf("open: %w", &live.NoRightError{Lacks: []string{"LPUSH x"}}), 69},
		"bad SQL":       {&mysql.MySQLError{Number: 1064}, 70},
		"a full disk":   {&fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}, 70},
		"what is this?": {errors.New("x"), 70},
	} {
		if got := report(&bytes.Buffer{}, c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", name, got, c.want)
		}
	}
}

// noPermission is what Redis answers to a login without the right to a key.
type noPermission struct{}

func (noPermission) Error() string { return "NOPERM No permissions to access a key" }
func (noPermission) RedisError()   {}

func TestAnErrorAndItsCure(t *testing.T) {
	var out bytes.Buffer
	report(&out, advice{error: errors.Join(errors.New("one"), errors.New("two")), try: "three", code: 2})
	if want := "error: one\n       two\ntry: three\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestABugIsToldFromAVerdict(t *testing.T) {
	var stdout, stderr bytes.Buffer
	code := execute(t.Context, []string{"list", "cells"}, streams{&explosive{}, &stderr, func(string) string { return "" }})
	if code != reports.ExitBug || !strings.HasPrefix(stderr.String(), "error: a bug in onceover ") || !strings.Contains(stderr.String(), "boom\n") {
		t.Errorf("exit code %d, %s", code, stderr.String())
	}
	if stdout.Len() > 0 {
		t.Errorf("standard output: %s", stdout.String())
	}
}

// explosive is an output with a bug.
type explosive struct{}

func (*explosive) Write([]byte) (int, error) { panic("boom") }
