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

// column is what SHOW COLUMNS says of one.
type column struct {
	name     string
	sqlType  string // as declared, in lower case: bigint unsigned, varchar(20)
	nullable bool
	index    string // PRI, UNI, MUL or empty
	extra    string
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
	// What was declared before the glance may have been altered by then.
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
	parts := make([]string, len(s.columns))
	for i, c := range s.columns {
		parts[i] = selectExpression(c)
	}
	s.list = strings.Join(parts, ", ")
	return nil
}

// types are those of the columns, as they are declared.
func (s *source) types() []string {
	types := make([]string, len(s.columns))
	for i, c := range s.columns {
		types[i] = c.sqlType
	}
	return types
}

func showColumns(ctx context.Context, db *sql.DB, job Job) ([]column, error) {
	rows, err := db.QueryContext(ctx, "SHOW COLUMNS FROM "+job.quoted())
	if err != nil {
		return nil, tableProblem(job, err)
	}
	defer rows.Close()
	var columns []column
	for rows.Next() {
		var c column
		var null string
		var standard sql.NullString
		if err := rows.Scan(&c.name, &c.sqlType, &null, &c.index, &standard, &c.extra); err != nil {
			return nil, fmt.Errorf("describe table %s: %w", job.Table, err)
		}
		c.sqlType, c.nullable = strings.ToLower(c.sqlType), null == "YES"
		columns = append(columns, c)
	}
	if err := rows.Err(); err != nil {
		return nil, tableProblem(job, err)
	}
	return columns, nil
}

// keyColumn finds the one column by which the table can be cut: an integer
// that is never NULL and never twice the same.
func keyColumn(job Job, columns []column) (column, error) {
	var primary []column
	for _, c := range columns {
		if c.index == "PRI" {
			primary = append(primary, c)
		}
	}
	if job.Key != "" {
		return namedKey(job, columns, len(primary))
	}
	switch {
	case len(primary) == 0:
		return column{}, &Error{Problem: NoKey, What: fmt.Sprintf("table %s has no primary key", job.Table),
			Try: "--key COLUMN, an integer column that is unique and not null"}
	case len(primary) > 1:
		return column{}, &Error{Problem: NoKey, What: fmt.Sprintf("table %s has a primary key of %d columns", job.Table, len(primary)),
			Try: "--key COLUMN, an integer column that is unique and not null by itself"}
	}
	return integerKey(job, primary[0])
}

func namedKey(job Job, columns []column, primary int) (column, error) {
	i := slices.IndexFunc(columns, func(c column) bool { return strings.EqualFold(c.name, job.Key) })
	if i < 0 {
		return column{}, noColumn(job, job.Key, columns)
	}
	c := columns[i]
	unique := c.index == "PRI" && primary == 1 || c.index == "UNI" && !c.nullable
	if !unique {
		return column{}, &Error{Problem: NoKey, What: fmt.Sprintf("column %s of table %s is not unique and not null by itself", c.name, job.Table),
			Try: "a column with a unique index that allows no NULL"}
	}
	return integerKey(job, c)
}

func integerKey(job Job, c column) (column, error) {
	if !c.integer() {
		return column{}, &Error{Problem: NoKey, What: fmt.Sprintf("key column %s of table %s is a %s, not an integer", c.name, job.Table, c.sqlType),
			Try: "--key COLUMN, an integer column that is unique and not null"}
	}
	return c, nil
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
	job.Key, job.Columns = s.key.name, make([]string, len(s.columns))
	for i, c := range s.columns {
		job.Columns[i] = c.name
	}
	return job
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
	return &reader{src: s, conn: conn, encode: newEncoder(s.columns)}, nil
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
