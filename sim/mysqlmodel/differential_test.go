package mysqlmodel

import (
	"bytes"
	"database/sql"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
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

var statements = []string{
	"SELECT 1", "SELECT -1", "SELECT 18446744073709551615", "SELECT 9223372036854775807", "SELECT  1 ;",
	"SELECT @@version", "SELECT @@max_allowed_packet", "SELECT @@autocommit", "SELECT @@session.autocommit",
	"SELECT @@innodb_lock_wait_timeout", "SELECT @@transaction_isolation", "SELECT @@time_zone", "SELECT CONNECTION_ID()",
	"SELECT DATABASE()", "SELECT @@sql_select_limit", "SET sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', sql_select_limit = 18446744073709551615, sql_big_selects = 1",
	"SET max_sort_length = 8388608", "SET sql_mode = 'ALLOW_INVALID_DATES,ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'", "SELECT * FROM t LIMIT 0",
	"SHOW FULL COLUMNS FROM t", "SHOW FULL COLUMNS FROM w", "SHOW COLUMNS FROM t", "SHOW COLUMNS FROM d", "SHOW COLUMNS FROM `onceover_model`.`w`", "SHOW COLUMNS FROM nope",
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

func TestModelWritesNumbersAsMySQLDoes(t *testing.T) {
	r := openReal(t, database)
	def := Table{Database: database, Name: "n", Columns: []Column{
		{Name: "id", SQLType: "int", Key: "PRI"}, {Name: "g", SQLType: "double"}, {Name: "f", SQLType: "float"},
	}}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		g := math.Float64frombits(random.Uint64())
		f := math.Float32frombits(random.Uint32())
		if i%2 == 0 { // where the form of a number changes
			exponent := random.IntN(36) - 18
			g = (random.Float64() - 0.5) * math.Pow10(exponent)
			f = float32(math.Round(random.Float64()*1000) * math.Pow10(exponent))
		}
		if math.IsNaN(g) || math.IsInf(g, 0) || f != f || math.Abs(float64(f)) > 1e38 {
			g, f = 0, 0
		}
		def.Rows = append(def.Rows, []any{i, g, float64(f)})
	}
	r.create(t, def)
	p := newPair(t, r, []Table{def}, 1)
	defer p.close()
	p.shown = 1
	p.query(0, "SELECT g, f, CAST(f AS DOUBLE) FROM n ORDER BY id")
	p.do(0, append([]byte{comStmtPrepare}, "SELECT g, f, CAST(f AS DOUBLE) FROM n WHERE id >= ? ORDER BY id"...))
	p.do(0, []byte{comStmtExecute, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, typeLongLong, 0, 0, 0, 0, 0, 0, 0, 0, 0})
}

// TestDriverSeesNoDifference compares what database/sql makes of both servers.
func TestDriverSeesNoDifference(t *testing.T) {
	r := openReal(t, database)
	tables := sampleTables(database)
	s := New()
	s.version = r.version(t)
	for _, def := range tables {
		r.create(t, def)
		if err := s.CreateTable(def); err != nil {
			t.Fatal(err)
		}
	}
	connector, err := mysql.NewConnector(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	theirs := sql.OpenDB(connector)
	defer theirs.Close()
	ours := open(t, newHost(s), func(cfg *mysql.Config) { utf8mb4(cfg); cfg.DBName = database })
	for _, q := range append(slices.Clone(statements), "SELECT GET_LOCK('x', 0)", "SELECT RELEASE_LOCK('nobody')") {
		if q == "SELECT CONNECTION_ID()" || q == "SELECT @@innodb_lock_wait_timeout" || strings.HasPrefix(q, "USE") || strings.HasPrefix(q, "SET NAMES") {
			continue // differs between connections, or changes one of a pool
		}
		if got, want := outcome(ours, q), outcome(theirs, q); got != want {
			t.Errorf("%s\nmodel: %s\nreal:  %s", q, got, want)
		}
	}
	for q, args := range map[string][]any{
		"SELECT * FROM w WHERE id >= ? ORDER BY id":                 {uint64(1 << 63)},
		"SELECT * FROM t WHERE id BETWEEN ? AND ? ORDER BY id":      {-10, 2},
		"SELECT CAST(f AS DOUBLE), f FROM w WHERE id = ?":           {int64(1)},
		"SELECT COUNT(*), MIN(u), MAX(id) FROM w WHERE u > ?":       {-100},
		"SELECT chunk FROM d WHERE chunk = ? FOR UPDATE":            {1},
		"SELECT GET_LOCK(?, ?)":                                     {"y", 0},
		"UPDATE d SET done = ? WHERE chunk = ?":                     {nil, 5},
		"INSERT INTO t VALUES (?, ?)":                               {70, []byte("bytes")},
		"INSERT INTO d VALUES (?, ?)":                               {5, 5},
		"SELECT * FROM nope WHERE id = ?":                           {1},
		"SELECT payload FROM t WHERE id = ? AND id < ? LIMIT ?":     {1, 9, 1},
		"SELECT done FROM d WHERE chunk > ? ORDER BY chunk LIMIT 2": {0},
	} {
		if got, want := outcome(ours, q, args...), outcome(theirs, q, args...); got != want {
			t.Errorf("%s %v\nmodel: %s\nreal:  %s", q, args, got, want)
		}
	}
}

// outcome is all that a client learns from a statement.
func outcome(db *sql.DB, query string, args ...any) string {
	rows, err := db.Query(query, args...)
	if err != nil {
		return err.Error()
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	values, into := make([]any, len(types)), make([]any, len(types))
	for i, c := range types {
		length, hasLength := c.Length()
		precision, scale, isDecimal := c.DecimalSize()
		nullable, known := c.Nullable()
		fmt.Fprintln(&b, c.Name(), c.DatabaseTypeName(), c.ScanType(), length, hasLength, precision, scale, isDecimal, nullable, known)
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err.Error()
		}
		fmt.Fprintf(&b, "%#v\n", values)
	}
	if err := rows.Err(); err != nil {
		fmt.Fprintln(&b, err)
	}
	return b.String()
}

// recorder is a test whose failures are wanted.
type recorder struct {
	*testing.T
	failures []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func TestComparisonNoticesOneByte(t *testing.T) {
	r := &recorder{T: t}
	p := &pair{t: r, lines: []*line{{}}, log: []string{"0: SELECT 1"}, shown: 1}
	s, _ := logIn(t, sample(t), 1)
	reply := run(s, 1, "SELECT 1")
	p.compareBytes(0, reply, bytes.Clone(reply))
	if len(r.failures) != 0 {
		t.Errorf("equal replies: %q", r.failures)
	}
	other := bytes.Clone(reply)
	other[len(other)-4] ^= statusInTransaction
	p.compareBytes(0, reply, other)
	p.compareBytes(0, reply, nil)
	if len(r.failures) != 2 {
		t.Errorf("failures: %q", r.failures)
	}
}
