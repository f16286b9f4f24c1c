package loader_test

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onceover/loader"
)

//go:embed testdata/keys.tsv
var publicKeys string

var (
	indexOf = regexp.MustCompile(`(PRIMARY|UNIQUE):([^|]+)`)
	partOf  = regexp.MustCompile(`([a-z]+(?:\([^)]*\))?(?: unsigned)?)(?: ((?:utf8|latin1)\w*))?( null)?(?:, |$)`)
)

// The keys of public applications: each shape becomes a table whose rows stress it.
func TestTablesOfPublicApplicationsAreLoaded(t *testing.T) {
	f := newFixture(t)
	tables := map[string]int{}
	for line := range strings.Lines(publicKeys) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); line[0] != '#' {
			tables[fields[3]]++
		}
	}
	outcomes := map[string]int{}
	for shape, n := range tables {
		f.redis.FlushAll(t.Context())
		made := f.keyed(shape)
		cfg := f.config(0, defaultStrategy)
		cfg.Job.ChunkSize = 3
		_, err := loader.Load(t.Context(), cfg)
		var problem *loader.Error
		switch {
		case errors.As(err, &problem):
			if shape != "-" || problem.Problem != loader.NoKey {
				t.Errorf("%s: %v", shape, err)
			}
			outcomes["refused: "+strings.ReplaceAll(problem.What, fmt.Sprint(made), "N")] += n
			cfg.Job.ChunkSize = made
			f.together(cfg)
			f.wantNumbers(shape+", in one chunk", made)
			continue
		case err != nil:
			t.Fatalf("%s: %v", shape, err)
		}
		f.wantNumbers(shape, made)
		outcomes["exact"] += n
	}
	t.Logf("%v", outcomes)
	if outcomes["exact"] != 300 || len(outcomes) != 2 {
		t.Errorf("of 306 tables, %v", outcomes)
	}
}

// Any unique index over columns without NULL, of any types.
func TestTablesOfAnyKeyAreLoaded(t *testing.T) {
	f := newFixture(t)
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom(keyTypes), 1, 3).Draw(t, "parts")
		kind := rapid.SampledFrom([]string{"PRIMARY", "UNIQUE"}).Draw(t, "index")
		f.redis.FlushAll(t.Context())
		shape := kind + ":" + strings.Join(parts, ", ")
		made := f.keyed(shape)
		cfg := f.config(0, defaultStrategy)
		cfg.Job.ChunkSize = rapid.IntRange(1, 7).Draw(t, "chunk size")
		other := f.config(1, defaultStrategy)
		other.Job = cfg.Job
		f.together(cfg, other)
		if wrong := f.wrongNumbers(made); wrong != "" {
			t.Fatalf("%s: %s", shape, wrong)
		}
	})
}

func TestAKeyIsNamedByAnIndexOrByItsColumns(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (number INT PRIMARY KEY, a INT NOT NULL, b VARCHAR(9) NOT NULL, c INT, UNIQUE expr ((c + 1), b, a), UNIQUE ab (a, b), UNIQUE c (c))",
		"INSERT INTO t VALUES (1, 5, 'x', 1), (2, 5, 'y', NULL), (3, 4, 'z', NULL), (4, 6, '', 2)")
	for _, key := range [][]string{nil, {"PRIMARY"}, {"number"}, {"ab"}, {"AB"}, {"a", "b"}, {"B", "a"}} {
		f.redis.FlushAll(t.Context())
		cfg := f.config(0, defaultStrategy)
		cfg.Job.Key, cfg.Job.ChunkSize = key, 2
		f.together(cfg)
		f.wantNumbers(fmt.Sprint(key), 4)
	}
}

// An index of the beginnings of texts serves where equal texts begin alike, and not where
// they need not: by such an index MySQL finds neither ß below ss nor ss from ß on.
func TestAnIndexOfBeginningsServesWhereEqualTextsBeginAlike(t *testing.T) {
	f := newFixture(t)
	for collation, serves := range map[string]bool{"utf8mb4_bin": true, "latin1_bin": true, "utf8mb4_0900_ai_ci": false, "utf8mb4_unicode_ci": false} {
		f.redis.FlushAll(t.Context())
		f.exec("DROP TABLE IF EXISTS t", "CREATE TABLE t (k VARCHAR(50) COLLATE "+collation+" NOT NULL, number INT, UNIQUE k (k(1)))",
			"INSERT INTO t VALUES ('a', 1), ('ss', 2), ('ß', 3), ('z', 4), ('b b', 5)")
		cfg := f.config(0, defaultStrategy)
		cfg.Job.ChunkSize, cfg.ChunkBytes = 2, 1
		_, err := loader.Load(t.Context(), cfg)
		if !serves {
			wantProblem(t, err, loader.NoKey)
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", collation, err)
		}
		f.wantNumbers(collation, 5)
	}
}

// A view has no index to tell whether a key comes twice: its rows stay together.
func TestAViewIsLoadedByTheColumnsThatAreNamed(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	f.exec("CREATE VIEW v AS SELECT id AS number, id DIV 4 AS four, CONCAT('k', id DIV 7) COLLATE utf8mb4_0900_ai_ci AS seven FROM t")
	for _, key := range [][]string{nil, {"number"}, {"four"}, {"seven"}, {"seven", "four"}} {
		f.redis.FlushAll(t.Context())
		cfg := f.config(0, defaultStrategy)
		cfg.Job.Table, cfg.Job.Key, cfg.Job.ChunkSize = "v", key, 3
		if key == nil {
			_, err := loader.Load(t.Context(), cfg)
			wantProblem(t, err, loader.NoKey)
			continue
		}
		f.together(cfg)
		f.wantNumbers(fmt.Sprint(key), 30)
	}
}

// Equal texts need not be written alike, and then come in any order.
func TestAKeyOfAViewMayComeTwiceInOtherLetters(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (number INT, k VARCHAR(9) COLLATE utf8mb4_0900_ai_ci)",
		"INSERT INTO t VALUES (1, 'a'), (2, 'A'), (3, 'A'), (4, 'a'), (5, 'ä'), (6, 'a'), (7, 'b')",
		"CREATE VIEW v AS SELECT * FROM t")
	for size := range 3 {
		f.redis.FlushAll(t.Context())
		cfg := f.config(0, defaultStrategy)
		cfg.Job.Table, cfg.Job.Key, cfg.Job.ChunkSize = "v", []string{"k"}, size+1
		f.together(cfg)
		f.wantNumbers(fmt.Sprintf("chunks of %d", size+1), 7)
	}
}

// A server that allows them has dates as keys that are in no calendar.
func TestAKeyMayBeADateThatIsInNoCalendar(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (k DATE PRIMARY KEY, number INT)",
		"INSERT /*+ SET_VAR(sql_mode = 'ALLOW_INVALID_DATES') */ INTO t VALUES ('2021-02-30', 1), ('2021-02-31', 2), ('2021-04-31', 3), ('2021-05-01', 4)")
	cfg := f.config(0, defaultStrategy)
	cfg.Job.ChunkSize = 1
	f.together(cfg)
	f.wantNumbers("dates", 4)
}

// In tis620_thai_ci MySQL does not compare as it sorts: of a table that is cut by such a
// text, some rows are in no chunk, and others in two.
func TestATextThatMySQLSortsInAnotherOrderIsNoKey(t *testing.T) {
	f := newFixture(t)
	const column = "k VARCHAR(9) CHARACTER SET tis620 COLLATE tis620_thai_ci NOT NULL, "
	f.exec("CREATE TABLE t ("+column+"m INT NOT NULL, number INT NOT NULL, PRIMARY KEY (k, m))",
		"INSERT INTO t VALUES (_tis620 X'E0A1', 1, 1), ('a', 1, 2)",
		"CREATE VIEW v AS SELECT * FROM t")
	for _, table := range []string{"t", "v"} {
		cfg := f.config(0, defaultStrategy)
		cfg.Job.Table, cfg.Job.Key, cfg.Job.ChunkSize = table, []string{"k", "m"}, 1
		_, err := loader.Load(t.Context(), cfg)
		if problem := wantProblem(t, err, loader.NoKey); !strings.Contains(problem.Error(), "tis620_thai_ci") {
			t.Errorf("%v: does not name the collation", problem)
		}
	}
	f.exec("ALTER TABLE t ADD UNIQUE (number)")
	cfg := f.config(0, defaultStrategy)
	cfg.Job.ChunkSize = 1
	f.together(cfg)
	f.wantNumbers("another index", 2)
}

// keyed makes the table t with the unique indexes of a shape, and returns how many rows
// it has. They are numbered from 1.
func (f *fixture) keyed(shape string) int {
	f.t.Helper()
	var definitions, names, types []string
	for _, index := range indexOf.FindAllStringSubmatch(shape, -1) {
		var columns []string
		for _, part := range partOf.FindAllStringSubmatch(strings.TrimSpace(index[2]), -1) {
			name := fmt.Sprintf("k%d", len(names))
			names, types, columns = append(names, name), append(types, part[1]), append(columns, name)
			definition := name + " " + part[1]
			if part[2] != "" {
				definition += " COLLATE " + part[2]
			}
			if part[3] == "" {
				definition += " NOT NULL"
			}
			definitions = append(definitions, definition)
		}
		definitions = append(definitions, strings.Replace(index[1], "PRIMARY", "PRIMARY KEY", 1)+" ("+strings.Join(columns, ", ")+")")
	}
	f.exec("DROP TABLE IF EXISTS t", "CREATE TABLE t ("+strings.Join(append([]string{"number INT"}, definitions...), ", ")+")")
	random := rand.New(rand.NewPCG(1, 2))
	var rows []string
	for range 40 {
		row := []string{"0"}
		for _, is := range types {
			values := stressing(is)
			row = append(row, values[random.IntN(len(values))])
		}
		rows = append(rows, "("+strings.Join(row, ", ")+")")
	}
	conn, err := f.db.Conn(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	defer conn.Close()
	for _, statement := range []string{
		"SET SESSION sql_mode = ''", "INSERT IGNORE INTO t VALUES " + strings.Join(rows, ", "),
		"SET @n = 0", "UPDATE t SET number = (@n := @n + 1)", "SET SESSION sql_mode = DEFAULT",
	} {
		if _, err := conn.ExecContext(f.t.Context(), statement); err != nil {
			f.t.Fatalf("%s: %v", statement, err)
		}
	}
	var made int
	if err := conn.QueryRowContext(f.t.Context(), "SELECT COUNT(*) FROM t").Scan(&made); err != nil {
		f.t.Fatal(err)
	}
	return made
}

// keyTypes are columns that a unique index can have, and then some.
var keyTypes = []string{
	"tinyint", "smallint unsigned", "mediumint", "int unsigned", "bigint", "bigint unsigned",
	"decimal(20,4)", "float", "double", "year", "date", "datetime", "datetime(6)", "timestamp(3)", "time", "time(6)",
	"enum('b','a','','c')", "set('x','y','z')", "bit(9)",
	"binary(16)", "varbinary(20)", "char(10) utf8mb4_0900_ai_ci", "varchar(20) utf8mb4_0900_ai_ci", "varchar(20) utf8mb4_bin",
	"varchar(20) utf8mb3_general_ci", "varchar(20) utf8mb4_unicode_ci", "char(10) latin1_swedish_ci",
}

// stressing are values of a type, as SQL, that a key may get wrong: borders of the type, what
// compares in another way than it is written, and what SQL has to quote.
func stressing(sqlType string) []string {
	base, _, _ := strings.Cut(strings.Fields(sqlType)[0], "(")
	switch base {
	case "tinyint", "smallint", "mediumint", "int", "bigint":
		return []string{"0", "1", "2", "3", "9", "10", "11", "100", "-1", "-128", "9223372036854775807", "18446744073709551615", "-9223372036854775808", "77"}
	case "decimal":
		return []string{"0", "-0.0001", "0.1", "9.9", "10", "-10", "9999999999999999.9999", "-9999999999999999.9999"}
	case "float", "double":
		return []string{"0", "0.1", "-0.1", "1e10", "16777217", "3.4e38", "-3.4e38", "1e-38", "0.30000000000000004", "100"}
	case "year":
		return []string{"0", "1901", "1999", "2000", "2155"}
	case "date", "datetime", "timestamp":
		return []string{"'0000-00-00'", "'2024-00-00'", "'1970-01-02 00:00:01'", "'2024-02-29 23:59:59.999999'", "'2024-02-29 23:59:59.000001'", "'2038-01-01'", "'9999-12-31'", "'1000-01-01'",
			"'2024-10-27 00:30:00'", "'2024-10-27 01:30:00'"}
	case "time":
		return []string{"'-838:59:59'", "'838:59:59'", "'00:00:00'", "'-00:00:01'", "'09:00:00.5'", "'10:00:00'", "'100:00:00'"}
	case "enum":
		return []string{"1", "2", "3", "4", "0"}
	case "set":
		return []string{"0", "1", "2", "3", "4", "5", "6", "7"}
	case "bit":
		return []string{"0", "1", "2", "255", "256", "511", "44"}
	}
	return []string{"''", "'a'", "'A'", "'a '", "'ä'", "'b'", "'B '", "'ß'", "'ss'", "'z'", `'it''s'`, `'a\\b'`, `'50%'`, "'a,b'", "'x61'",
		"X'00'", "X'0001'", "X'61000A'", "'日本'", "'😀'", "'10'", "'9'", "'-1'", "'_'"}
}

func (f *fixture) wantNumbers(of string, n int) {
	f.t.Helper()
	if wrong := f.wrongNumbers(n); wrong != "" {
		f.t.Errorf("%s: %s", of, wrong)
	}
}

// wrongNumbers says in what the list differs from the rows 1 to n, each once.
func (f *fixture) wrongNumbers(n int) string {
	f.t.Helper()
	elements, err := f.redis.LRange(f.t.Context(), "list", 0, -1).Result()
	if err != nil {
		f.t.Fatal(err)
	}
	var got, want []int
	for _, e := range elements {
		var row struct{ Number int }
		if err := json.Unmarshal([]byte(e), &row); err != nil {
			f.t.Fatalf("element %s: %v", e, err)
		}
		got = append(got, row.Number)
	}
	for i := range n {
		want = append(want, i+1)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Sprintf("rows %v, want 1 to %d", got, n)
	}
	return ""
}
