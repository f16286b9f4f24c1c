package mysqlmodel

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

func TestDriverConnectsAndReadsAsTheLoaderDoes(t *testing.T) {
	s := sample(t)
	db := open(t, newHost(s), utf8mb4)
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(ctx, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"); err != nil {
		t.Fatal(err)
	}
	var count int
	if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM `t` WHERE `id` BETWEEN 1 AND 3").Scan(&count); err != nil || count != 3 {
		t.Fatal(count, err)
	}
	rows, err := conn.QueryContext(ctx, "SELECT `id`, `payload` FROM `t` WHERE `id` BETWEEN 1 AND 3 ORDER BY `id`")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for rows.Next() {
		var id int
		var payload sql.NullString
		if err := rows.Scan(&id, &payload); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d %s %t", id, payload.String, payload.Valid))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if want := []string{"1 a true", "2 b true", "3  false"}; !slices.Equal(got, want) {
		t.Errorf("rows are %q, want %q", got, want)
	}
	if _, err := conn.ExecContext(ctx, "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if u := s.Unsupported(); len(u) > 0 {
		t.Errorf("unsupported: %q", u)
	}
}

func TestDriverPreparesStatementsWithArguments(t *testing.T) {
	db := open(t, newHost(sample(t)), nil)
	var id uint64
	var a int
	var f sql.NullFloat64
	err := db.QueryRow("SELECT id, a, CAST(f AS DOUBLE) FROM w WHERE id >= ? ORDER BY id LIMIT ?", uint64(1<<63), 1).Scan(&id, &a, &f)
	if err != nil || id != 1<<63 || a != -32768 || f.Float64 != 16777216 {
		t.Error(id, a, f, err)
	}
	var got int
	if err := db.QueryRow("SELECT GET_LOCK(?, ?)", "chunk-1", 0).Scan(&got); err != nil || got != 1 {
		t.Error(got, err)
	}
	res, err := db.Exec("UPDATE d SET done=? WHERE chunk=?", 1, 2)
	if n, _ := res.RowsAffected(); err != nil || n != 1 {
		t.Error(n, err)
	}
	if _, err := db.Exec("INSERT INTO t VALUES (?,?)", -1, nil); err != nil {
		t.Error(err)
	}
}

func TestDriverSeesErrorsOfTheServer(t *testing.T) {
	s := sample(t)
	db := open(t, newHost(s), nil)
	for query, want := range map[string]string{
		"SELECT id FROM nope":         "Error 1146 (42S02): Table 'app.nope' doesn't exist",
		"SELECT nope FROM t":          "Error 1054 (42S22): Unknown column 'nope' in 'field list'",
		"SELECT id FROM nope.t":       "Error 1049 (42000): Unknown database 'nope'",
		"INSERT INTO d VALUES (0, 0)": "Error 1062 (23000): Duplicate entry '0' for key 'd.PRIMARY'",
		"KILL 99":                     "Error 1094 (HY000): Unknown thread id: 99",
	} {
		if _, err := db.Exec(query); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", query, err, want)
		}
	}
	if _, err := db.Exec("TRUNCATE TABLE t"); err == nil || !strings.Contains(err.Error(), "simulated MySQL: unsupported statement: TRUNCATE TABLE t") {
		t.Errorf("TRUNCATE: %v", err)
	}
	if u := s.Unsupported(); len(u) != 1 || !strings.Contains(u[0], "TRUNCATE TABLE t") {
		t.Errorf("unsupported: %q", u)
	}
}

func TestDriverLogsInWithAPasswordAndWithNone(t *testing.T) {
	for _, password := range []string{"", "secret"} {
		db := open(t, newHost(sample(t)), func(cfg *mysql.Config) { cfg.Passwd = password })
		if err := db.Ping(); err != nil {
			t.Errorf("password %q: %v", password, err)
		}
	}
	db := open(t, newHost(sample(t)), func(cfg *mysql.Config) { cfg.DBName = "nope" })
	if err := db.Ping(); number(err) != 1049 {
		t.Errorf("unknown database: %v", err)
	}
}

func TestDriverAsksForTheLongestPacket(t *testing.T) {
	db := open(t, newHost(sample(t)), func(cfg *mysql.Config) { cfg.MaxAllowedPacket = 0 })
	if err := db.Ping(); err != nil {
		t.Error(err)
	}
}

func TestDriverWaitsForALockThatAnotherReleases(t *testing.T) {
	db := open(t, newHost(sample(t)), nil)
	ctx := context.Background()
	first, err := db.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	var chunk int
	if err := first.QueryRow("SELECT chunk FROM d WHERE done=0 ORDER BY chunk LIMIT 1 FOR UPDATE").Scan(&chunk); err != nil || chunk != 1 {
		t.Fatal(chunk, err)
	}
	second := make(chan error)
	go func() {
		var next int
		err := db.QueryRow("SELECT chunk FROM d WHERE done=0 ORDER BY chunk LIMIT 1 FOR UPDATE").Scan(&next)
		if err == nil && next != 2 {
			err = fmt.Errorf("chunk %d", next)
		}
		second <- err
	}()
	if _, err := first.Exec("UPDATE d SET done=1 WHERE chunk=1"); err != nil {
		t.Fatal(err)
	}
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-second; err != nil {
		t.Error(err)
	}
}
