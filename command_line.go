package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/secret"
	"onceover/scenarios"
)

// replay is the command that does one run again.
func (p *chaos) replay(e scenarios.Execution) string {
	one := *p
	one.campaign.Shard = reports.Shard{}
	one.campaign.Seed, one.c.Runs, one.c.Require, one.c.Jobs, one.c.Keep = e.Seed, new(1), "", nil, ""
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

// command is this campaign as a command for a shell.
func (p *chaos) command() string {
	return secret.NoteMasked(fmt.Sprintf("onceover chaos --seed %d%s%s", p.campaign.Seed, p.shardFlag(), flagText(p.settings())))
}

func (p *chaos) shardFlag() string {
	if p.campaign.Shard.Of == 0 {
		return ""
	}
	return reports.ShardFlag(p.campaign.Shard)
}

// settings are the flags of this campaign that differ from the defaults. Addresses of
// servers are left out: they may hold passwords.
func (p *chaos) settings() []setting {
	c := p.c
	c.Faults = strings.ReplaceAll(p.plan.String(), "\n", "; ")
	c.programFlags = c.masked()
	if c.Runs != nil && *c.Runs == defaultRuns && c.Require == "" {
		c.Runs = nil
	}
	return settings(&c, "seed", "out", "redis-url", "mysql-dsn", "shard", "shard-from", "resume", "estimate", "estimate-by")
}

// setting is a flag and its value. A switch has none.
type setting struct {
	flag  string
	short rune // 0: it has none, or is written out
	value string
}

// settings are the flags of a command whose values differ from the defaults, in the
// order in which they are declared. Kong's model of the command knows both.
func settings(command any, except ...string) (all []setting) {
	parser, err := kong.New(command)
	if err != nil {
		panic(err) // every test of the command line would have failed
	}
	for _, f := range parser.Model.Flags {
		if f.Name == "help" || slices.Contains(except, f.Name) || f.Target.IsZero() && !f.HasDefault {
			continue
		}
		switch v := reflect.Indirect(f.Target); {
		case v.Kind() == reflect.Slice:
			all = append(all, several(f, v)...)
		case v.Kind() == reflect.Bool:
			all = append(all, setting{flag: f.Name})
		case fmt.Sprint(v) != f.Default:
			all = append(all, setting{flag: f.Name, value: fmt.Sprint(v)})
		}
	}
	return all
}

// several is a flag with all its values: in one word, where the flag takes that.
func several(f *kong.Flag, values reflect.Value) (all []setting) {
	words := make([]string, values.Len())
	for i := range words {
		words[i] = fmt.Sprint(values.Index(i))
		all = append(all, setting{flag: f.Name, value: words[i]})
	}
	apart := func(word string) bool { return strings.Contains(word, ",") }
	if f.Short == 0 || f.Tag.Sep != ',' || slices.ContainsFunc(words, apart) {
		return all
	}
	return []setting{{f.Name, f.Short, strings.Join(words, ",")}}
}

// flagText writes settings as they follow a command.
func flagText(all []setting) string {
	var b strings.Builder
	for _, s := range all {
		if s.short != 0 {
			b.WriteString(" -" + string(s.short))
		} else {
			b.WriteString(" --" + s.flag)
		}
		if s.value != "" {
			b.WriteString(" " + quote(s.value))
		}
	}
	return b.String()
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
