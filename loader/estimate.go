package loader

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// A table of no more rows than this, by the server's estimate, is counted, and MySQL is
// given the time of the hint for it. MariaDB takes the hint for a comment.
var mostCounted uint64 = 4_000_000

const briefly = "/*+ MAX_EXECUTION_TIME(3000) */ "

const erQueryTimeout = 3024

// estimate says how the table would be cut, and cuts nothing. What a guess would refuse is
// counted first, as a load does.
func (p *Preview) estimate(ctx context.Context, src *source, job Job) error {
	about, exact, err := src.size(ctx)
	if err == nil {
		p.Exact = exact
		if err = p.lay(src, job, about); err != nil && !exact {
			if about, err = src.extent(ctx); err == nil {
				p.Exact = true
				err = p.lay(src, job, about)
			}
		}
	}
	if !p.Exact && job.Where != "" {
		p.NotKnown = append(p.NotKnown, "how many rows satisfy the condition: the server's estimate may be far too high")
	}
	return err
}

// lay fills in how rows would be cut.
func (p *Preview) lay(src *source, job Job, about extent) (err error) {
	p.Rows = about.rows
	if about.rows == 0 {
		return nil
	}
	plan := Plan{Job: job, Rows: about.rows}
	p.Chunks, err = plan.lay(src, about)
	p.Layout = plan.Layout
	return err
}

// size is the extent of the table, or about that, if to count it would take long.
func (s *source) size(ctx context.Context) (e extent, exact bool, err error) {
	guess, known := s.guess(ctx)
	if !known || len(s.key) == 0 {
		e, err = s.extent(ctx)
		return e, true, err
	}
	s.hint = briefly
	defer func() { s.hint = "" }()
	if guess <= mostCounted {
		if e, err = s.extent(ctx); mysqlNumber(err) != erQueryTimeout {
			return e, true, err
		}
	}
	if !s.key.integral() {
		return extent{rows: guess}, false, nil
	}
	return s.span(ctx, guess)
}

// span takes the first and the last key of all rows, whatever the job's condition: an index
// has them at its ends. Where none has, as in a view, the table is counted after all.
func (s *source) span(ctx context.Context, rows uint64) (e extent, exact bool, err error) {
	key := s.key.order()
	var first, last sql.NullString
	query := fmt.Sprintf("SELECT %sMIN(%s), MAX(%s) FROM %s", s.hint, key, key, s.job.quoted())
	err = s.db.QueryRowContext(ctx, query).Scan(&first, &last)
	if mysqlNumber(err) == erQueryTimeout || err == nil && !first.Valid {
		s.hint = ""
		e, err = s.extent(ctx)
		return e, true, err
	}
	if err != nil {
		return e, false, tableProblem(s.job, err)
	}
	return extent{rows: rows, first: first.String, last: last.String}, false, nil
}

// guess is how many rows the server believes that it would have to read. It knows of one
// table; of a join, and where it may not say, nothing is known.
func (s *source) guess(ctx context.Context) (rows uint64, known bool) {
	result, err := s.db.QueryContext(ctx, "EXPLAIN FORMAT=TRADITIONAL SELECT COUNT(*) FROM "+s.job.from())
	if err != nil {
		return 0, false
	}
	defer result.Close()
	fields, err := result.Columns()
	if err != nil {
		return 0, false
	}
	values, into := make([]sql.NullString, len(fields)), make([]any, len(fields))
	said := map[string]*sql.NullString{}
	for i, f := range fields {
		into[i], said[strings.ToLower(f)] = &values[i], &values[i]
	}
	for n := 0; result.Next(); n++ {
		if n > 0 || result.Scan(into...) != nil || said["rows"] == nil || !said["rows"].Valid {
			return 0, false
		}
	}
	read, err := strconv.ParseFloat(said["rows"].String, 64)
	if err != nil || result.Err() != nil {
		return 0, false
	}
	if share := said["filtered"]; share != nil && share.Valid { // MariaDB does not say it
		if percent, err := strconv.ParseFloat(share.String, 64); err == nil {
			read *= percent / 100
		}
	}
	return uint64(read), true
}

// sampled rows are read from each end of a table.
const sampled = 100

// weigh reads some rows of both ends, and takes the others to be as large.
func (p *Preview) weigh(ctx context.Context, src *source) error {
	orders := []string{""}
	if len(src.key) > 0 && !src.view {
		orders = []string{" ORDER BY " + src.key.order(), " ORDER BY " + src.key.reversed()}
	}
	var total uint64
	for _, order := range orders {
		bytes, rows, err := src.sample(ctx, order)
		if mysqlNumber(err) == erQueryTimeout {
			p.Sampled, p.NotKnown = 0, append(p.NotKnown, "how large the rows are: MySQL took too long to find some that satisfy the condition")
			return nil
		}
		if err != nil {
			return err
		}
		total += bytes
		p.Sampled += rows
		if rows < sampled {
			break // that was all of them
		}
	}
	if p.Sampled > 0 {
		p.Bytes = uint64(float64(total) / float64(p.Sampled) * float64(p.Rows))
	}
	return nil
}

// sample encodes the first rows in an order.
func (s *source) sample(ctx context.Context, order string) (bytes uint64, n int, err error) {
	query := fmt.Sprintf("SELECT %s%s FROM %s%s LIMIT %d", briefly, s.list, s.job.from(), order, sampled)
	rows, err := s.db.QueryContext(ctx, query)
	if err != nil {
		return 0, 0, tableProblem(s.job, err)
	}
	defer rows.Close()
	encode := newEncoder(s)
	err = encode.each(rows, func(element []byte) error {
		bytes += uint64(len(element))
		n++
		return nil
	})
	if err != nil {
		return 0, 0, tableProblem(s.job, err)
	}
	return bytes, n, nil
}
