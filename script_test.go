package main

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"onceover/reports/reporttest"
)

// TestScripts runs the command line without any server.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *reporttest.Update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command that has to end with an exit code: exits CODE COMMAND...
// What the command printed can be looked at as after exec.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var ended *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// TestTheHelpOfEveryCommandIsPinned looks for a command that help.txtar forgot.
func TestTheHelpOfEveryCommandIsPinned(t *testing.T) {
	script, err := os.ReadFile("testdata/script/help.txtar")
	if err != nil {
		t.Fatal(err)
	}
	parser, err := newParser(t.Context, &cli{}, streams{})
	if err != nil {
		t.Fatal(err)
	}
	commands := parser.Model.Children
	if len(commands) == 0 {
		t.Fatal("no commands")
	}
	for _, command := range commands {
		if !strings.Contains(string(script), "exits 0 onceover "+command.Name+" --help\ncmp stdout "+command.Name+".txt\n") {
			t.Errorf("help.txtar does not pin the help of %s", command.Name)
		}
	}
}
