package main

import (
	"strings"
	"testing"
	"time"

	"onceover/reports/secret"
	"onceover/scenarios"
)

func TestAReplayCommandSaysWhatItLacks(t *testing.T) {
	p := &chaos{campaign: scenarios.Campaign{Seed: 7}, c: chaosCmd{programFlags: programFlags{WorkerCmd: "w --password=hunter2"}}}
	for _, got := range []string{p.command(), p.replay(scenarios.Execution{Seed: 7, Scenario: scenarios.Scenario{Name: "calm"}})} {
		if strings.Contains(got, "hunter2") || !strings.HasSuffix(got, " # *** stands for a secret that was not recorded") {
			t.Error(got)
		}
	}
	p.describe()
	if c := p.results.Config; c.Worker != "w --password=***" || c.WorkerDigest != secret.Digest(p.c.WorkerCmd) || c.WorkerDigest == "" {
		t.Errorf("%+v", c)
	}
	p.c.WorkerCmd = "python3 w.py"
	if got := p.command(); strings.Contains(got, "#") {
		t.Error(got)
	}
}

func TestACommandNamesWhatDiffersFromTheDefaults(t *testing.T) {
	runs, seed := 5, uint64(7)
	standard := chaosCmd{Out: "chaos-out", Rows: 4000, KeyLayout: scenarios.Dense, ChunkSize: 50, Workers: 8, TTL: 500 * time.Millisecond, Deadline: 15 * time.Second}
	if got := flagText(settings(&standard)); got != "" {
		t.Errorf("the defaults are said: %s", got)
	}
	other := standard
	other.Strategy, other.Runs, other.Seed, other.Out, other.TTL, other.Expect = []string{"a", "b c"}, &runs, &seed, "elsewhere", time.Second, "mine.yaml"
	if got, want := flagText(settings(&other, "seed", "out")), " -s 'a,b c' --runs 5 --expect mine.yaml --ttl 1s"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := flagText(settings(&exploreCmd{Exhaustive: true}, "workers", "chunks")); !strings.Contains(got, " --exhaustive ") {
		t.Errorf("a switch is written as in %s", got)
	}
}

func TestPlansThatCanStrikeAreTaken(t *testing.T) {
	for _, args := range [][]string{
		{"--faults", "kill request=EXEC nth=2; kill request=lmove; cut request=write; mysql-cut request=read; pause request=UPDATE for=15s"},
		{"--faults", "kill worker=7 at=read hold=15s restart=never"},
		{"--faults", "kill request=DELIFEQ", "--redis-image", "valkey"}, // has commands that Redis has not
		{"--faults", "pause at=read for=1m", "--deadline", "1m"},
	} {
		if p := preparedChaos(t, args...); len(p.plan) == 0 {
			t.Errorf("%q: no plan", args)
		}
	}
}

// preparedChaos parses the arguments of chaos.
func preparedChaos(t *testing.T, args ...string) *chaos {
	t.Helper()
	var c cli
	parser, err := newParser(t.Context, &c, streams{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"chaos"}, args...)); err != nil {
		t.Fatal(err)
	}
	p, err := c.Chaos.prepare(&c, streams{getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return p
}
