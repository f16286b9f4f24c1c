package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
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
	key     column
	list    string // the columns as SQL
	shape   shape  // of what they give

	server   string // its identity
	database string // of the connection, if the job names none
}

// openSource looks at the table and at the columns that the job names.
func openSource(ctx context.Context, db *sql.DB, job Job) (*source, error) {
	s := &source{db: db, job: job}
	if err := s.identify(ctx); err != nil {
		return nil, err
	}
	if len(job.Columns) == 0 {
		if _, err := s.glance(ctx, "*"); err != nil {
			return nil, err
		}
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
	if s.key, err = keyColumn(s.job, all); err != nil {
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

// expressions asks for the columns, for the key if it is none of them, and for what
// guards them: an encoder takes them in this order.
func (s *source) expressions() string {
	var parts []string
	for _, c := range s.columns {
		parts = append(parts, selectExpression(c))
	}
	if s.keyAt() == len(s.columns) {
		parts = append(parts, quoteName(s.key.name))
	}
	for _, c := range s.columns {
		if c.guarded() {
			parts = append(parts, c.guard())
		}
	}
	return strings.Join(parts, ", ")
}

// keyAt is the key's place in what is asked for.
func (s *source) keyAt() int {
	if i := slices.IndexFunc(s.columns, func(c column) bool { return c.name == s.key.name }); i >= 0 {
		return i
	}
	return len(s.columns)
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
	key := quoteName(s.key.name)
	query := fmt.Sprintf("SELECT COUNT(*), MIN(%s), MAX(%s) FROM %s", key, key, s.job.quoted())
	var e extent
	var first, last sql.NullString
	if err := s.db.QueryRowContext(ctx, query).Scan(&e.rows, &first, &last); err != nil {
		return extent{}, tableProblem(s.job, err)
	}
	e.first, e.last = first.String, last.String
	return e, nil
}

// keys calls visit with every key of the table, in order. It fails if there were fewer
// than the table has: a result that was cut short looks like one that ended.
func (s *source) keys(ctx context.Context, visit func(key string)) error {
	tx, err := s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return mysqlProblem(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	var count, seen uint64
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+s.job.quoted()).Scan(&count); err != nil {
		return tableProblem(s.job, err)
	}
	err = s.scanKeys(ctx, tx, func(key string) {
		seen++
		visit(key)
	})
	if err == nil && seen != count {
		return fmt.Errorf("%w: %d of %d keys", errTorn, seen, count)
	}
	return err
}

func (s *source) scanKeys(ctx context.Context, tx *sql.Tx, visit func(key string)) error {
	key := quoteName(s.key.name)
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s", key, s.job.quoted(), key))
	if err != nil {
		return tableProblem(s.job, err)
	}
	defer rows.Close()
	var text sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&text); err != nil {
			return fmt.Errorf("read the keys of table %s: %w", s.job.Table, err)
		}
		visit(string(text))
	}
	if err := rows.Err(); err != nil {
		return tableProblem(s.job, err)
	}
	return nil
}

// errTorn says that a result set ended before its rows did.
var errTorn = errors.New("loader: fewer rows were read than the table holds")

// reader reads chunks over one connection and encodes their rows.
type reader struct {
	src    *source
	conn   *sql.Conn
	encode encoder
}

func (s *source) reader(ctx context.Context) (*reader, error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, mysqlProblem(err)
	}
	return &reader{src: s, conn: conn, encode: newEncoder(s)}, nil
}

func (r *reader) close() { r.conn.Close() }

// discard keeps the connection, and the transaction that may be open on it,
// from going back to the pool.
func (r *reader) discard() {
	_ = r.conn.Raw(func(any) error { return driver.ErrBadConn })
	r.conn.Close()
}

// chunk reads the rows within the bounds, in order of their keys. The rows are
// counted in the same snapshot: without that, a result set that was cut
// short looks like one that ended.
func (r *reader) chunk(ctx context.Context, b Bounds) ([][]byte, error) {
	if _, err := r.conn.ExecContext(ctx, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"); err != nil {
		return nil, fmt.Errorf("open a snapshot: %w", err)
	}
	elements, err := r.inSnapshot(ctx, b)
	if err != nil {
		return nil, err
	}
	if _, err := r.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return nil, fmt.Errorf("close the snapshot: %w", err)
	}
	return elements, nil
}

func (r *reader) inSnapshot(ctx context.Context, b Bounds) ([][]byte, error) {
	from := fmt.Sprintf("FROM %s WHERE %s BETWEEN %s AND %s",
		r.src.job.quoted(), quoteName(r.src.key.name), b.First, b.Last)
	var count int
	if err := r.conn.QueryRowContext(ctx, "SELECT COUNT(*) "+from).Scan(&count); err != nil {
		return nil, fmt.Errorf("count the rows from %s to %s: %w", b.First, b.Last, err)
	}
	rows, err := r.conn.QueryContext(ctx, "SELECT "+r.src.list+" "+from+" ORDER BY "+quoteName(r.src.key.name))
	if mysqlNumber(err) == erUnknownColumn {
		return nil, tableAltered(r.src.job, err.Error())
	}
	if err != nil {
		return nil, fmt.Errorf("read the rows from %s to %s: %w", b.First, b.Last, err)
	}
	defer rows.Close()
	shape, err := shapeOf(rows)
	if err == nil && !slices.Equal(shape, r.src.shape) {
		return nil, tableAltered(r.src.job, fmt.Sprintf("its columns gave %v and give %v", r.src.shape, shape))
	}
	if err != nil {
		return nil, err
	}
	elements, err := r.encode.all(rows, count)
	if err != nil {
		return nil, fmt.Errorf("read the rows from %s to %s: %w", b.First, b.Last, err)
	}
	if len(elements) != count {
		return nil, fmt.Errorf("%w: %d of %d from key %s to %s", errTorn, len(elements), count, b.First, b.Last)
	}
	return elements, nil
}
