package loader

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// column is what SHOW FULL COLUMNS says of one.
type column struct {
	name     string
	sqlType  string // as declared, in lower case: bigint unsigned, varchar(20)
	nullable bool
	primary  bool // of the primary key
	extra    string

	collation string // empty if it holds no text
	raw       bool   // its bytes are asked for
}

func (c column) base() string {
	return c.sqlType[:len(c.sqlType)-len(strings.TrimLeft(c.sqlType, "abcdefghijklmnopqrstuvwxyz"))]
}

func (c column) unsigned() bool { return strings.Contains(c.sqlType, "unsigned") }

func (c column) integer() bool {
	switch c.base() {
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		return true
	}
	return false
}

func showColumns(ctx context.Context, db *sql.DB, job Job) ([]column, error) {
	rows, err := db.QueryContext(ctx, "SHOW FULL COLUMNS FROM "+job.quoted())
	if err != nil {
		return nil, tableProblem(job, err)
	}
	defer rows.Close()
	var columns []column
	for rows.Next() {
		var c column
		var null, index string
		var collation, initial, privileges, comment sql.NullString
		if err := rows.Scan(&c.name, &c.sqlType, &collation, &null, &index, &initial, &c.extra, &privileges, &comment); err != nil {
			return nil, fmt.Errorf("describe table %s: %w", job.Table, err)
		}
		c.sqlType, c.nullable, c.collation = strings.ToLower(c.sqlType), null == "YES", collation.String
		c.primary = index == "PRI"
		columns = append(columns, c)
	}
	if err := rows.Err(); err != nil {
		return nil, tableProblem(job, err)
	}
	return columns, nil
}

// chosenColumns returns the columns in the order of the table, all that
// SELECT * would show unless the job names some.
func chosenColumns(job Job, all []column) ([]column, error) {
	if len(job.Columns) == 0 {
		return slices.DeleteFunc(slices.Clone(all), func(c column) bool {
			return strings.Contains(strings.ToUpper(c.extra), "INVISIBLE")
		}), nil
	}
	for _, name := range job.Columns {
		if !slices.ContainsFunc(all, func(c column) bool { return strings.EqualFold(c.name, name) }) {
			return nil, noColumn(job, name, all)
		}
	}
	var chosen []column
	for _, c := range all {
		if slices.ContainsFunc(job.Columns, func(name string) bool { return strings.EqualFold(c.name, name) }) {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}

// askForBytes marks the columns whose bytes the job asks for.
func (s *source) askForBytes(all []column) error {
	for _, name := range s.job.Base64 {
		i := slices.IndexFunc(s.columns, func(c column) bool { return strings.EqualFold(c.name, name) })
		switch at := slices.IndexFunc(all, func(c column) bool { return strings.EqualFold(c.name, name) }); {
		case i >= 0:
			s.columns[i].raw = true
		case at < 0:
			return noColumn(s.job, name, all)
		case len(s.job.Columns) == 0:
			return &Error{Problem: NoColumn, What: fmt.Sprintf("column %s, whose bytes --base64 asks for, is invisible", name),
				Try: "--columns with all that is to be loaded, and it among them"}
		default:
			return &Error{Problem: NoColumn, What: fmt.Sprintf("column %s, whose bytes --base64 asks for, is not among --columns", name),
				Try: "--columns " + strings.Join(append(slices.Clone(s.job.Columns), all[at].name), ",")}
		}
	}
	return nil
}

func noColumn(job Job, name string, all []column) error {
	names := make([]string, len(all))
	for i, c := range all {
		names[i] = c.name
	}
	return &Error{Problem: NoColumn, What: fmt.Sprintf("table %s has no column %s", job.Table, name),
		Try: "one of " + strings.Join(names, ", ")}
}

// named spells out a job's table, columns and key.
func (s *source) named(job Job) Job {
	if s.database != "" {
		job.Table = s.database + "." + job.Table
	}
	job.Key, job.Columns = s.key.names(), make([]string, len(s.columns))
	for i, c := range s.columns {
		job.Columns[i] = c.name
	}
	job.Base64 = nil
	for _, c := range s.columns {
		if c.raw {
			job.Base64 = append(job.Base64, c.name)
		}
	}
	return job
}
