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

// shardFlags say which share of its work a command does.
type shardFlags struct {
	Shard     string `placeholder:"I/N" help:"Do share I of N of the work, from 1/N to N/N. All shards of one --seed do together what the command does undivided; onceover report counts them together and judges the whole."`
	ShardFrom string `placeholder:"NAMES" help:"Take the shard from two variables of the environment, INDEX/TOTAL, as CI_NODE_INDEX/CI_NODE_TOTAL. INDEX+1 is for one that counts from 0; TOTAL may be a number: JOB_COMPLETION_INDEX+1/8."`
}

// read returns the share, and how the user gave it. The zero value is everything.
func (f shardFlags) read(getenv func(string) string, seed *uint64) (s reports.Shard, flag string, err error) {
	flag, text := "--shard", f.Shard
	switch {
	case f.Shard != "" && f.ShardFrom != "":
		return s, "", usagef("--shard and --shard-from: give one of them")
	case f.ShardFrom != "":
		flag = "--shard-from " + f.ShardFrom
		if text, err = f.fromEnvironment(getenv); err != nil {
			return s, "", err
		}
	case f.Shard == "":
		return s, "", nil
	}
	if s, err = reports.ParseShard(text); err != nil {
		return s, "", usagef("%s: %w", flag, err)
	}
	if seed == nil {
		return s, "", advice{
			error: usagef("%s: the shards of a campaign need the same seed, and none is given", flag),
			try:   "--seed N, the same for all shards, such as the number of the pipeline", code: reports.ExitUsage,
		}
	}
	return s, flag, nil
}

// tooMany is an error if there are more shards than pieces of work.
func tooMany(s reports.Shard, flag string, whole int, one, many string) error {
	if whole == 0 || s.Of <= whole {
		return nil
	}
	return usagef("%s: %d shards are too many for %s: some would have nothing to do", flag, s.Of, format.Plural(whole, one, many))
}

// fromEnvironment reads the shard from the environment, in the form that --shard has.
func (f shardFlags) fromEnvironment(getenv func(string) string) (string, error) {
	form := variables.FindStringSubmatch(f.ShardFrom)
	if form == nil {
		return "", advice{
			error: usagef("--shard-from %q is not of the form INDEX/TOTAL, the names of two variables of the environment", f.ShardFrom),
			try:   "CI_NODE_INDEX/CI_NODE_TOTAL, or where the index counts from 0: JOB_COMPLETION_INDEX+1/4", code: reports.ExitUsage,
		}
	}
	index, err := number(getenv, form[1])
	if err != nil {
		return "", err
	}
	total, err := strconv.Atoi(form[3])
	if err != nil {
		if total, err = number(getenv, form[3]); err != nil {
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
func number(getenv func(string) string, name string) (int, error) {
	text := getenv(name)
	if text == "" {
		return 0, usagef("--shard-from: the variable %s is not set", name)
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, usagef("--shard-from: the variable %s is %q, and no number", name, text)
	}
	return n, nil
}

// setShard takes the campaign's share of the runs. It comes after everything that says
// which runs there are.
func (p *chaos) setShard() error {
	s, flag, err := p.c.shardFlags.read(p.getenv, p.c.Seed)
	if err != nil {
		return err
	}
	p.campaign.Shard = s
	return tooMany(s, flag, p.campaign.Whole(), "run", "runs")
}

// share says which of the runs this invocation does, if not all; else it is empty.
func (p *chaos) share() string {
	s := p.campaign.Shard
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("shard %s with %d of %s, ", s, s.Share(p.campaign.Whole()), format.Plural(p.campaign.Whole(), "run", "runs"))
}

// setShard takes the exploration's share of its cells, or of each search.
func (x *exploration) setShard() error {
	s, flag, err := x.c.shardFlags.read(x.getenv, x.seed)
	if err != nil {
		return err
	}
	if x.c.Exhaustive {
		x.what.Search.Shard = s
		return nil
	}
	x.what.Shard = s
	return tooMany(s, flag, x.cells(), "cell", "cells")
}

// share says which of the work this exploration does, if not all; else it is empty.
func (x *exploration) share() string {
	switch {
	case x.what.Search.Shard.Of > 0:
		return fmt.Sprintf("shard %s of each search of ", x.what.Search.Shard)
	case x.what.Shard.Of > 0:
		return fmt.Sprintf("shard %s with %d of ", x.what.Shard, x.what.Shard.Share(x.cells()))
	}
	return ""
}
