package mysqld

import (
	"math"
	"os"
	"testing"

	"pgregory.net/rapid"
)

func TestModelAnswersAsMySQLDoes(t *testing.T) {
	r := openReal(t, database)
	tables := sampleTables(database)
	for _, def := range tables {
		r.create(t, def)
	}
	p := newPair(t, r, tables, 1)
	defer p.close()
	p.shown = 1
	for _, sql := range statements {
		p.query(0, sql)
	}
	if u := p.model.Unsupported(); len(u) > 0 {
		t.Errorf("unsupported: %q", u)
	}
}

// TestModelAnswersAsMySQLDoesAtRandom compares random statements over three connections, with transactions and locks.
func TestModelAnswersAsMySQLDoesAtRandom(t *testing.T) {
	r := openReal(t, database)
	tables := sampleTables(database)
	r.create(t, tables[2])
	compared := 0
	rapid.Check(t, func(rt *rapid.T) {
		r.create(rt, tables[0])
		r.create(rt, tables[1])
		p := newPair(rt, r, tables, 3)
		defer p.close()
		p.shown = math.MaxInt
		rt.Repeat(map[string]func(*rapid.T){"statement": p.step})
		if u := p.model.Unsupported(); len(u) > 0 {
			rt.Errorf("unsupported: %q", u)
		}
		compared += p.compared
	})
	t.Logf("%d replies compared", compared)
	if os.Getenv("ONCEOVER_TEST_MYSQL") != "" && compared == 0 {
		t.Error("nothing was compared")
	}
}

var statements = []string{
	"SELECT 1", "SELECT -1", "SELECT 18446744073709551615", "SELECT 9223372036854775807", "SELECT  1 ;",
	"SELECT @@version", "SELECT @@max_allowed_packet", "SELECT @@autocommit", "SELECT @@session.autocommit",
	"SELECT @@innodb_lock_wait_timeout", "SELECT @@transaction_isolation", "SELECT @@time_zone", "SELECT CONNECTION_ID()",
	"SHOW COLUMNS FROM t", "SHOW COLUMNS FROM d", "SHOW COLUMNS FROM `onceover_model`.`w`", "SHOW COLUMNS FROM nope",
	"SELECT * FROM t", "SELECT * FROM w ORDER BY id", "SELECT * FROM w ORDER BY u", "SELECT u, g, f FROM w ORDER BY u DESC LIMIT 2",
	"SELECT CAST(f AS DOUBLE), CAST( `g` as double ) FROM w ORDER BY id",
	"SELECT COUNT(*), MIN(id), MAX(id) FROM w", "SELECT COUNT(*), MIN(u), MAX(u) FROM w", "SELECT MIN(id) FROM t", "SELECT MAX(done) FROM d",
	"SELECT COUNT(*) FROM w WHERE u BETWEEN 0 AND 100", "SELECT id FROM w WHERE u > 0 ORDER BY u",
	"SELECT ID, PayLoad FROM t WHERE iD = 1",
	"SELECT id FROM nope", "SELECT id FROM nope.t", "SELECT nope FROM t", "SELECT id FROM t WHERE nope = 1", "SELECT id FROM t ORDER BY nope",
	"UPDATE d SET nope = 1 WHERE chunk = 1", "INSERT INTO d (nope) VALUES (1)", "INSERT INTO d VALUES (1, 2, 3)", "INSERT INTO d VALUES (50, 1), (51)",
	"INSERT INTO d VALUES (60, 300)", "INSERT INTO d VALUES (3000000000, 1)", "INSERT INTO d VALUES (NULL, 1)", "INSERT INTO d (done) VALUES (1)",
	"INSERT INTO d VALUES (61, 1), (62, 1000)", "SELECT * FROM d",
	"INSERT INTO t VALUES (100, 'it''s \\n \\\\ \\x \\%'), (101, \"quo\"\"ted\"), (102, 5)", "SELECT * FROM t",
	"UPDATE d SET done = 300 WHERE chunk = 1", "UPDATE d SET done = 300 WHERE chunk = 77", "UPDATE d SET done = NULL WHERE chunk = 1",
	"SET time_zone = '+00:00'", "SET NAMES utf8mb4 COLLATE utf8mb4_bin", "SELECT payload FROM t WHERE id = 1", "SET NAMES utf8mb4",
	"USE nope", "USE onceover_model", "KILL 4000000000", "KILL QUERY 4000000000",
}
