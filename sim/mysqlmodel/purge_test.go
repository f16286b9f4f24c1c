package mysqlmodel

import (
	"context"
	"fmt"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// A real server purges deleted rows when it likes. A snapshot keeps it from that, until the model has purged them too.

func (r *real) closeGate(t rapid.TB) {
	if r.gate == nil {
		return
	}
	r.onGate(t, "ROLLBACK")
	if err := r.gate.Close(); err != nil {
		t.Fatal(err)
	}
	r.gate = nil
}

func (r *real) openGate(t rapid.TB) {
	conn, err := r.admin.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r.gate = conn
	r.onGate(t, "START TRANSACTION WITH CONSISTENT SNAPSHOT")
}

func (r *real) onGate(t rapid.TB, query string) {
	if _, err := r.gate.ExecContext(context.Background(), query); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// recordPlace is where a record is.
type recordPlace struct {
	table *table
	key   place
}

// records are all that there are, and deleted tells whether one of them was or is deleted.
func (p *pair) records() (all []recordPlace, deleted bool) {
	for _, t := range p.model.tables {
		for i := range t.records {
			all = append(all, recordPlace{t, t.records[i].key})
			for v := t.records[i].head; v != nil; v = v.older {
				deleted = deleted || v.deleted
			}
		}
	}
	return all, deleted
}

// purge lets the real server purge what the model has purged since before.
func (p *pair) purge(before []recordPlace, purged uint64) {
	done := p.model.purged != purged
	_, ready := p.ready()
	switch {
	case p.over:
		return
	case len(ready) > 0 && (p.loose || done):
		p.over = true // the real server does not wait for those that go on
		return
	case !done:
		return
	}
	p.real.onGate(p.t, "COMMIT")
	for _, d := range before {
		if d.table.record(d.key) == nil {
			switch {
			case p.real.awaitPurged(p.t, d):
			case p.verifies:
				p.differ(p.lines[0], "purges what a real server does not", nil, nil)
			default:
				p.t.Fatalf("the real server does not purge a row of %s, after\n%s\n%s", d.table.name, strings.Join(p.log, "\n"), p.model.Dump(p.now))
			}
		}
	}
	p.real.onGate(p.t, "START TRANSACTION WITH CONSISTENT SNAPSHOT")
	_, p.loose = p.records()
}

// awaitPurged returns when a deleted row is gone, or false if it stays. A commit wakes the threads that purge.
func (r *real) awaitPurged(t rapid.TB, d recordPlace) bool {
	for start := time.Now(); time.Since(start) < patience; {
		r.do(t, "UPDATE "+d.table.database+".nudge SET times = times + 1")
		if !r.holds(t, d) {
			return true
		}
	}
	return false
}

// holds tells whether there is a record for a key, deleted or not, by the lock that a search for it takes.
func (r *real) holds(t rapid.TB, d recordPlace) bool {
	ctx := context.Background()
	tx, err := r.admin.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	key := &d.table.columns[d.table.key]
	rows, err := tx.QueryContext(ctx, fmt.Sprintf("SELECT 1 FROM %s WHERE %s = %s FOR UPDATE NOWAIT",
		d.table.fullName(), key.Name, key.cellAt(d.key).appendText(nil)))
	if err == nil {
		rows.Close()
		err = rows.Err()
	}
	if err != nil {
		if strings.Contains(err.Error(), "NOWAIT") {
			return true
		}
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM performance_schema.data_locks WHERE LOCK_TYPE = 'RECORD'
		AND LOCK_MODE <> 'X,GAP'
		AND OBJECT_NAME = ? AND LOCK_DATA = ?`, d.table.name, string(key.cellAt(d.key).appendText(nil))).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n > 0
}
