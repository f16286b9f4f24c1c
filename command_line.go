package main

import (
	"fmt"
	"strings"
	"time"

	"onceover/faults"
	"onceover/scenarios"
)

// replay is the command that does one run again.
func (p *chaos) replay(e scenarios.Execution) string {
	one := *p
	once := 1
	one.seed, one.c.Runs, one.c.Require = e.Seed, &once, ""
	if p.c.WorkerCmd == "" {
		one.c.Strategy = []string{e.Strategy}
	}
	one.c.Scenario = p.named(e.Scenario)
	return one.command()
}

// named is how a scenario is chosen. A plan of the user's own needs none, or one of
// those that were given for the sake of their Redis.
func (p *chaos) named(s scenarios.Scenario) []string {
	if p.plan == nil {
		return []string{s.Name}
	}
	for _, name := range p.c.Scenario {
		if given, _ := scenarios.Find(name); given.Persistence == s.Persistence && s.Persistence != faults.Nothing {
			return []string{name}
		}
	}
	return nil
}

// command is this campaign as a command for a shell. Addresses of servers are
// left out: they may hold passwords.
func (p *chaos) command() string {
	return confess(fmt.Sprintf("onceover chaos --seed %d%s", p.seed, p.flags()))
}

// flags writes the settings that differ from the defaults.
func (p *chaos) flags() string {
	var b strings.Builder
	for _, s := range p.settings() {
		b.WriteString(" --" + s.flag + " " + quote(s.value))
	}
	return b.String()
}

// setting is a flag, and its value.
type setting struct{ flag, value string }

// settings are those that differ from the defaults.
func (p *chaos) settings() (all []setting) {
	set := func(differs bool, flag string, value any) {
		if differs {
			all = append(all, setting{flag, fmt.Sprint(value)})
		}
	}
	for _, s := range p.c.Strategy {
		set(true, "strategy", s)
	}
	for _, s := range p.c.Scenario {
		set(true, "scenario", s)
	}
	set(p.plan != nil, "faults", strings.ReplaceAll(p.plan.String(), "\n", "; "))
	if p.c.Runs != nil {
		set(*p.c.Runs != defaultRuns || p.c.Require != "", "runs", *p.c.Runs)
	}
	set(p.c.Require != "", "require", p.c.Require)
	set(p.c.Rows != 4000, "rows", p.c.Rows)
	set(p.c.Shape != scenarios.Dense, "shape", p.c.Shape)
	set(p.c.ChunkSize != 50, "chunk-size", p.c.ChunkSize)
	set(p.c.Workers != 8, "workers", p.c.Workers)
	set(p.c.Consumers != 0, "consumers", p.c.Consumers)
	set(p.c.TTL != 500*time.Millisecond, "ttl", p.c.TTL)
	set(p.c.Deadline != 15*time.Second, "deadline", p.c.Deadline)
	set(p.c.WorkerCmd != "", "worker-cmd", masked(p.c.WorkerCmd))
	set(p.c.Expect != "", "expect", p.c.Expect)
	set(p.c.RedisImage != "", "redis-image", p.c.RedisImage)
	set(p.c.MySQLImage != "", "mysql-image", p.c.MySQLImage)
	return all
}

// quote writes a word as a POSIX shell reads it.
func quote(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,+%@", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
