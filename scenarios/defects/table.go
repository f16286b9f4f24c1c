package defects

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/mysqlmodel"
)

// servers are the clients of a loader of its own.
type servers struct {
	redis *redis.Client
	db    *sql.DB
	keys  lock.Keys
}

// withServers is a program that is given clients, and need not close them.
func withServers(load func(ctx context.Context, env sim.Env, s servers) error) sim.Program {
	return func(ctx context.Context, env sim.Env) error {
		env.Redis.MaxRetries = -1
		client := redis.NewClient(env.Redis)
		defer client.Close()
		connector, err := mysql.NewConnector(env.MySQL)
		if err != nil {
			return err
		}
		db := sql.OpenDB(connector)
		defer db.Close()
		return load(ctx, env, servers{client, db, env.Job.Keys()})
	}
}

// number reads a single number out of the table.
func (s servers) number(ctx context.Context, expression string) (n int, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT "+expression+" FROM items").Scan(&n)
	return n, err
}

// rows reads the rows that a condition selects, as elements.
func (s servers) rows(ctx context.Context, condition string, args ...any) ([][]byte, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, payload FROM items WHERE "+fmt.Sprintf(condition, args...))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	elements, err := scanned(rows)
	if err != nil {
		return nil, err
	}
	return elements, rows.Err()
}

// scanned reads a result set as far as it came.
func scanned(rows *sql.Rows) ([][]byte, error) {
	var elements [][]byte
	for rows.Next() {
		var row struct {
			ID      int64  `json:"id"`
			Payload string `json:"payload"`
		}
		if err := rows.Scan(&row.ID, &row.Payload); err != nil {
			return nil, err
		}
		element, err := json.Marshal(row)
		if err != nil {
			return nil, err
		}
		elements = append(elements, element)
	}
	return elements, nil
}

// commit pushes the rows of a chunk once, whatever fails.
func (s servers) commit(ctx context.Context, chunk int, elements [][]byte) error {
	_, err := pushIf(ctx, s.redis, s.keys, uncommitted, chunk, elements, nil)
	return err
}

// load moves the rows that a condition selects, as one chunk.
func (s servers) load(ctx context.Context, chunk int, condition string, args ...any) error {
	elements, err := s.rows(ctx, condition, args...)
	if err != nil {
		return err
	}
	return s.commit(ctx, chunk, elements)
}

// shares is a loader in which each worker moves one range of ids.
// The condition selects its rows by the ends of the range; beyond is added to the
// end of the last range.
func shares(condition string, beyond int) sim.Program {
	return withServers(func(ctx context.Context, env sim.Env, s servers) error {
		rows, err := s.number(ctx, "MAX(id)")
		if err != nil {
			return err
		}
		low, high := rows*env.Worker/env.Workers, rows*(env.Worker+1)/env.Workers
		if env.Worker == env.Workers-1 {
			high += beyond
		}
		return s.load(ctx, env.Worker, condition, low, high)
	})
}

// The row on the border of two workers is in both shares.
// datazip-inc/olake PR#261 had {0, 100}, {100, 200}.
//
// Repair: id > low AND id <= high.
var offByOneBorders = Defect{
	Name:    "off-by-one-borders",
	Mistake: "The ranges share their borders, and BETWEEN includes both ends.",
	Program: shares("id BETWEEN %d AND %d", 0),
	Setup:   sim.Setup{Workers: 2, Chunks: 2, Rows: 1},
	Want:    reports.Duplicated,
}

// The row on the border of two workers is in neither share.
// mydumper/mydumper#1249 left out one row between two chunks.
//
// Repair: id > low AND id <= high.
var offByOneGap = Defect{
	Name:    "off-by-one-gap",
	Mistake: "The ranges share their borders, and neither includes them.",
	Program: shares("id > %d AND id < %d", 1),
	Setup:   sim.Setup{Workers: 2, Chunks: 2, Rows: 1},
	Want:    reports.Lost,
}

// COUNT(*) says how many rows there are, not how far they reach: no share holds the
// rows beyond the last border, behind a gap or in the remainder of a division.
// onyx-platform/onyx-sql#2.
//
// Repair: MAX(id), and the last share without an upper border.
var bordersFromCount = Defect{
	Name:    "borders-from-count",
	Mistake: "The borders are multiples of COUNT(*) over the number of workers, and the last of them counts as the end.",
	Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
		rows, err := s.number(ctx, "COUNT(*)")
		if err != nil {
			return err
		}
		share := rows / env.Workers
		low := share * env.Worker
		return s.load(ctx, env.Worker, "id > %d AND id <= %d", low, low+share)
	}),
	Setup: sim.Setup{Workers: 2, Chunks: 3, Rows: 1},
	Want:  reports.Lost,
}

// The shares do not begin at multiples of the size, so two chunks have the
// same number, and the second worker finds its chunk done. In Go and in C ids
// from -size+1 to size-1 all have the number 0.
//
// Repair: the chunk's place in a plan that all workers share, never id/size.
var idDivSizeChunk = Defect{
	Name:    "id-div-size-chunk",
	Mistake: "The number of a chunk is its first id divided by the chunk size, which two chunks can have in common.",
	Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
		rows, err := s.number(ctx, "MAX(id)")
		if err != nil {
			return err
		}
		first, last := 1+rows*env.Worker/env.Workers, rows*(env.Worker+1)/env.Workers
		for ; first <= last; first += env.Rows {
			to := min(first+env.Rows-1, last)
			if err := s.load(ctx, first/env.Rows, "id BETWEEN %d AND %d", first, to); err != nil {
				return err
			}
		}
		return nil
	}),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 3},
	Want:  reports.Lost,
}

// A new release with half the chunk size is rolled out while the old one is at
// work: bit 1 is rows 3 and 4 to the one, row 2 to the other.
//
// Repair: the size in the plan, stored by the first worker, binding for all.
var chunkSizeNotAgreed = Defect{
	Name:    "chunk-size-not-agreed",
	Mistake: "Each worker cuts the table by its own configuration, and the bits mean other rows to each.",
	Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
		rows, err := s.number(ctx, "MAX(id)")
		if err != nil {
			return err
		}
		size := env.Rows
		if env.Worker > 0 {
			size = max(size/2, 1)
		}
		for chunk := 0; chunk*size < rows; chunk++ {
			if err := s.load(ctx, chunk, "id > %d AND id <= %d", chunk*size, (chunk+1)*size); err != nil {
				return err
			}
		}
		return nil
	}),
	Setup: sim.Setup{Workers: 2, Chunks: 1, Rows: 2},
	Want:  reports.Duplicated,
}

// A connection that breaks in the middle of a result set ends it: Next returns
// false, and Close no error. go-sql-driver/mysql#108, go-sql-driver/mysql#1260.
//
// Repair: servers.rows, which returns rows.Err.
var rowsErrIgnored = Defect{
	Name:    "rows-err-ignored",
	Mistake: "The loop over the rows ends, and nobody asks whether the rows had ended.",
	Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
		for chunk := range env.Chunks {
			rows, err := s.db.QueryContext(ctx, fmt.Sprintf(
				"SELECT id, payload FROM items WHERE id > %d AND id <= %d", chunk*env.Rows, (chunk+1)*env.Rows))
			if err != nil {
				return err
			}
			elements, err := scanned(rows)
			if err != nil {
				return err
			}
			if err := s.commit(ctx, chunk, elements); err != nil {
				return err
			}
		}
		return nil
	}),
	Setup: sim.Setup{Workers: 1, Chunks: 1, Rows: 9, Budget: faults.Budget{faults.MySQLCut: 1}},
	Want:  reports.Lost,
}

// chunkAfterChunk is a loader in which all workers go over the same chunks.
var chunkAfterChunk = withServers(func(ctx context.Context, env sim.Env, s servers) error {
	for chunk := range env.Chunks {
		if err := s.load(ctx, chunk, "id > %d AND id <= %d", chunk*env.Rows, (chunk+1)*env.Rows); err != nil {
			return err
		}
	}
	return nil
})

// sql_select_limit ends a result before its rows do, and so may a proxy, an optimizer
// that is wrong, or a LIMIT in a view: vitessio/vitess#8899, github/gh-ost#822.
//
// Repair: compare with COUNT(*) in the same snapshot.
var shortResultTaken = Defect{
	Name:    "short-result-taken",
	Mistake: "A result that ends without an error is taken for all that there is.",
	Program: chunkAfterChunk,
	Setup:   sim.Setup{Workers: 1, Chunks: 1, Rows: 2, Budget: faults.Budget{faults.MySQLShort: 1}},
	Want:    reports.Lost,
}

// The mark and the rows are in two servers, and no transaction covers both. A
// worker that dies after the push leaves a row lock behind that is rolled back.
//
// Repair: SKIP LOCKED for the claim alone, and the commit on condition of a bit
// in Redis.
var doneFlagInMySQL = Defect{
	Name:    "done-flag-in-mysql",
	Mistake: "The chunk is marked in MySQL and its rows are pushed to Redis: a dual write.",
	Program: lockingRows(func(ctx context.Context, s servers, _ int, elements [][]byte) error {
		return s.redis.LPush(ctx, s.keys.List, lock.Arguments(elements)...).Err()
	}),
	Setup: sim.Setup{
		Workers: 1, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Kill: 1},
		Tables: chunksTable,
	},
	Want: reports.Duplicated,
}

// chunksTable has a row for each chunk, none of them done.
func chunksTable(chunks int) []mysqlmodel.Table {
	t := mysqlmodel.Table{
		Name:    "chunks",
		Columns: []mysqlmodel.Column{{Name: "chunk", SQLType: "bigint", Key: "PRI"}, {Name: "done", SQLType: "int"}},
	}
	for chunk := range chunks {
		t.Rows = append(t.Rows, []any{chunk, 0})
	}
	return []mysqlmodel.Table{t}
}

// pushing brings the rows of a chunk into the list.
type pushing func(ctx context.Context, s servers, chunk int, elements [][]byte) error

// lockingRows is a loader that claims a chunk by a row lock and marks it in the
// same transaction. It ends when no chunk is to be had.
func lockingRows(push pushing) sim.Program {
	return withServers(func(ctx context.Context, env sim.Env, s servers) error {
		for {
			err := oneLocked(ctx, env, s, push)
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
}

func oneLocked(ctx context.Context, env sim.Env, s servers, push pushing) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	var chunk int
	err = tx.QueryRowContext(ctx, "SELECT chunk FROM chunks WHERE done = 0 ORDER BY chunk LIMIT 1 FOR UPDATE SKIP LOCKED").Scan(&chunk)
	if err != nil {
		return err
	}
	elements, err := s.rows(ctx, "id > %d AND id <= %d", chunk*env.Rows, (chunk+1)*env.Rows)
	if err != nil {
		return err
	}
	if err := push(ctx, s, chunk, elements); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("UPDATE chunks SET done = 1 WHERE chunk = %d", chunk)); err != nil {
		return err
	}
	return tx.Commit()
}
