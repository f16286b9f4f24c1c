package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"onceover/loader"
	"onceover/reports/format"
)

// dryRun does all of a load up to its first write, and says what it found.
func (l *load) dryRun(ctx context.Context) error {
	defer l.close()
	if err := l.reach(ctx); err != nil {
		return err
	}
	cfg := l.config
	cfg.Redis = l.target.Open(l.strategy)
	defer cfg.Redis.Close()
	var found dryFound
	var sum loadSummary
	var err error
	if found.Preview, err = l.preview(ctx, cfg); err == nil && found.Audit != nil {
		sum.Audit = *found.Audit
		if l.c.Verify { // which writes nothing, and is all that a load would do
			sum.Verify, err = l.verify(ctx, cfg.Redis, found.Plan)
			found.Verify = sum.Verify
		}
		if err == nil {
			err = sum.problem(l.c.Shared)
		}
	}
	switch {
	case err != nil && found.Verify == nil:
		return l.broken(sum, err)
	case l.c.JSON:
		if err := printJSON(l.s.stdout, found); err != nil {
			return err
		}
	case err == nil:
		l.printPreview(l.s.stdout, found)
		fallthrough
	default:
		l.printVerification(l.s.stdout, sum)
	}
	return err
}

// dryFound is what a dry run found.
type dryFound struct {
	loader.Preview
	Verify *loader.Verification `json:"verify,omitempty"` // of --verify, if the job is complete
}

// preview waits for nothing: what a load would wait for is what a dry run tells.
func (l *load) preview(ctx context.Context, cfg loader.Config) (loader.Preview, error) {
	cfg.Patience = -1
	if err := cfg.Settle(ctx, l.target); err != nil {
		return loader.Preview{}, err
	}
	return cfg.DryRun(ctx, l.c.Reset)
}

// printPreview says what a load would begin with, one thing a line.
func (l *load) printPreview(w io.Writer, p dryFound) {
	line := func(what, format string, args ...any) {
		fmt.Fprintf(w, "%-10s %s\n", what, fmt.Sprintf(format, args...))
	}
	switch {
	case p.Verify != nil:
		line("dry run", "the job is complete: a load would only compare, as was done here; nothing was written")
	case p.Audit != nil:
		line("dry run", "the job is complete: a load would find nothing to do; nothing was written")
	default:
		line("dry run", "a load can begin now; nothing was written")
	}
	if p.Deletes != nil {
		line("--reset", "would delete %s", l.describe(*p.Deletes))
	}
	line("table", "%s, %s", p.Table, rowsOf(p.Preview))
	line(l.config.Job.Kind(), "%s, %s", p.List, elementsOf(p.Preview))
	line("plan", "%s", planOf(p.Preview))
	if p.Sampled > 0 {
		line("elements", "about %s, %s each (the mean of %s)", sizeOf(p.Bytes), sizeOf(p.Bytes/max(p.Rows, 1)), format.Plural(p.Sampled, "row", "rows"))
	}
	if !l.strategy.Conditional {
		line("strategy", "%s is NOT safe, rows may be lost or duplicated", l.strategy.Name)
	}
	if l.c.Verify && p.Audit == nil {
		line("--verify", "would compare list and table when all chunks are loaded")
	}
	for _, what := range p.NotKnown {
		line("not known", "%s", what)
	}
}

func rowsOf(p loader.Preview) string {
	rows := format.Thousands(int64(p.Rows)) + " rows"
	if p.Rows == 1 {
		rows = "1 row"
	}
	switch {
	case p.Plan != "":
		return rows + " when it was cut"
	case p.Exact:
		return rows + ", counted"
	}
	return "about " + rows + ", by the server's estimate"
}

func elementsOf(p loader.Preview) string {
	text := elements(p.Elements, p.Stream)
	if p.Elements > 0 && p.Plan == "" && p.Deletes == nil {
		text += ", which stay: if they are rows of this table, from an earlier load, those will be there twice"
	}
	return text
}

func planOf(p loader.Preview) string {
	chunks := format.Plural(int64(p.Chunks), "chunk", "chunks")
	if p.Chunks > 0 {
		chunks += " by " + string(p.Layout) + " of " + keyOf(p)
	}
	switch {
	case p.Layout == loader.Whole:
		chunks = "one chunk of the whole table, which has no key"
	case p.Chunks == 0:
		chunks = "no chunk: there are no rows"
	}
	switch {
	case p.Plan != "":
		return fmt.Sprintf("%s, in Redis: %s, %d of them loaded", p.Plan, chunks, p.Marked)
	case p.Cutting:
		return "none yet, another process cuts the table; " + chunks
	case p.Exact:
		return "none yet; " + chunks
	}
	return "none yet; about " + chunks
}

func keyOf(p loader.Preview) string {
	columns := strings.Join(p.Key, ", ")
	if p.Index == "" {
		return columns
	}
	return fmt.Sprintf("index %s (%s)", p.Index, columns)
}

// sizeOf writes a size in the unit that suits it.
func sizeOf(n uint64) string {
	size, unit := float64(n), "B"
	for _, larger := range []string{"KiB", "MiB", "GiB", "TiB", "PiB"} {
		if size < 1024 {
			break
		}
		size, unit = size/1024, larger
	}
	if unit == "B" {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%.1f %s", size, unit)
}
