package loader

import (
	"database/sql"
	"fmt"
	"testing"

	"onceover/scenarios/servers/serverstest"
)

// What a chunk costs must not grow with the table. It does for keys that begin with an
// ENUM or a SET, of which MySQL looks up no ranges.
func TestChunksAreReadByTheIndex(t *testing.T) {
	db, err := OpenMySQL(serverstest.MySQLConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, columns := range []string{
		"a INT, b INT", "a INT, b INT, c INT", "a VARCHAR(20), b DATE", "a CHAR(9) COLLATE latin1_swedish_ci, b INT", "a BINARY(16), b INT",
		"a DECIMAL(9,2), b BIT(9)", "a FLOAT, b YEAR", "a TIMESTAMP(3) DEFAULT 0, b SET('u','v')",
	} {
		t.Run(columns, func(t *testing.T) {
			names := "a, b"
			if columns == "a INT, b INT, c INT" {
				names += ", c"
			}
			for _, statement := range []string{
				"DROP TABLE IF EXISTS t",
				fmt.Sprintf("CREATE TABLE t (%s, filler CHAR(200) NOT NULL DEFAULT '', PRIMARY KEY (%s))", columns, names),
				fmt.Sprintf("INSERT IGNORE INTO t (%s) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT %s FROM n",
					names, map[string]string{"a, b": spread(columns), "a, b, c": "i DIV 30, i DIV 5, i"}[names]),
				"ANALYZE TABLE t",
			} {
				if _, err := db.ExecContext(t.Context(), statement); err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
			explain(t, db)
		})
	}
}

// spread gives rows of which many share the first column, and all differ in both.
func spread(columns string) string {
	switch columns[2:4] {
	case "DA", "TI":
		return "FROM_UNIXTIME(1000000 + i DIV 8), i % 8"
	case "VA":
		return "CONCAT('k', i DIV 30), DATE '2024-01-01' + INTERVAL i DAY"
	case "FL":
		return "0.1 * (i DIV 50), 1901 + i % 50"
	case "DE":
		return "0.01 * (i DIV 50), i % 50"
	}
	return "i DIV 30, i"
}

func explain(t *testing.T, db *sql.DB) {
	src, err := openSource(t.Context(), db, Job{Table: "t"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := makePlan(t.Context(), src, Job{Table: "t", ChunkSize: 50}, "s", 0)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Layout != Indexed || plan.Chunks() < 5 {
		t.Fatalf("%d chunks by %s", plan.Chunks(), plan.Layout)
	}
	for i := range plan.Chunks() {
		from, order, err := src.rowsWithin(plan.Bounds(i))
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.QueryContext(t.Context(), "EXPLAIN FORMAT=TRADITIONAL SELECT * "+from+order)
		if err != nil {
			t.Fatal(err)
		}
		fields := map[string]string{}
		columns, _ := rows.Columns()
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
		}
		rows.Close()
		for i, c := range columns {
			fields[c] = values[i].String
		}
		if fields["type"] != "range" || fields["key"] != "PRIMARY" {
			t.Errorf("chunk %d: %s%s is read by %s of %s, %s rows", i, from, order, fields["type"], fields["key"], fields["rows"])
		}
	}
}
