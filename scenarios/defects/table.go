package defects

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
	"onceover/sim"
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
