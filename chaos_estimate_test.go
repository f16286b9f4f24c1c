package main

import (
	"bytes"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"onceover/reports"
	"onceover/scenarios"
)

// estimated is what an estimate says, and that nothing was begun for it.
func estimated(t *testing.T, out string, args ...string) (string, error) {
	t.Helper()
	var c cli
	var stdout bytes.Buffer
	s := streams{stdout: &stdout, stderr: &stdout, getenv: func(string) string { return "" }}
	parser, err := newParser(t.Context, &c, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"chaos", "--out", out}, args...)); err != nil {
		t.Fatal(err)
	}
	before := len(inside(t, out))
	err = c.Chaos.Run(t.Context(), &c, s)
	if after := inside(t, out); len(after) != before {
		t.Errorf("it left %v", after)
	}
	return stdout.String(), err
}

func inside(t *testing.T, folder string) []os.DirEntry {
	t.Helper()
	all, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAnEstimateStartsNothing(t *testing.T) {
	text, err := estimated(t, t.TempDir(), "--estimate", "--require", "5%", "--jobs", "1")
	if err != nil {
		t.Fatal(err)
	}
	wantMatch(t, text, `\A55 cells x 59 runs, 3 of those that need not be safe: 781 runs\nscenario +runs +s a run +minutes\ncalm +71 +[\d.]+ +[\d.]+\n`)
	wantMatch(t, text, `\none machine, 1 run at a time: about \d+ minutes \([\d.]+ hours\)\nby durations that were measured on two busy cores`)
}

// The durations of an earlier result are taken, those of the newest if none is named.
func TestAnEstimateIsThatOfAnEarlierResult(t *testing.T) {
	out := interrupted(t, func(r *reports.Results) {
		r.Cells[0].Runs[0].DurationMS, r.Run.DurationMS = 60_000, 90_000
	})
	for _, args := range [][]string{{"--estimate"}, {"--estimate", "--estimate-by", out}, {"--estimate-by", out}} {
		text, err := estimated(t, out, append(args, "-s", "set-nx", "-s", "none", "-f", "calm", "--runs", "10", "--seed", "7", "--shard", "3/8", "--jobs", "1")...)
		if err != nil {
			t.Fatal(err)
		}
		// 20 runs of 60 s each; of 90 s that passed, 60 were a run.
		wantMatch(t, text, `\ncalm +20 +60\.0 +20\.0\none machine, 1 run at a time: about 30\.0 minutes\nshard 3/8: 3 runs, about 4\.5 minutes\nby the durations in `+out+`[^ ]* \(1 run\)\. Another machine takes another time\.\n\z`)
	}
	if _, err := estimated(t, out, "--estimate-by", "no/such"); err == nil || exitCode(err) != reports.ExitUsage || !strings.HasPrefix(err.Error(), "--estimate-by: ") {
		t.Error(err)
	}
}

// Servers start once, however many runs there are: a few short runs do not tell what
// passes between runs.
func TestAnEstimateByShortRunsLeavesOutTheirStart(t *testing.T) {
	out := interrupted(t, func(r *reports.Results) {
		r.Cells[0].Runs[0].DurationMS, r.Run.DurationMS = 6000, 48_000
	})
	text, err := estimated(t, out, "--estimate", "-s", "set-nx", "-s", "none", "-f", "calm", "--runs", "10", "--seed", "7", "--shard", "3/8", "--jobs", "1")
	if err != nil {
		t.Fatal(err)
	}
	// 20 runs of 6 s, and of 1.2 s for each second, as it is built in.
	wantMatch(t, text, `\ncalm +20 +6\.0 +2\.0\none machine, 1 run at a time: about 2\.4 minutes\nshard 3/8: 3 runs, less than a minute\nby the durations in `+out)
	wantMatch(t, text, `\(1 run\)\. The time between runs is built-in: those runs took less than a minute\. Another machine`)
}

// An estimate says which of its numbers the earlier result does not hold.
func TestAnEstimateSaysWhatIsBuiltIn(t *testing.T) {
	out := interrupted(t, func(r *reports.Results) {
		r.Cells[0].Runs[0].DurationMS, r.Run.DurationMS = 60_000, 90_000
	})
	text, err := estimated(t, out, "--estimate", "-s", "none", "-f", "calm", "-f", "evict", "-f", "kill-random", "--jobs", "2")
	if err != nil {
		t.Fatal(err)
	}
	wantMatch(t, text, `\ncalm [^a-z]+  one at a time\nevict [^a-z]+  built-in\nkill-random [^a-z]+  one at a time, built-in\n`)
	wantMatch(t, text, `\nby the durations in `+out+`[^ ]* \(1 run\); in rows marked built-in, by durations that were measured on two busy cores`)

	text, err = estimated(t, out, "--estimate", "-s", "none", "-f", "evict", "--jobs", "1")
	if err != nil {
		t.Fatal(err)
	}
	wantMatch(t, text, `\nevict [^a-z]+\none machine, 1 run at a time: less than a minute\nby durations that were measured on two busy cores[^.]*\. `+out+`[^ ]* holds no run of these scenarios\. Another machine`)
	if strings.Contains(text, "by the durations in") {
		t.Error(text)
	}
}

// Runs that go on beside others take their share of the time; measured ones all of it.
func TestAnEstimateKnowsWhatGoesOnAtATime(t *testing.T) {
	d := durations{seconds: map[string]float64{"calm": 2, "pause-long": 10}, wall: 1.5}
	calm, _ := scenarios.Find(reports.Calm)
	pause, _ := scenarios.Find("pause-long")
	c := scenarios.Campaign{Strategies: []string{"a", "b"}, Scenarios: []scenarios.Scenario{calm, pause}, Runs: 3}
	for jobs, want := range map[int]float64{1: 1.5 * (12 + 60), 2: 1.5 * (12 + 30), 3: 1.5 * (12 + 20)} {
		if got := d.takes(c, jobs); math.Abs(got.Seconds()-want) > 0.001 {
			t.Errorf("%d at a time: %s, want %s", jobs, got, time.Duration(want*float64(time.Second)))
		}
	}
	for _, s := range scenarios.Every() {
		if builtIn.seconds[s.Name] == 0 {
			t.Errorf("nobody has measured %s", s.Name)
		}
	}
}
