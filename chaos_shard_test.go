package main

import (
	"strings"
	"testing"

	"onceover/reports"
	"onceover/scenarios"
)

// shardOf prepares a campaign of eight runs in an environment.
func shardOf(t *testing.T, environment map[string]string, args ...string) (*chaos, error) {
	t.Helper()
	var c cli
	parser, err := newParser(t.Context, &c, streams{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(append([]string{"chaos", "-s", "set-nx", "-s", "lease-lua", "-f", "calm", "-f", "kill-steps", "--runs", "2"}, args...)); err != nil {
		t.Fatal(err)
	}
	return c.Chaos.prepare(&c, streams{getenv: func(name string) string { return environment[name] }})
}

func TestAShardIsNamedOrReadFromTheEnvironment(t *testing.T) {
	environment := map[string]string{"CI_NODE_INDEX": "2", "CI_NODE_TOTAL": "4", "JOB_COMPLETION_INDEX": "0", "JOB_COMPLETION_COUNT": "3"}
	for args, want := range map[string]string{
		"--shard|2/4": "2/4", "--shard|8/8": "8/8", "--shard-from|CI_NODE_INDEX/CI_NODE_TOTAL": "2/4",
		"--shard-from|JOB_COMPLETION_INDEX+1/JOB_COMPLETION_COUNT": "1/3", "--shard-from|JOB_COMPLETION_INDEX+1/8": "1/8",
	} {
		p, err := shardOf(t, environment, append(strings.Split(args, "|"), "--seed", "7")...)
		if err != nil {
			t.Errorf("%s: %v", args, err)
			continue
		}
		if got := p.campaign.Shard.String(); got != want || !strings.HasPrefix(p.command(), "onceover chaos --seed 7 --shard "+want+" -s ") || strings.Contains(p.command(), "shard-from") {
			t.Errorf("%s: shard %s, %s", args, got, p.command())
		}
		if p.describe(); p.results.Run.Shard != want || p.results.Run.Whole != 8 || p.results.Run.Planned != p.campaign.Shard.Share(8) {
			t.Errorf("%s: %+v", args, p.results.Run)
		}
		if p.notSimulated() == "" {
			t.Errorf("%s: it is simulated", args)
		}
	}
}

func TestAShardThatMakesNoSenseIsRefused(t *testing.T) {
	environment := map[string]string{"INDEX": "0", "FIFTH": "5", "TOTAL": "4", "WORD": "second", "MINUS": "-1"}
	for args, want := range map[string]string{
		"--shard|0/4|--seed|7":                         `--shard: "0/4": the shards of 4 are 1/4 to 4/4`,
		"--shard|5/4|--seed|7":                         `--shard: "5/4": the shards of 4 are 1/4 to 4/4`,
		"--shard|2|--seed|7":                           `not of the form I/N, such as 2/4`,
		"--shard|2/4":                                  `--shard: the shards of a campaign need the same seed, and none is given`,
		"--shard|2/9|--seed|7":                         `--shard: 9 shards are too many for 8 runs`,
		"--shard|2/4|--shard-from|A/B|--seed|7":        `--shard and --shard-from: give one of them`,
		"--shard-from|INDEX|--seed|7":                  `--shard-from "INDEX" is not of the form INDEX/TOTAL`,
		"--shard-from|INDEX+2/TOTAL|--seed|7":          `is not of the form`,
		"--shard-from|3/TOTAL|--seed|7":                `is not of the form`,
		"--shard-from|NONE/TOTAL|--seed|7":             `--shard-from: the variable NONE is not set`,
		"--shard-from|FIFTH/NONE|--seed|7":             `--shard-from: the variable NONE is not set`,
		"--shard-from|WORD/TOTAL|--seed|7":             `the variable WORD is "second", and no number`,
		"--shard-from|MINUS+1/TOTAL|--seed|7":          `the variable MINUS is "-1", and no number`,
		"--shard-from|INDEX/TOTAL|--seed|7":            `INDEX is 0, and the first shard is 1`,
		"--shard-from|FIFTH/TOTAL|--seed|7":            `--shard-from FIFTH/TOTAL: "5/4": the shards of 4`,
		"--shard-from|INDEX+1/TOTAL":                   `--shard-from INDEX+1/TOTAL: the shards of a campaign need the same seed`,
		"--shard-from|INDEX+1/FIFTH|--seed|7|--runs|1": `5 shards are too many for 4 runs`,
	} {
		p, err := shardOf(t, environment, strings.Split(args, "|")...)
		if err == nil || !strings.Contains(err.Error(), want) || exitCode(err) != reports.ExitUsage {
			t.Errorf("%s: %v, %v", args, p, err)
		}
	}
}

// The command of one run does that run, and no shard of it.
func TestARunOfAShardIsReplayedWhole(t *testing.T) {
	p, err := shardOf(t, nil, "--seed", "7", "--shard", "2/4")
	if err != nil {
		t.Fatal(err)
	}
	execution := scenarioRun(p)
	if got := p.replay(execution); got != "onceover chaos --seed 8 -s set-nx -f calm --runs 1" {
		t.Error(got)
	}
}

func scenarioRun(p *chaos) scenarios.Execution {
	return scenarios.Execution{Strategy: "set-nx", Scenario: p.campaign.Scenarios[0], Seed: 8}
}
