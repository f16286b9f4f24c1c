package loader

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// source is the table side of a job.
type source struct {
	db      *sql.DB
	job     Job
	columns []column
	key     key
	index   string // the name of the key's index, if it has one
	list    string // the columns as SQL

	hint     string                // to MySQL, where it counts the table
	progress func(keys, of uint64) // told now and then while keys are read; may be nil

	snapshot *Snapshot // in which all is read; nil: none

	shape shape   // of what they give
	view  bool    // in which a key may come twice
	unfit []index // unique indexes that do not serve, if the table has no key

	server   string // its identity
	database string // of the connection, if the job names none
}

// openSource is the table of a configuration, over the connection of its snapshot if it has one.
func (c Config) openSource(ctx context.Context) (*source, error) {
	if c.Snapshot == nil {
		return openSource(ctx, c.DB, c.Job, nil)
	}
	db, err := c.Snapshot.open(ctx, c.Job)
	if err != nil {
		return nil, err
	}
	s, err := openSource(ctx, db, c.Job, c.Snapshot)
	if err != nil {
		return nil, err
	}
	return s, c.Snapshot.keep(ctx)
}

// openSource looks at the table and at the columns that the job names.
func openSource(ctx context.Context, db *sql.DB, job Job, snapshot *Snapshot) (*source, error) {
	s := &source{db: db, job: job, snapshot: snapshot}
	if err := s.identify(ctx); err != nil {
		return nil, err
	}
	if err := s.refuseEngine(ctx); err != nil {
		return nil, err
	}
	if len(job.Columns) == 0 {
		if _, err := s.glance(ctx, "*"); err != nil {
			return nil, err
		}
	}
	if err := s.tryWhere(ctx); err != nil {
		return nil, err
	}
	if err := s.describe(ctx); err != nil {
		return nil, err
	}
	shape, err := s.glance(ctx, s.list)
	if err != nil {
		return nil, err
	}
	s.shape = shape
	// An ALTER may have come between the declaration and the glance.
	declared := s.types()
	if err := s.describe(ctx); err != nil {
		return nil, err
	}
	if !slices.Equal(declared, s.types()) {
		return nil, tableAltered(job, "it is being altered now")
	}
	return s, nil
}

// describe finds the key and the columns.
func (s *source) describe(ctx context.Context) error {
	all, err := showColumns(ctx, s.db, s.job)
	if err != nil {
		return err
	}
	if s.key, err = s.chooseKey(ctx, all); err != nil {
		return err
	}
	if s.columns, err = chosenColumns(s.job, all); err != nil {
		return err
	}
	if err := s.askForBytes(all); err != nil {
		return err
	}
	s.list = s.expressions()
	return nil
}

// expressions asks for the columns, for what of the key is not among them, and for what
// guards them: an encoder takes them in this order.
func (s *source) expressions() string {
	var parts []string
	for _, c := range s.columns {
		parts = append(parts, selectExpression(c))
	}
	at, _ := s.keyAt()
	for i, c := range s.key {
		if at[i] >= len(s.columns) {
			parts = append(parts, askedAs(c))
		}
	}
	for _, c := range s.columns {
		if c.guarded() {
			parts = append(parts, c.guard())
		}
	}
	return strings.Join(parts, ", ")
}

// keyAt is the place of each part of the key in what is asked for, and how many of them
// stand after the columns.
func (s *source) keyAt() (at []int, further int) {
	for _, k := range s.key {
		i := slices.IndexFunc(s.columns, func(c column) bool {
			return c.name == k.name && selectExpression(c) == askedAs(k)
		})
		if i < 0 {
			i = len(s.columns) + further
			further++
		}
		at = append(at, i)
	}
	return at, further
}

// types are those of the columns, as they are declared.
func (s *source) types() []string {
	types := make([]string, len(s.columns))
	for i, c := range s.columns {
		types[i] = c.sqlType
		if c.collation != "" {
			types[i] += " " + c.charset()
		}
	}
	return types
}

// extent is how many rows a table has, and between which keys.
type extent struct {
	rows        uint64
	first, last string
}

func (s *source) extent(ctx context.Context) (extent, error) {
	if !s.key.integral() {
		return s.extentInOrder(ctx)
	}
	key := s.key.order()
	query := fmt.Sprintf("SELECT %sCOUNT(*), MIN(%s), MAX(%s) FROM %s", s.hint, key, key, s.job.from())
	var e extent
	var first, last sql.NullString
	if err := s.db.QueryRowContext(ctx, query).Scan(&e.rows, &first, &last); err != nil {
		return extent{}, tableProblem(s.job, err)
	}
	e.first, e.last = first.String, last.String
	return e, nil
}

// extentInOrder asks for the first and the last key by their order, where MySQL has no
// MIN and MAX of what is written.
func (s *source) extentInOrder(ctx context.Context) (e extent, err error) {
	err = s.inSnapshot(ctx, func(tx queries) error {
		if err := tx.QueryRowContext(ctx, "SELECT "+s.hint+"COUNT(*) FROM "+s.job.from()).Scan(&e.rows); err != nil {
			return tableProblem(s.job, err)
		}
		if len(s.key) == 0 {
			return nil
		}
		keep := func(into *string) func([]byte) {
			return func(key []byte) { *into = string(key) }
		}
		return errors.Join(
			s.scanKeys(ctx, tx, s.key.order()+" LIMIT 1", keep(&e.first)),
			s.scanKeys(ctx, tx, s.key.reversed()+" LIMIT 1", keep(&e.last)))
	})
	return e, err
}

// queries is a connection, a transaction, or all connections.
type queries interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s *source) inSnapshot(ctx context.Context, do func(queries) error) error {
	if s.snapshot != nil {
		return do(s.db)
	}
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return mysqlProblem(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return do(tx)
}

// keys calls visit with every key of the table, in order; what it is given lasts until it
// returns. It fails if there were fewer than the table has: a result that was cut short
// looks like one that ended.
func (s *source) keys(ctx context.Context, visit func(key []byte)) error {
	return s.inSnapshot(ctx, func(tx queries) error {
		var count, seen uint64
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+s.job.from()).Scan(&count); err != nil {
			return tableProblem(s.job, err)
		}
		err := s.scanKeys(ctx, tx, s.key.order(), func(key []byte) {
			if seen%reportedKeys == 0 && s.progress != nil {
				s.progress(seen, count)
			}
			seen++
			visit(key)
		})
		if err == nil && seen != count {
			return fmt.Errorf("%w: %d of %d keys", errTorn, seen, count)
		}
		return err
	})
}

func (s *source) scanKeys(ctx context.Context, tx queries, order string, visit func(key []byte)) error {
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s", s.key.asked(), s.job.from(), order))
	if err != nil {
		return tableProblem(s.job, err)
	}
	defer rows.Close()
	parts, into := make([]sql.RawBytes, len(s.key)), make([]any, len(s.key))
	for i := range parts {
		into[i] = &parts[i]
	}
	var key []byte
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read the keys of table %s: %w", s.job.Table, err)
		}
		key = s.key.write(key[:0], parts)
		visit(key)
	}
	if err := rows.Err(); err != nil {
		return tableProblem(s.job, err)
	}
	return nil
}

// sliced tells whether a chunk may be pushed in slices: one ends between two keys.
func (s *source) sliced() bool { return len(s.key) > 0 && !s.view }

// rowsWithin is the rest of a SELECT of the rows within bounds, and its order.
func (s *source) rowsWithin(b Bounds) (from, order string, err error) {
	condition, err := s.key.within(b)
	from = "FROM " + s.job.from(condition)
	if len(s.key) > 0 {
		order = " ORDER BY " + s.key.order()
	}
	return from, order, err
}

// between is where the rows of bounds are, for a reader.
func (s *source) between(b Bounds) string {
	switch {
	case len(s.key) == 0:
		return "of the table"
	case b.Before != "":
		return fmt.Sprintf("from key %s to before %s", s.key.shown(b.First), s.key.shown(b.Before))
	}
	return fmt.Sprintf("from key %s to %s", s.key.shown(b.First), s.key.shown(b.Last))
}
