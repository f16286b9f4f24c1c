package defects

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/mysqlmodel"
)

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
		Tables: []mysqlmodel.Table{{
			Name:    "chunks",
			Columns: []mysqlmodel.Column{{Name: "chunk", SQLType: "bigint", Key: "PRI"}, {Name: "done", SQLType: "int"}},
			Rows:    [][]any{{0, 0}},
		}},
	},
	Want: reports.Duplicated,
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
