package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
)

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
	if err != nil {
		return nil, fmt.Errorf("read the rows from %s to %s: %w", b.First, b.Last, err)
	}
	defer rows.Close()
	elements, err := r.encode.all(rows, count)
	if err != nil {
		return nil, fmt.Errorf("read the rows from %s to %s: %w", b.First, b.Last, err)
	}
	if len(elements) != count {
		return nil, fmt.Errorf("%w: %d of %d from key %s to %s", errTorn, len(elements), count, b.First, b.Last)
	}
	return elements, nil
}
