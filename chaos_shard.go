package main

import (
	"fmt"
	"regexp"
	"strconv"

	"onceover/reports"
	"onceover/reports/format"
)

// variables is the form of --shard-from: the names of two variables of the environment.
// The second may be a number, where a system numbers its machines and does not count them.
var variables = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)(\+1)?/([A-Za-z_][A-Za-z0-9_]*|[0-9]+)$`)

// setShard takes the campaign's share of the runs. It comes after everything that says
// which runs there are.
func (p *chaos) setShard() (err error) {
	flag, text := "--shard", p.c.Shard
	switch {
	case p.c.Shard != "" && p.c.ShardFrom != "":
		return usagef("--shard and --shard-from: give one of them")
	case p.c.ShardFrom != "":
		flag = "--shard-from " + p.c.ShardFrom
		if text, err = p.shardFrom(); err != nil {
			return err
		}
	case p.c.Shard == "":
		return nil
	}
	if p.campaign.Shard, err = reports.ParseShard(text); err != nil {
		return usagef("%s: %w", flag, err)
	}
	if p.c.Seed == nil {
		return advice{
			error: usagef("%s: the shards of a campaign need the same seed, and none is given", flag),
			try:   "--seed N, the same for all shards, such as the number of the pipeline", code: reports.ExitUsage,
		}
	}
	if whole := p.campaign.Whole(); whole > 0 && p.campaign.Shard.Of > whole {
		return usagef("%s: %d shards are too many for %s: some would have nothing to do", flag, p.campaign.Shard.Of, format.Plural(whole, "run", "runs"))
	}
	return nil
}

// shardFrom reads the shard from the environment, in the form that --shard has.
func (p *chaos) shardFrom() (string, error) {
	form := variables.FindStringSubmatch(p.c.ShardFrom)
	if form == nil {
		return "", advice{
			error: usagef("--shard-from %q is not of the form INDEX/TOTAL, the names of two variables of the environment", p.c.ShardFrom),
			try:   "CI_NODE_INDEX/CI_NODE_TOTAL, or where the index counts from 0: JOB_COMPLETION_INDEX+1/4", code: reports.ExitUsage,
		}
	}
	index, err := p.number(form[1])
	if err != nil {
		return "", err
	}
	total, err := strconv.Atoi(form[3])
	if err != nil {
		if total, err = p.number(form[3]); err != nil {
			return "", err
		}
	}
	if form[2] != "" {
		index++
	} else if index == 0 {
		return "", advice{
			error: usagef("--shard-from: %s is 0, and the first shard is 1", form[1]),
			try:   fmt.Sprintf("--shard-from %s+1/%s, if it counts from 0", form[1], form[3]), code: reports.ExitUsage,
		}
	}
	return fmt.Sprintf("%d/%d", index, total), nil
}

// number reads a variable of the environment.
func (p *chaos) number(name string) (int, error) {
	text := p.getenv(name)
	if text == "" {
		return 0, usagef("--shard-from: the variable %s is not set", name)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, usagef("--shard-from: the variable %s is %q, and no number", name, text)
	}
	return n, nil
}

// share says which of the runs this invocation does, if not all; else it is empty.
func (p *chaos) share() string {
	s := p.campaign.Shard
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("shard %s with %d of %s, ", s, s.Share(p.campaign.Whole()), format.Plural(p.campaign.Whole(), "run", "runs"))
}
