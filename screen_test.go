package main

import (
	"bytes"
	"errors"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/creack/pty"

	"onceover/reports/reporttest"
	"onceover/scenarios/servers/serverstest"
)

// onScreen runs a command on a terminal of 100 columns, which its standard error goes to, and its standard output
// too unless it is given another place. It returns the lines that stand there at the end.
func onScreen(t *testing.T, cmd *exec.Cmd, stdout *bytes.Buffer) []string {
	t.Helper()
	cmd.Env = append(cmd.Env, "TERM=xterm")
	if stdout != nil {
		cmd.Stdout = stdout
	}
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: reporttest.ScreenRows, Cols: defaultWidth})
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	written, err := io.ReadAll(terminal)
	if err != nil && !errors.Is(err, syscall.EIO) { // so a terminal ends whose program has
		t.Fatal(err)
	}
	endOf(t, cmd.Wait(), &bytes.Buffer{}, &bytes.Buffer{})
	lines, err := reporttest.Screen(defaultWidth, string(written))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines {
		if block.MatchString(line) {
			t.Errorf("the block stays: %q", line)
		}
	}
	return lines
}

// block is the first line of what is redrawn in place.
var block = regexp.MustCompile(`^ *\d+/\d+ cells \[|^\[[#.]{20}\]`)

// ofThisRun is what differs between two runs of the same command: the folder, and how long something took.
var ofThisRun = regexp.MustCompile(`\d{8}T\d{6}Z-[a-z2-7]{10}| *\b[\d.]+m?s\b`)

// spoken is what lines say, wherever a terminal or a column makes them break.
func spoken(lines ...string) string {
	return strings.Join(strings.Fields(ofThisRun.ReplaceAllString(strings.Join(lines, "\n"), " ~")), " ")
}

// standsIn fails if a line of a text is not on the screen, whole and in order.
func standsIn(t *testing.T, screen []string, text string) {
	t.Helper()
	left := spoken(screen...)
	for line := range strings.Lines(text) {
		_, after, found := strings.Cut(left, spoken(line))
		if !found {
			t.Errorf("not on the screen, or out of order: %q\n%s", line, strings.Join(screen, "\n"))
			return
		}
		left = after
	}
}

// TestProgressOverwritesNothing holds what stands on a terminal at the end against what the same command prints
// where there is none.
func TestProgressOverwritesNothing(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		args string
		bar  bool
	}{
		{"explore --seed 1 -s connection-name", true},
		{"explore --seed 1 -s none -s connection-name -f calm", true},
		{"chaos --seed 1 -s none -s connection-name -f calm", true}, // goes on in the simulated world
		{"replay explore-out/latest/none-calm-duplicated.jsonl", false},
		{"report explore-out", false},
		{"diff explore-out explore-out", false},
	} {
		t.Run(c.args, func(t *testing.T) {
			run := func() *exec.Cmd {
				cmd := command(t, []string{"DOCKER_HOST=unix:///no/such.sock"}, strings.Fields(c.args)...)
				cmd.Dir = dir
				return cmd
			}
			plain := complete(t, run())
			plain.want(t, 0)
			screen := onScreen(t, run(), nil)
			standsIn(t, screen, plain.stdout)
			standsIn(t, screen, plain.stderr)
			if !c.bar {
				return
			}
			var stdout bytes.Buffer
			screen = onScreen(t, run(), &stdout)
			standsIn(t, strings.Split(stdout.String(), "\n"), plain.stdout)
			standsIn(t, screen, plain.stderr)
		})
	}
}

func TestTheProgressOfALoadOverwritesNothing(t *testing.T) {
	d := databases(t)
	d.fill(t, "orders", 2000)
	run := command(t, d.env(), "load", "--table", "orders", "--list", "orders", "--chunk-size", "100", "--rate", "4000", "--verify")
	saysInOrder(t, onScreen(t, run, nil), "loading table orders into list orders, 4 workers", ": 2000 rows in 20 chunks by ranges", "rows 2,000/2,000, 100%", "compared 4,000/4,000, 100%", "complete: 20 of 20 chunks loaded here, 2000 rows in")
}

func TestTheProgressOnRealServersOverwritesNothing(t *testing.T) {
	serverstest.Engine(t)
	run := command(t, nil, chaosArgs("-s|lease-lua|-f|calm|-f|kill-steps")...)
	saysInOrder(t, onScreen(t, run, nil), "seed 7, 2 cells x 1 run,", "starting Redis and MySQL", ", ready after", "[1/2]", "lease-lua/calm", "as expected", "[2/2]", "lease-lua/kill-steps", "as expected",
		"strategy calm kill-steps", "Gate: PASS", "2 as expected", "Report: chaos-out/", "Replay: onceover chaos --seed 7")
}

// saysInOrder fails if something is not on the screen, or out of order.
func saysInOrder(t *testing.T, screen []string, wanted ...string) {
	t.Helper()
	left := spoken(screen...)
	for _, said := range wanted {
		_, after, found := strings.Cut(left, said)
		if !found {
			t.Errorf("%q is not on the screen, or out of order: %s", said, left)
			return
		}
		left = after
	}
}
