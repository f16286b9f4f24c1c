package loader

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// identify asks which server and which database the table is in. A name is not enough:
// the same one may be in another database, or on another server. A job to which all
// servers are the same does not ask which it is.
func (s *source) identify(ctx context.Context) error {
	if !s.job.AnyServer {
		if err := s.identifyServer(ctx); err != nil {
			return err
		}
	}
	if strings.Contains(s.job.Table, ".") {
		return nil
	}
	database, err := s.text(ctx, "DATABASE()")
	if err != nil {
		return mysqlProblem(err)
	}
	s.database = database
	return nil
}

func (s *source) identifyServer(ctx context.Context) error {
	server, err := s.text(ctx, "@@server_uuid")
	if mysqlNumber(err) == erUnknownVariable { // as in MariaDB
		server, err = s.text(ctx, "CONCAT(@@hostname, ':', @@port)")
	}
	if err != nil {
		return mysqlProblem(err)
	}
	s.server = server
	return nil
}

// text reads a single text.
func (s *source) text(ctx context.Context, expression string) (string, error) {
	var text sql.NullString
	err := s.db.QueryRowContext(ctx, "SELECT "+expression).Scan(&text)
	return text.String, err
}

// shape is what a result says of its columns. One that differs from that of the first
// look comes from a table that was altered since: what is declared is read once, and
// each result shows whether it still holds.
type shape []string

func shapeOf(rows *sql.Rows) (shape, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	s := make(shape, len(types))
	for i, t := range types {
		precision, scale, decimal := t.DecimalSize()
		s[i] = t.DatabaseTypeName()
		if decimal {
			s[i] += fmt.Sprintf("(%d,%d)", precision, scale)
		}
	}
	return s, nil
}

// glance asks for no row, and so for the right to read the columns, and what they are.
// All of them are asked for where none is named: SHOW COLUMNS leaves out what the user
// may not read.
func (s *source) glance(ctx context.Context, columns string) (shape, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+columns+" FROM "+s.job.quoted()+" LIMIT 0")
	if err != nil {
		return nil, tableProblem(s.job, err)
	}
	defer rows.Close()
	shape, err := shapeOf(rows)
	if err == nil {
		rows.Next()
		err = rows.Err()
	}
	return shape, err
}
