package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"onceover/scenarios"
)

// prepared parses the arguments of chaos.
func prepared(t *testing.T, args ...string) *chaos {
	t.Helper()
	var c cli
	parser, err := newParser(t.Context, &c, streams{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"chaos"}, args...)); err != nil {
		t.Fatal(err)
	}
	p, err := c.Chaos.prepare(&c, streams{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// words splits a command as a shell does.
func words(t *testing.T, command string) []string {
	t.Helper()
	out, err := exec.Command("sh", "-c", `onceover() { for word; do printf '%s\0' "$word"; done; }; `+command).Output()
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}

func TestReplaySaysWhatDiffersFromTheDefaults(t *testing.T) {
	if got, want := prepared(t, "--seed", "7").command(), "onceover chaos --seed 7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestReplayIsTheSameCampaign(t *testing.T) {
	for name, args := range map[string][]string{
		"everything": {"--seed=9", "-s", "none,set-nx", "-f", "calm", "--runs=2", "--rows=70", "--shape=gaps", "--chunk-size=5",
			"-w", "3", "--consumers=2", "--ttl=1.5s", "--deadline=1m", "--redis-image=r:1", "--mysql-image=m:1"},
		"a bound":    {"--require=1%", "-s", "lease-lua"},
		"more runs":  {"--require=50%", "--runs=7"},
		"just three": {"--require=70%", "--runs=3"},
		"a plan":     {"--faults", "kill chunk=5 at=read\npause worker=* at=committing for=2s # why\n"},
		"servers":    {"--faults", "kill chunk=5 at=read", "-f", "calm,redis-always"},
		"a program":  {"--worker-cmd", `sh -c 'echo "$HOME" {table} \\ it'\''s'`, "--faults", "kill progress=5%"},
		"elements":   {"--worker-cmd", "true", "--element", `regexp:^row-(\d+)$`},
		"lists":      {"--worker-cmd", "true", "--list", "{list}:{chunk},a", "--list", "b"},
		"a stream":   {"--worker-cmd", "true", "--stream"},
		"around it":  {"--worker-cmd", "true", "--setup", "sh -c 'make {table}'", "--teardown", "rm -f x"},
		"a table":    {"--worker-cmd", "true", "--schema", "testdata/shop.sql", "--table", "orders", "--id", "order_id"},
		"a program!": {"--worker-cmd", "true"},
	} {
		t.Run(name, func(t *testing.T) {
			p := prepared(t, args...)
			again := prepared(t, words(t, p.command())[1:]...)
			if p.command() != again.command() {
				t.Errorf("%s\nbecomes\n%s", p.command(), again.command())
			}
			for _, pair := range [][2]any{
				{p.campaign.Workload, again.campaign.Workload},
				{p.campaign.Strategies, again.campaign.Strategies},
				{p.plan.String(), again.plan.String()},
				{p.options.Worker, again.options.Worker},
				{p.options.Target, again.options.Target},
				{p.options.RedisImage + p.options.MySQLImage, again.options.RedisImage + again.options.MySQLImage},
				{[]uint64{p.campaign.Seed, uint64(p.campaign.Runs)}, []uint64{again.campaign.Seed, uint64(again.campaign.Runs)}},
				{p.required, again.required},
			} {
				if difference := cmp.Diff(pair[0], pair[1]); difference != "" {
					t.Error(difference)
				}
			}
		})
	}
}

func TestReplayOfOneRun(t *testing.T) {
	calm, _ := scenarios.Find("calm")
	always, _ := scenarios.Find("redis-always")
	for want, c := range map[string]struct {
		args []string
		e    scenarios.Execution
	}{
		"onceover chaos --seed 12 -s none -f calm --runs 1": {
			[]string{"--seed=9", "-s", "none,set-nx", "--require=1%"}, scenarios.Execution{Strategy: "none", Scenario: calm, Seed: 12}},
		"onceover chaos --seed 9 -s none --faults 'kill worker=* chunk=5 at=read restart=200ms' --runs 1": {
			[]string{"--faults", "kill chunk=5 at=read", "-f", "calm,redis-always"}, scenarios.Execution{Strategy: "none", Scenario: scenarios.OwnPlans(nil, []scenarios.Scenario{calm})[0], Seed: 9}},
		"onceover chaos --seed 9 -s none -f redis-always --faults 'kill worker=* chunk=5 at=read restart=200ms' --runs 1": {
			[]string{"--faults", "kill chunk=5 at=read", "-f", "calm,redis-always"}, scenarios.Execution{Strategy: "none", Scenario: scenarios.OwnPlans(nil, []scenarios.Scenario{always})[0], Seed: 9}},
		"onceover chaos --seed 9 -f calm --runs 1 --worker-cmd true": {
			[]string{"--worker-cmd", "true"}, scenarios.Execution{Strategy: scenarios.External, Scenario: calm, Seed: 9}},
	} {
		if got := prepared(t, c.args...).replay(c.e); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestReplayKeepsAddressesToItself(t *testing.T) {
	p := prepared(t, "--redis-url", "redis://me:geheim@127.0.0.1", "--mysql-dsn", "me:geheim@tcp(127.0.0.1)/db")
	if strings.Contains(p.command(), "geheim") {
		t.Error(p.command())
	}
}

func TestQuotedWordsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		given := rapid.SliceOfN(rapid.StringMatching(`[a-z0-9 '"$\\;&|<>*?~#=%()\n`+"`"+`]{0,8}`), 1, 8).Draw(t, "words")
		command := "onceover"
		for _, word := range given {
			command += " " + quote(word)
		}
		out, err := exec.Command("sh", "-c", `onceover() { for word; do printf '%s\0' "$word"; done; }; `+command).Output()
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !cmp.Equal(got, given) {
			t.Fatalf("%s is read as %q, want %q", command, got, given)
		}
	})
}
