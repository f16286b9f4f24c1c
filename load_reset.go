package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"

	"onceover/loader"
	"onceover/reports/format"
)

// anew deletes what the job has and stores its new plan, if the user wants that.
func (l *load) anew(ctx context.Context, cfg loader.Config) error {
	life, err := cfg.Life(ctx)
	if err != nil || life.Empty() {
		return err // an ordinary load begins
	}
	fmt.Fprintf(l.s.stderr, "--reset deletes %s\n", l.describe(life))
	if !l.strategy.Conditional {
		fmt.Fprintf(l.s.stderr, "strategy %s does not look at the plan: end all workers of the old job first, or their rows mix with the new ones\n", l.strategy.Name)
	}
	if !l.c.Yes {
		if err := l.confirm(ctx); err != nil {
			return err
		}
	}
	return cfg.Reset(ctx, life)
}

func (l *load) describe(life loader.Life) string {
	job := l.config.Job
	text := fmt.Sprintf("%s with %s, ", job.Target(), elements(life.Elements, job.Stream))
	if life.Groups > 0 {
		text = fmt.Sprintf("%s with %s and %s, ", job.Target(), elements(life.Elements, true), format.Plural(life.Groups, "group of consumers", "groups of consumers"))
	}
	if life.Table == "" {
		text += "and what stands beside it, of which no plan can be read"
	} else {
		text += fmt.Sprintf("and the job of table %s with %d of %s marked", life.Table, life.Marked, format.Plural(int(life.Chunks), "chunk", "chunks"))
	}
	if life.Locks > 0 {
		text += fmt.Sprintf(" and %s: workers of it may be running", format.Plural(life.Locks, "lock", "locks"))
	}
	return text
}

// confirm asks on the terminal. Silence, and any answer but yes, is no.
func (l *load) confirm(ctx context.Context) error {
	if !l.asks {
		return usagef("--reset asks before it deletes, and there is no terminal to ask on: --yes answers it")
	}
	fmt.Fprint(l.s.stderr, "delete all that, and load anew? (yes/no) ")
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(l.stdin).ReadString('\n')
		answer <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case said := <-answer:
		if said != "yes" {
			return usagef("nothing was deleted: the answer was %q, not yes", said)
		}
		return nil
	}
}

// onTerminal tells whether somebody can be asked.
func onTerminal(s streams) bool { return term.IsTerminal(int(os.Stdin.Fd())) && isTerminal(s.stderr) }
