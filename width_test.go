package main

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/jedib0t/go-pretty/v6/table"

	"onceover/reports/reporttest"
)

// shownOn executes a command in this process, on a terminal of a width, and returns the lines that stand there.
func shownOn(t *testing.T, columns int, args ...string) []string {
	t.Helper()
	return shownBy(t, columns, func(s streams) { execute(t.Context, args, s) })
}

// shownBy lets something be printed on a terminal.
func shownBy(t *testing.T, columns int, print func(streams)) []string {
	t.Helper()
	terminal, program, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	if err := pty.Setsize(terminal, &pty.Winsize{Rows: reporttest.ScreenRows, Cols: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
	written := make(chan string)
	go func() {
		text, _ := io.ReadAll(terminal) // it ends with an error, when nobody writes any more
		written <- string(text)
	}()
	print(streams{pipeTolerant{program}, pipeTolerant{program}, env(map[string]string{"TERM": "xterm"})})
	program.Close()
	lines, err := reporttest.Screen(columns, <-written)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// indivisible is a line with nothing between words to break it at, or with a command to be copied.
var indivisible = regexp.MustCompile(`^ *(\w+: )?onceover |^ *\S+$`)

// TestEverythingFitsTheTerminal looks at what commands print, in results, in lists and when they fail.
func TestEverythingFitsTheTerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("DOCKER_HOST", "unix:///no/such.sock")
	if err := os.WriteFile("narrow.yaml", []byte("version: 1\nsim:\n  lease-lua:\n    calm: safe\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	commands := []string{
		"list strategies", "list scenarios", "list faults", "list defects", "list trials", "list cells",
		"explore --seed 1 -s connection-name", "explore --seed 1 -s none -s lease-lua -f redis-everysec --budget 1ns",
		"replay explore-out/latest/none-redis-everysec-duplicated.jsonl", "chaos --seed 1 -s none -s connection-name -f calm", "report chaos-out explore-out",
		"diff explore-out chaos-out", "diff chaos-out explore-out", "truth explore-out chaos-out", "doctor",
		"", "lst", "list", "list nothing", "chaos -s l", "chaos -f calmer", "chaos --rows -1", "chaos --runs 298 --require 1%", "chaos --consumers 2",
		"chaos --faults kill", "chaos --worker-cmd true --faults=kill", "explore --expect narrow.yaml -s lease-lua -f pause-long",
		"replay explore-out", "report nowhere", "worker", "load --table t --stream s --push right --redis-url redis://a --mysql-dsn a@/b",
	}
	for _, columns := range []int{80, 120} {
		for _, command := range commands {
			lines := shownOn(t, columns, strings.Fields(command)...)
			if len(lines) == 0 {
				t.Errorf("%s: nothing is shown", command)
			}
			for _, line := range lines {
				if utf8.RuneCountInString(line) > columns && !indivisible.MatchString(line) {
					t.Errorf("%d columns: %s: %s", columns, command, line)
				}
			}
		}
	}
}

func TestATableFitsTheTerminal(t *testing.T) {
	mistake := "The worker that sees that nothing is left deletes the marks, which others have yet to look at."
	rows := []table.Row{{"defect", "caught", "mistake"}, {"finisher-deletes-marks", "20 of 20", mistake}}
	for columns, wants := range map[int]bool{40: false, 80: true, 120: true} {
		lines := shownBy(t, columns, func(s streams) { printTable(s, rows) })
		for _, line := range lines {
			if utf8.RuneCountInString(line) > columns {
				t.Errorf("%d columns: %s", columns, line)
			}
		}
		if all := spoken(lines...); strings.Contains(all, "yet to look at.") != wants || !strings.Contains(all, "finisher-deletes-marks 20 of 20") {
			t.Errorf("%d columns: %s", columns, all)
		}
	}
	var log bytes.Buffer
	if printTable(streams{stdout: &log}, rows); !strings.Contains(log.String(), mistake) {
		t.Errorf("in a log: %s", log.String())
	}
}

// TestHelpFitsTheTerminal leaves no command out, not even where it could be copied.
func TestHelpFitsTheTerminal(t *testing.T) {
	parser, err := newParser(t.Context, &cli{}, streams{})
	if err != nil {
		t.Fatal(err)
	}
	commands := []string{"--help"}
	for _, command := range parser.Model.Children {
		commands = append(commands, command.Name+" --help")
	}
	for _, command := range commands {
		for _, line := range shownOn(t, 80, strings.Fields(command)...) {
			if utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s: %s", command, line)
			}
		}
	}
}
