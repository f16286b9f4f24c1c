package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/reports/format"
	"onceover/reports/terminal"
)

// verify compares the list of a plan with the table, and shows how far that is.
func (l *load) verify(ctx context.Context, admin *redis.Client, plan string) (*loader.Verification, error) {
	cfg := l.config
	cfg.Redis, cfg.Trouble = admin, l.tell
	shown := &comparing{l: l}
	compared := loader.Comparison{Progress: shown.at, Plan: plan}
	_, _ = rand.Read(compared.Key[:]) // never fails
	v, err := loader.Verify(ctx, cfg, compared)
	shown.end()
	if err != nil {
		return nil, err
	}
	if l.log != nil {
		event := "verified"
		if !v.Equal {
			event = "differs"
		}
		l.log.Info(event, "rows", v.Rows, "elements", v.Elements, "of", v.Of,
			"changed", v.Changed.Count, "missing", v.Missing.Count, "too_many", v.Repeated.Count, "foreign", v.Foreign.Count, "seconds", l.counts.seconds())
	}
	return &v, nil
}

// comparing shows the progress of a comparison, of each pass by itself.
type comparing struct {
	l        *load
	pass     int
	progress *terminal.RowProgress
}

func (c *comparing) at(pass int, done, of uint64) {
	if c.l.log != nil {
		return
	}
	if pass != c.pass {
		c.end()
		c.pass = pass
		c.progress = terminal.NewRowProgress(c.l.s.stderr, []string{"compared", "compared again"}[pass-1], int64(of), c.l.g.progressOptions(c.l.s))
		c.l.progress.Store(c.progress) // for what is said meanwhile
	}
	c.progress.Set(int64(done))
}

func (c *comparing) end() {
	if c.progress != nil {
		c.l.progress.Store(nil)
		c.progress.Close()
	}
}

// problem is what is wrong with table and list. A table that has changed explains a list
// that differs, and what differs explains a list of another length.
func (sum loadSummary) problem(shared bool) error {
	err := sum.Audit.Problem(shared)
	problem, is := errors.AsType[*loader.Error](err)
	if sum.Verify == nil || sum.Verify.Equal || is && problem.Problem == loader.TableChanged {
		return err
	}
	return sum.Verify.Problem()
}

func (l *load) printVerification(w io.Writer, sum loadSummary) {
	v := sum.Verify
	if v == nil {
		return
	}
	if v.Equal {
		before := ""
		if n := sum.Audit.Before; n > 0 {
			before = fmt.Sprintf(" but the %s that it held before", format.Plural(n, "element", "elements"))
		}
		meant := ""
		if l.c.Where != "" {
			meant = " that satisfy --where"
		}
		if l.c.Snapshot {
			meant += " in the snapshot"
		}
		fmt.Fprintf(w, "verified: list %s holds each of the %s of table %s%s once, and nothing else%s\n",
			l.c.List, format.Plural(int64(v.Rows), "row", "rows"), l.c.Table, meant, before)
		return
	}
	for _, kind := range v.Kinds() {
		fmt.Fprintf(w, "differs: %s in list %s\n", kind.Said, l.c.List)
		for _, e := range kind.Examples {
			fmt.Fprintf(w, "  %s\n", format.Plain(exampleText(e)))
		}
		if more := kind.Count - int64(len(kind.Examples)); more > 0 {
			fmt.Fprintf(w, "  and %d more\n", more)
		}
	}
}

func exampleText(e loader.Example) string {
	switch {
	case e.At != nil && e.Key != "":
		return fmt.Sprintf("key %s, at %d: %s", e.Key, *e.At, e.Element)
	case e.At != nil:
		return fmt.Sprintf("at %d: %s", *e.At, e.Element)
	case e.Key == "":
		return fmt.Sprintf("a row without a key, %s", format.Plural(e.Times, "time", "times"))
	case e.Times == 0:
		return "key " + e.Key
	}
	return fmt.Sprintf("key %s, %s", e.Key, format.Plural(e.Times, "time", "times"))
}
