package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
)

// reader reads chunks over one connection and encodes their rows.
type reader struct {
	src    *source
	conn   queries
	own    *sql.Conn // the same, if it is nobody else's
	encode encoder
}

func (s *source) reader(ctx context.Context) (*reader, error) {
	if s.snapshot != nil {
		return &reader{src: s, conn: s.db, encode: newEncoder(s)}, nil
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, mysqlProblem(err)
	}
	return &reader{src: s, conn: conn, own: conn, encode: newEncoder(s)}, nil
}

func (r *reader) close() {
	if r.own != nil {
		r.own.Close()
	}
}

// discard keeps the connection, and the transaction that may be open on it,
// from going back to the pool. That of a snapshot stays: another one would have another.
func (r *reader) discard() {
	if r.own != nil {
		_ = r.own.Raw(func(any) error { return driver.ErrBadConn })
	}
	r.close()
}

// errTorn says that a result set ended before its rows did.
var errTorn = errors.New("loader: fewer rows were read than the table holds")

// chunk reads the rows within the bounds into a slicer, in order of their keys.
func (r *reader) chunk(ctx context.Context, b Bounds, into *slicer) error {
	from, order, err := r.src.rowsWithin(b)
	if err != nil {
		return unreadable(r.src.job, err)
	}
	into.encode = &r.encode
	sized := func(count int) { into.rest = make([][]byte, 0, count) }
	return r.scan(ctx, rowSet{from, order, r.src.between(b)}, sized, into.add)
}

// rowSet is the rest of a SELECT, its order, and how a reader is told of its rows.
type rowSet struct{ from, order, name string }

// scan reads rows, and tells beforehand how many there are. They are counted in the same
// snapshot: without that, a result set that was cut short looks like one that ended.
func (r *reader) scan(ctx context.Context, set rowSet, sized func(count int), visit func(element []byte) error) error {
	if r.src.snapshot != nil {
		return r.scanHeld(ctx, set, sized, visit)
	}
	if _, err := r.conn.ExecContext(ctx, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"); err != nil {
		return fmt.Errorf("open a snapshot: %w", err)
	}
	if err := r.inSnapshot(ctx, set, sized, visit); err != nil {
		return err
	}
	if _, err := r.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("close the snapshot: %w", err)
	}
	return nil
}

// scanHeld reads in the snapshot of the whole load, which has to be there before and after.
func (r *reader) scanHeld(ctx context.Context, set rowSet, sized func(count int), visit func(element []byte) error) error {
	if err := r.src.snapshot.holds(ctx); err != nil {
		return err
	}
	if err := r.inSnapshot(ctx, set, sized, visit); err != nil {
		return err
	}
	return r.src.snapshot.holds(ctx)
}

func (r *reader) inSnapshot(ctx context.Context, set rowSet, sized func(count int), visit func(element []byte) error) error {
	var count, read int
	if err := r.conn.QueryRowContext(ctx, "SELECT COUNT(*) "+set.from).Scan(&count); err != nil {
		return fmt.Errorf("count the rows %s: %w", set.name, err)
	}
	rows, err := r.conn.QueryContext(ctx, "SELECT "+r.src.list+" "+set.from+set.order)
	if mysqlNumber(err) == erUnknownColumn {
		return tableAltered(r.src.job, err.Error())
	}
	if err != nil {
		return fmt.Errorf("read the rows %s: %w", set.name, err)
	}
	defer rows.Close()
	shape, err := shapeOf(rows)
	if err == nil && !slices.Equal(shape, r.src.shape) {
		return tableAltered(r.src.job, fmt.Sprintf("its columns gave %v and give %v", r.src.shape, shape))
	}
	if err != nil {
		return err
	}
	sized(count)
	var visited error // a slice that was not pushed is no failure to read
	err = r.encode.each(rows, func(element []byte) error {
		read++
		visited = visit(element)
		return visited
	})
	if visited != nil {
		return visited
	}
	if err != nil {
		return fmt.Errorf("read the rows %s: %w", set.name, err)
	}
	if read != count {
		return fmt.Errorf("%w: %d of %d %s", errTorn, read, count, set.name)
	}
	return nil
}
