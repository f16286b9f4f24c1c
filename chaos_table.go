package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/live"
)

// ownTable reads the file of a table of the user's own; nil if there is none.
func (f programFlags) ownTable(named bool) (*live.OwnTable, error) {
	switch {
	case f.Schema+f.Table+f.ID == "":
		return nil, nil
	case f.Schema == "" || f.Table == "" || f.ID == "":
		return nil, usagef("--schema FILE, --table NAME and --id COLUMN belong together: the statements, the table that they make, and what tells its rows apart")
	case named:
		return nil, advice{
			error: usagef("--schema is for MySQL in a container: everything in its database is dropped for each run"),
			try:   "leave out --mysql-dsn and ONCEOVER_MYSQL_DSN", code: reports.ExitUsage,
		}
	}
	text, err := reports.ReadAll(reports.OpenInput(f.Schema, reports.MostOfResults))
	if err != nil {
		return nil, usagef("--schema: %w", err)
	}
	return &live.OwnTable{Name: f.Table, ID: f.ID, SQL: string(text)}, nil
}

// tableText is a table of the user's own as results tell it from others.
func tableText(own *live.OwnTable) string {
	if own == nil {
		return ""
	}
	sum := sha256.Sum256([]byte(own.SQL))
	return fmt.Sprintf("%s by %s, made by a file with the digest %s", own.Name, own.ID, hex.EncodeToString(sum[:6]))
}

// describeTable says of which rows the results are. How many a table of the user's own has
// is not known before it is made.
func (p *chaos) describeTable(c *reports.Config) {
	c.Table = tableText(p.options.Own)
	switch {
	case p.options.Own == nil:
		c.Rows, c.KeyLayout = p.c.Rows, string(p.c.KeyLayout)
	case p.resumed != nil:
		c.Rows = p.resumed.results.Config.Rows
	}
}

// rowsText says how many rows there are, as far as that is known.
func (p *chaos) rowsText() string {
	if p.options.Own != nil {
		return "the rows of " + p.c.Schema
	}
	return format.Plural(p.c.Rows, "row", "rows")
}

// countRows learns how many rows a table of the user's own has.
func (p *chaos) countRows(ctx context.Context, world *live.World) error {
	if p.options.Own == nil {
		return nil
	}
	rows, err := world.MakeOwnTable(ctx)
	if err != nil {
		return err
	}
	if was := p.results.Config.Rows; was != 0 && was != rows {
		return usagef("--resume %s: its table had %d rows, and now has %d", p.resumed.name, was, rows)
	}
	p.campaign.Workload.Rows, p.results.Config.Rows = rows, rows
	p.options.Progress("%s has %s", p.c.Table, format.Plural(rows, "row", "rows"))
	return nil
}
