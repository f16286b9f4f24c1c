package live

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"

	"onceover/loader"
	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/servers"
)

// ErrTable says that the table of the user's own cannot be made or read.
var ErrTable = errors.New("live: the table of --schema")

// OwnTable is a table of the user's own, in place of the standard one. Only MySQL in a
// container is emptied for it.
type OwnTable struct {
	Name string
	ID   string // the column that tells rows apart, an integer
	SQL  string // statements that make the table and fill it
}

// ident is a name as SQL takes it.
func ident(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// MakeOwnTable makes the table of the user's own, anew and with everything that its file
// makes beside it, and returns how many rows it has.
func (w *World) MakeOwnTable(ctx context.Context) (rows int, err error) {
	addr, err := w.mysql.Addr()
	if err != nil {
		return 0, err
	}
	cfg := w.mysqlCfg.Clone()
	cfg.MultiStatements = true
	db, err := servers.OpenMySQL(cfg, addr)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return 0, fmt.Errorf("reach MySQL: %w", err)
	}
	defer conn.Close()
	name := ident(cfg.DBName)
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("DROP DATABASE IF EXISTS %s; CREATE DATABASE %s; USE %s", name, name, name)); err != nil {
		return 0, fmt.Errorf("empty the database: %w", err)
	}
	if _, err := conn.ExecContext(ctx, w.options.Own.SQL); err != nil {
		return 0, fmt.Errorf("%w cannot be made: %w", ErrTable, err)
	}
	if w.ownIDs, err = w.readIDs(ctx, conn); err != nil {
		return 0, err
	}
	return len(w.ownIDs), w.dialMySQL(ctx) // the connections that there were have no database any more
}

func (w *World) readIDs(ctx context.Context, conn *sql.Conn) (ids []int64, err error) {
	own := w.options.Own
	rows, err := conn.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s ORDER BY 1", ident(own.ID), ident(own.Name)))
	if err != nil {
		return nil, fmt.Errorf("%w cannot be read: %w", ErrTable, err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("%w: %s of each row has to be an integer of 64 bits: %w", ErrTable, own.ID, err)
		}
		if n := len(ids); n > 0 && id <= ids[n-1] {
			return nil, fmt.Errorf("%w: two rows have the %s %d", ErrTable, own.ID, id)
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%w cannot be read: %w", ErrTable, err)
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%w: the statements leave %s empty, so there is nothing to move", ErrTable, own.Name)
	}
	return ids, nil
}

// source is the table of a run, as a job. The workload has as many rows as it.
func (w *World) source(ctx context.Context, load *scenarios.Workload) (job loader.Job, err error) {
	job.ChunkSize = load.ChunkSize
	if own := w.options.Own; own != nil {
		job.Table, job.Columns, job.Key = own.Name, []string{own.ID}, []string{own.ID}
		load.Rows, err = w.MakeOwnTable(ctx) // workers may have changed anything
		return job, err
	}
	job.Table, err = w.table(ctx, *load)
	return job, err
}

// truth are the rows that have to arrive: those of the table as it was made.
func (r *run) truth() iter.Seq2[check.Row, error] {
	if r.world.options.Own == nil {
		return tableRows(r.e.Workload)
	}
	return func(yield func(check.Row, error) bool) {
		for _, id := range r.world.ownIDs {
			if !yield(check.Row{ID: id, Element: fmt.Appendf(nil, `{"id":%d}`, id)}, nil) {
				return
			}
		}
	}
}
