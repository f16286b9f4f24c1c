package defects

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"onceover/reports"
	"onceover/sim"
	"onceover/sim/mysqlmodel"
)

// Deleting the rows that were moved shifts all later ones up. The pages of the other workers then
// overlap on some rows and leave out others.
//
// Repair: borders by id, which do not move.
var offsetWhileDeleting = Defect{
	Name:    "offset-while-deleting",
	Mistake: "Each worker moves the page at its own OFFSET, and deletes from the table what it has moved.",
	Program: withServers(func(ctx context.Context, env sim.Env, s servers) error {
		for {
			page, err := s.rows(ctx, "id > 0 ORDER BY id LIMIT %d OFFSET %d", env.Rows, env.Rows*env.Worker)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, row := range page {
				if err := s.redis.LPush(ctx, s.keys.List, row).Err(); err != nil {
					return err
				}
				var id int
				if _, err := fmt.Sscanf(string(row), `{"id":%d`, &id); err != nil {
					return err
				}
				if _, err := s.db.ExecContext(ctx, fmt.Sprintf("DELETE FROM items WHERE id = %d", id)); err != nil {
					return err
				}
			}
		}
	}),
	Setup: sim.Setup{Workers: 2, Chunks: 2, Rows: 1},
	Want:  reports.Duplicated,
}

// A row gets its id when it is inserted and is seen when its transaction commits, and two
// transactions need not commit in the order of their ids. Here each worker also writes
// rows, whose ids are drawn.
//
// Repair: a mark for each row; or no row above the first id that is still open.
var markAboveOpenRow = Defect{
	Name:    "mark-above-open-row",
	Mistake: "The greatest id that was moved is kept, and a smaller one that is committed later is never looked at.",
	Program: writingAndMoving(func(ctx context.Context, s servers, rows int) (done bool, _ error) {
		mark, err := s.redis.Get(ctx, s.keys.List+":mark").Int()
		if err != nil && !errors.Is(err, redis.Nil) || mark == rows {
			return true, err
		}
		ids, err := s.inbox(ctx, fmt.Sprintf("id > %d", mark))
		if err != nil || len(ids) == 0 {
			return false, err
		}
		return false, s.redis.Eval(ctx, `
			if tonumber(redis.call('GET', KEYS[2]) or 0) == tonumber(ARGV[1]) then
			  redis.call('LPUSH', KEYS[1], unpack(ARGV, 2))
			  redis.call('SET', KEYS[2], ARGV[#ARGV])
			end
			return 1`, []string{s.keys.List, s.keys.List + ":mark"}, append([]any{mark}, ids...)...).Err()
	}),
	Setup: sim.Setup{Workers: 2, Chunks: 2, Rows: 1, Tables: inboxTable},
	Want:  reports.Lost,
}

// Rows that are written while the job runs lie behind its end, and the job says that it is
// complete.
//
// Repair: nobody writes meanwhile; or what came later is looked for at the end.
var borderBeforeInsert = Defect{
	Name:    "border-before-insert",
	Mistake: "The job ends at the id that was the greatest when its first worker looked, and rows are still being written.",
	Program: writingAndMoving(func(ctx context.Context, s servers, rows int) (done bool, _ error) {
		ids, err := s.inbox(ctx, "id > 0")
		if err != nil {
			return false, err
		}
		key := s.keys.List + ":border"
		if err := s.redis.SetNX(ctx, key, ids[len(ids)-1], 0).Err(); err != nil {
			return false, err
		}
		border, err := s.redis.Get(ctx, key).Int()
		if err != nil {
			return false, err
		}
		if ids, err = s.inbox(ctx, fmt.Sprintf("id <= %d", border)); err != nil {
			return false, err
		}
		return true, s.commitEach(ctx, ids)
	}),
	Setup: sim.Setup{Workers: 2, Chunks: 2, Rows: 1, Tables: inboxTable},
	Want:  reports.Lost,
}

// commitEach moves rows, each once.
func (s servers) commitEach(ctx context.Context, ids []any) error {
	for _, id := range ids {
		if err := s.commit(ctx, id.(int)-1, [][]byte{[]byte(fmt.Sprint(id))}); err != nil {
			return err
		}
	}
	return nil
}

// inboxTable has a row for each that was written: as yet none.
func inboxTable(int) []mysqlmodel.Table {
	return []mysqlmodel.Table{{Name: "inbox", Columns: []mysqlmodel.Column{{Name: "id", SQLType: "bigint", Key: "PRI"}}}}
}

// inbox reads the ids of rows that are committed.
func (s servers) inbox(ctx context.Context, condition string) (ids []any, _ error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id FROM inbox WHERE "+condition+" ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// writingAndMoving is a program that writes its share of the rows, and then moves rows,
// its own and others', until that says that it is done.
func writingAndMoving(move func(ctx context.Context, s servers, rows int) (done bool, _ error)) sim.Program {
	return withServers(func(ctx context.Context, env sim.Env, s servers) error {
		rows := env.Chunks * env.Rows
		for id := env.Worker + 1; id <= rows; id += env.Workers {
			if _, err := s.db.ExecContext(ctx, fmt.Sprintf("INSERT INTO inbox VALUES (%d)", id)); err != nil {
				return err
			}
		}
		for {
			done, err := move(ctx, s, rows)
			if done || err != nil {
				return err
			}
			if err := env.Sleep(ctx, env.TTL); err != nil {
				return err
			}
		}
	})
}
