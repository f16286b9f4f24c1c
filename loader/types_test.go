package loader_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"onceover/loader/lock"
)

// Each proof is an SQL expression of a column, %[1]s, and of what the element
// says of it, %[2]s: in hexadecimal the decoded text or bytes. MySQL itself
// then tells whether the one can be had back from the other.
const (
	numberProof   = "%[1]s + 0 = CAST(X'%[2]s' AS CHAR) + 0 AND CAST(%[1]s + 0 AS CHAR) = CAST(X'%[2]s' AS CHAR)"
	floatProof    = "%[1]s = CAST(CAST(X'%[2]s' AS CHAR) AS FLOAT)"
	doubleProof   = "%[1]s = CAST(CAST(X'%[2]s' AS CHAR) AS DOUBLE)"
	charProof     = "CAST(%[1]s AS CHAR) = BINARY CAST(X'%[2]s' AS CHAR)"
	bytesProof    = "HEX(%[1]s) = HEX(FROM_BASE64(CAST(X'%[2]s' AS CHAR)))"
	timeUTCProof  = "%[1]s = CAST(CONCAT(CAST(X'%[2]s' AS CHAR), '+00:00') AS DATETIME(6))"
	utf8mb4Proof  = "HEX(CONVERT(%[1]s USING utf8mb4)) = HEX(X'%[2]s')"
	latin1Proof   = "HEX(%[1]s) = HEX(CONVERT(_utf8mb4 X'%[2]s' USING latin1))"
	utf16leProof  = "HEX(%[1]s) = HEX(CONVERT(_utf8mb4 X'%[2]s' USING utf16le))"
	gb18030Proof  = "HEX(%[1]s) = HEX(CONVERT(_utf8mb4 X'%[2]s' USING gb18030))"
	documentProof = "HEX(CAST(%[1]s AS CHAR)) = HEX(X'%[2]s') AND %[1]s = CAST(CONVERT(X'%[2]s' USING utf8mb4) AS JSON)"
)

// value is one value of one type, and the JSON that it becomes.
type value struct{ sqlType, sql, json, proof string }

func values() []value {
	return slices.Concat(numbers(), texts(), times(), documents(), binaries())
}

func numbers() []value {
	return []value{
		{"TINYINT", "-128", `-128`, numberProof},
		{"TINYINT UNSIGNED", "255", `255`, numberProof},
		{"BOOLEAN", "TRUE", `1`, numberProof},
		{"SMALLINT", "-32768", `-32768`, numberProof},
		{"SMALLINT UNSIGNED", "65535", `65535`, numberProof},
		{"MEDIUMINT", "-8388608", `-8388608`, numberProof},
		{"MEDIUMINT UNSIGNED", "16777215", `16777215`, numberProof},
		{"INT", "-2147483648", `-2147483648`, numberProof},
		{"INT UNSIGNED", "4294967295", `4294967295`, numberProof},
		{"INT ZEROFILL", "42", `42`, numberProof},
		{"INT ZEROFILL", "0", `0`, numberProof},
		{"BIGINT", "-9223372036854775808", `-9223372036854775808`, numberProof},
		{"BIGINT", "9223372036854775807", `9223372036854775807`, numberProof},
		{"BIGINT UNSIGNED", "18446744073709551615", `18446744073709551615`, numberProof},
		{"BIGINT(20) ZEROFILL", "9007199254740993", `9007199254740993`, numberProof},
		{"YEAR", "0000", `0`, numberProof},
		{"YEAR", "1901", `1901`, numberProof},
		{"YEAR", "2155", `2155`, numberProof},
		{"BIT(1)", "b'1'", `1`, numberProof},
		{"BIT(1)", "b'0'", `0`, numberProof},
		{"BIT(12)", "b'101000000001'", `2561`, numberProof},
		{"BIT(64)", "X'FFFFFFFFFFFFFFFF'", `18446744073709551615`, numberProof},
		{"BIT(64)", "X'8000000000000001'", `9223372036854775809`, numberProof},

		{"FLOAT", "16777217", `1.6777216e+07`, floatProof},
		{"FLOAT", "8388609.5", `8.38861e+06`, floatProof},
		{"FLOAT", "0.100000024", `0.100000024`, floatProof}, // needs nine digits
		{"FLOAT", "3.40282346e38", `3.4028235e+38`, "CAST(%[1]s AS DOUBLE) = 3.4028234663852886e38 AND X'%[2]s' <> ''"},
		{"FLOAT", "-1.17549435e-38", `-1.1754944e-38`, floatProof},
		{"FLOAT UNSIGNED ZEROFILL", "1.5", `1.5`, floatProof},
		{"FLOAT(7,4)", "-999.00009", `-999.0001`, floatProof},
		{"DOUBLE", "0.1", `0.1`, doubleProof},
		{"DOUBLE", "5e-324", `5e-324`, doubleProof}, // the least subnormal
		{"DOUBLE", "2.2250738585072011e-308", `2.225073858507201e-308`, doubleProof},
		{"DOUBLE", "-1.7976931348623157e308", `-1.7976931348623157e+308`, doubleProof},
		{"DOUBLE", "9007199254740993", `9.007199254740992e+15`, doubleProof},
		{"DOUBLE", "0.30000000000000004", `0.30000000000000004`, doubleProof},
		{"DOUBLE ZEROFILL", "2.5", `2.5`, doubleProof},
		{"DOUBLE(20,3)", "12345678901234.5678", `1.2345678901234568e+13`, doubleProof},
		{"DOUBLE(40,10)", "-0.570003412", `-0.5700034119999999`, doubleProof}, // how MySQL rounds it to ten decimals
		{"REAL", "-0e0", `-0`, doubleProof},

		{"DECIMAL(65,30)", "-99999999999999999999999999999999999.999999999999999999999999999999",
			`"-99999999999999999999999999999999999.999999999999999999999999999999"`, charProof},
		{"DECIMAL(65,30)", "1", `"1.000000000000000000000000000000"`, charProof},
		{"DECIMAL(65)", "99999999999999999999999999999999999999999999999999999999999999999",
			`"99999999999999999999999999999999999999999999999999999999999999999"`, charProof},
		{"DECIMAL(5,2) UNSIGNED ZEROFILL", "1.5", `"001.50"`, charProof},
		{"NUMERIC(3,3)", "-0.001", `"-0.001"`, charProof},
	}
}

func texts() []value {
	quotes := "'it''s \"quoted\" \\\\ back'"
	quoted := `"it's \"quoted\" \\ back"`
	return []value{
		{"CHAR(3)", "'a  '", `"a"`, utf8mb4Proof}, // MySQL itself drops the blanks of a CHAR
		{"CHAR(0)", "''", `""`, utf8mb4Proof},
		{"VARCHAR(9)", "' a  '", `" a  "`, utf8mb4Proof},
		{"VARCHAR(40)", quotes, quoted, utf8mb4Proof},
		{"VARCHAR(40)", "'👩‍👩‍👧 𝄞 é é'", `"👩‍👩‍👧 𝄞 é é"`, utf8mb4Proof},
		{"VARCHAR(40)", "'\\0\\t\\n\\r\\Z\x7f'", `"\u0000\t\n\r\u001a` + "\x7f" + `"`, utf8mb4Proof},
		{"VARCHAR(40)", "'x\u2028y\u2029z'", "\"x\u2028y\u2029z\"", utf8mb4Proof},
		{"VARCHAR(40)", "'x\u2028y\\nz'", `"x\u2028y\nz"`, utf8mb4Proof},
		{"VARCHAR(40)", "'null'", `"null"`, utf8mb4Proof},
		{"VARCHAR(40)", "'\ufeff\ufffd\uffff'", "\"\ufeff\ufffd\uffff\"", utf8mb4Proof},
		{"VARCHAR(40) CHARACTER SET utf8mb3", "'ẞ€'", `"ẞ€"`, utf8mb4Proof},
		{"VARCHAR(40) CHARACTER SET latin1", "_latin1 X'80A0E9FF81'", "\"€\u00a0éÿ\u0081\"", latin1Proof},
		{"VARCHAR(40) CHARACTER SET utf16le", "'𝄞é'", `"𝄞é"`, utf16leProof},
		{"VARCHAR(40) CHARACTER SET gb18030", "'漢字€'", `"漢字€"`, gb18030Proof},
		{"TINYTEXT", quotes, quoted, utf8mb4Proof},
		{"TEXT", quotes, quoted, utf8mb4Proof},
		{"MEDIUMTEXT", quotes, quoted, utf8mb4Proof},
		{"LONGTEXT", "REPEAT('🚀', 100000)", `"` + strings.Repeat("🚀", 100000) + `"`, utf8mb4Proof},
		{"ENUM('', 'b,\"c', 'é')", "'b,\"c'", `"b,\"c"`, utf8mb4Proof},
		{"ENUM('x', 'é') CHARACTER SET latin1", "'é'", `"é"`, latin1Proof},
		{"SET('a', 'b', 'ç')", "'ç,a'", `"a,ç"`, utf8mb4Proof},
		{"SET('a', 'b')", "''", `""`, utf8mb4Proof},
	}
}

func times() []value {
	return []value{
		{"DATE", "'9999-12-31'", `"9999-12-31"`, charProof},
		{"DATE", "'0000-00-00'", `"0000-00-00"`, charProof},
		{"DATE", "'2024-00-00'", `"2024-00-00"`, charProof},
		{"DATETIME", "'1000-01-01 00:00:00'", `"1000-01-01 00:00:00"`, charProof},
		{"DATETIME(6)", "'9999-12-31 23:59:59.999999'", `"9999-12-31 23:59:59.999999"`, charProof},
		{"DATETIME(3)", "'2024-02-29 12:00:00.1'", `"2024-02-29 12:00:00.100"`, charProof},
		{"DATETIME", "'0000-00-00 00:00:00'", `"0000-00-00 00:00:00"`, charProof},
		{"TIMESTAMP NULL", "'2024-03-31 01:30:00+05:30'", `"2024-03-30 20:00:00"`, timeUTCProof},
		{"TIMESTAMP(6) NULL", "'1970-01-01 00:00:01.000001+00:00'", `"1970-01-01 00:00:01.000001"`, timeUTCProof},
		{"TIMESTAMP(6) NULL", "'2038-01-19 03:14:07.999999+00:00'", `"2038-01-19 03:14:07.999999"`, timeUTCProof},
		{"TIMESTAMP NULL", "'0000-00-00 00:00:00'", `"0000-00-00 00:00:00"`, charProof},
		{"TIME", "'-838:59:59'", `"-838:59:59"`, charProof},
		{"TIME(6)", "'838:59:58.999999'", `"838:59:58.999999"`, charProof},
		{"TIME", "'-00:00:01'", `"-00:00:01"`, charProof},
	}
}

func documents() []value {
	return []value{
		{"JSON", "'null'", `"null"`, documentProof}, // not SQL NULL
		{"JSON", "'18446744073709551615'", `"18446744073709551615"`, documentProof},
		{"JSON", "'-1.7976931348623157e308'", `"-1.7976931348623157e308"`, documentProof},
		{"JSON", "CAST(123456789012345678.123456789 AS JSON)", `"123456789012345678.123456789"`, charProof},
		{"JSON", `'{"b": [1, "q\\"", null], "a": "é🚀\\u0000"}'`, `"{\"a\": \"é🚀\\u0000\", \"b\": [1, \"q\\\"\", null]}"`, documentProof},
		{"JSON", `'"plain"'`, `"\"plain\""`, documentProof},
	}
}

func binaries() []value {
	return []value{
		{"BINARY(4)", "'a'", `"YQAAAA=="`, bytesProof}, // MySQL pads with zero bytes
		{"VARBINARY(9)", "X'00FF0A220000'", `"AP8KIgAA"`, bytesProof},
		{"VARBINARY(9)", "''", `""`, bytesProof},
		{"CHAR(4) CHARACTER SET binary", "'a'", `"YQAAAA=="`, bytesProof},
		{"TINYBLOB", "X'00'", `"AA=="`, bytesProof},
		{"BLOB", "X'C328005C27'", `"wygAXCc="`, bytesProof},
		{"MEDIUMBLOB", "X'FEFF'", `"/v8="`, bytesProof},
		{"LONGBLOB", "REPEAT(X'00', 300000)", `"` + strings.Repeat("A", 400000) + `"`, bytesProof},
		{"VECTOR(3)", "TO_VECTOR('[1,-2,3.5]')", `"AACAPwAAAMAAAGBA"`, bytesProof},
		{"GEOMETRY", "ST_GeomFromText('POINT(1 -2)')", `"AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAwA=="`, bytesProof},
		{"POINT SRID 4326", "ST_GeomFromText('POINT(1 2)', 4326)", `"5hAAAAEBAAAAAAAAAAAAAEAAAAAAAADwPw=="`, bytesProof},
		{"LINESTRING", "ST_GeomFromText('LINESTRING(0 0, 1 1)')", "", bytesProof},
		{"POLYGON", "ST_GeomFromText('POLYGON((0 0, 1 0, 1 1, 0 0))')", "", bytesProof},
		{"MULTIPOINT", "ST_GeomFromText('MULTIPOINT(0 0, 1 1)')", "", bytesProof},
		{"MULTILINESTRING", "ST_GeomFromText('MULTILINESTRING((0 0, 1 1), (2 2, 3 3))')", "", bytesProof},
		{"MULTIPOLYGON", "ST_GeomFromText('MULTIPOLYGON(((0 0, 1 0, 1 1, 0 0)))')", "", bytesProof},
		{"GEOMETRYCOLLECTION", "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(0 0))')", "", bytesProof},
	}
}

// lenient lets MySQL take zero dates and zero parts of dates.
const lenient = "SET SESSION sql_mode = '', time_zone = '+05:30'"

func TestEveryColumnTypeComesBackExactly(t *testing.T) {
	f := newFixture(t)
	f.zone("+05:30")
	f.db.SetMaxOpenConns(1) // one session, with its sql_mode
	all := values()
	columns, literals := make([]string, len(all)), make([]string, len(all))
	for i, v := range all {
		columns[i], literals[i] = fmt.Sprintf("c%03d %s", i, v.sqlType), v.sql
	}
	f.exec(lenient,
		"CREATE TABLE t (id INT PRIMARY KEY, "+strings.Join(columns, ", ")+") CHARACTER SET utf8mb4",
		"INSERT INTO t VALUES (1, "+strings.Join(literals, ", ")+")",
		"INSERT INTO t (id) VALUES (2)")
	f.together(f.config(0, lock.Default()))

	elements := f.elements()
	if len(elements) != 2 {
		t.Fatalf("%d elements, want 2", len(elements))
	}
	row, nulls := fields(t, elements[0]), fields(t, elements[1])
	if len(row) != len(all)+1 || len(nulls) != len(all)+1 {
		t.Fatalf("%d and %d fields, want %d", len(row), len(nulls), len(all)+1)
	}
	for i, v := range all {
		name := fmt.Sprintf("c%03d", i)
		got := row[i+1]
		if got.name != name || nulls[i+1].name != name {
			t.Errorf("field %d is named %s and %s, want %s", i+1, got.name, nulls[i+1].name, name)
		}
		if v.json != "" && got.json != v.json {
			t.Errorf("%s %.60s became %.200s, want %.200s", v.sqlType, v.sql, got.json, v.json)
		}
		if nulls[i+1].json != "null" {
			t.Errorf("NULL of %s became %s", v.sqlType, nulls[i+1].json)
		}
		f.prove(name, v, got.json)
	}
}

// prove asks MySQL whether the value is the one that the element tells.
func (f *fixture) prove(name string, v value, element string) {
	f.t.Helper()
	told := element
	if element[0] == '"' {
		if err := json.Unmarshal([]byte(element), &told); err != nil {
			f.t.Fatal(err)
		}
	}
	var same bool
	query := fmt.Sprintf("SELECT "+v.proof+" FROM t WHERE id = 1", name, hex.EncodeToString([]byte(told)))
	if err := f.db.QueryRowContext(f.t.Context(), query).Scan(&same); err != nil {
		f.t.Errorf("%s %.60s: %v", v.sqlType, v.sql, err)
	} else if !same {
		f.t.Errorf("%s %.60s: MySQL says that its value is not %.200s", v.sqlType, v.sql, element)
	}
}

// A proof that proves anything would let a wrong encoding pass.
func TestProofsRefuseAnotherValue(t *testing.T) {
	f := newFixture(t)
	f.db.SetMaxOpenConns(1)
	for _, v := range []struct{ sqlType, sql, json, other, proof string }{
		{"BIGINT UNSIGNED", "18446744073709551615", `18446744073709551615`, `18446744073709551614`, numberProof},
		{"FLOAT", "0.100000024", `0.100000024`, `0.10000002`, floatProof},
		{"DOUBLE", "0.1", `0.1`, `0.10000000000000002`, doubleProof},
		{"DECIMAL(9,2)", "1", `"1.00"`, `"1.0"`, charProof},
		{"VARCHAR(9)", "'a'", `"a"`, `"A"`, utf8mb4Proof},
		{"VARCHAR(9) CHARACTER SET latin1", "'é'", `"é"`, `"e"`, latin1Proof},
		{"TIMESTAMP NULL", "'2024-03-31 01:30:00+05:30'", `"2024-03-30 20:00:00"`, `"2024-03-31 01:30:00"`, timeUTCProof},
		{"JSON", "'null'", `"null"`, `"\"null\""`, documentProof},
		{"BINARY(2)", "'a'", `"YQA="`, `"YQ=="`, bytesProof},
	} {
		f.exec(lenient, "DROP TABLE IF EXISTS t", "CREATE TABLE t (id INT PRIMARY KEY, c "+v.sqlType+")", "INSERT INTO t VALUES (1, "+v.sql+")")
		f.prove("c", value{v.sqlType, v.sql, v.json, v.proof}, v.json)
		strict := *f
		strict.t = &refusal{TB: t}
		strict.prove("c", value{v.sqlType, v.sql, v.json, v.proof}, v.other)
		if !strict.t.(*refusal).refused {
			t.Errorf("%s %s is taken for %s", v.sqlType, v.sql, v.other)
		}
	}
}

// refusal notes an error instead of failing the test.
type refusal struct {
	testing.TB
	refused bool
}

func (r *refusal) Errorf(string, ...any) { r.refused = true }

func TestColumnsStandInTableOrder(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (b INT, `say \"hi\"` INT, hidden INT INVISIBLE DEFAULT 9, twice INT AS (b * 2) STORED, "+
		"thrice INT AS (b * 3) VIRTUAL, `é``x` INT DEFAULT 5, id INT PRIMARY KEY)",
		"INSERT INTO t (b, `say \"hi\"`, id) VALUES (2, 3, 1)")
	for _, tc := range []struct {
		columns []string
		want    string
	}{
		{nil, `{"b":2,"say \"hi\"":3,"twice":4,"thrice":6,"é` + "`" + `x":5,"id":1}`},
		{[]string{"id", "hidden", "B"}, `{"b":2,"hidden":9,"id":1}`},
	} {
		f.redis.FlushAll(t.Context())
		cfg := f.config(0, lock.Default())
		cfg.Job.Columns = tc.columns
		f.together(cfg)
		if got := f.elements(); len(got) != 1 || got[0] != tc.want {
			t.Errorf("columns %v: elements %q, want %q", tc.columns, got, tc.want)
		}
	}
}

// The primary key that MySQL adds by itself is invisible.
func TestGeneratedPrimaryKey(t *testing.T) {
	f := newFixture(t)
	f.db.SetMaxOpenConns(1)
	f.exec("SET SESSION sql_generate_invisible_primary_key = ON", "CREATE TABLE t (b INT)", "INSERT INTO t VALUES (5), (5)")
	f.together(f.config(0, lock.Default()))
	if got := f.elements(); !slices.Equal(got, []string{`{"b":5}`, `{"b":5}`}) {
		t.Errorf("elements %q", got)
	}
}

// Whatever a DSN says of character sets and times, all workers encode alike.
func TestSessionSettingsDoNotChangeElements(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), b TIMESTAMP)",
		"INSERT INTO t VALUES (1, '🚀é', FROM_UNIXTIME(86400))")
	const want = `{"id":1,"a":"🚀é","b":"1970-01-02 00:00:00"}`
	for _, params := range []string{
		"charset=latin1",
		"parseTime=true&loc=Local",
		"time_zone=%27-03:00%27",
		"TIME_ZONE=%27-03:00%27",
		"character_set_results=latin1",
		"CHARACTER_SET_RESULTS=latin1",
		"multiStatements=true&interpolateParams=true&columnsWithAlias=true",
	} {
		f.redis.FlushAll(t.Context())
		dsn, _, _ := strings.Cut(f.mysql.FormatDSN(), "?")
		cfg, err := mysql.ParseDSN(dsn + "?" + params)
		if err != nil {
			t.Fatal(err)
		}
		c := f.config(0, lock.Default())
		c.DB = f.open(cfg)
		f.together(c)
		if got := f.elements(); len(got) != 1 || got[0] != want {
			t.Errorf("%s: elements %q, want %q", params, got, want)
		}
	}
}

// zone sets the time zone of the server.
func (f *fixture) zone(offset string) {
	f.t.Helper()
	f.exec("SET GLOBAL time_zone = '" + offset + "'")
	f.t.Cleanup(func() {
		if _, err := f.db.ExecContext(context.Background(), "SET GLOBAL time_zone = 'SYSTEM'"); err != nil {
			f.t.Error(err)
		}
	})
}

// elements returns the list in the order in which it was pushed.
func (f *fixture) elements() []string {
	f.t.Helper()
	elements, err := f.redis.LRange(f.t.Context(), "list", 0, -1).Result()
	if err != nil {
		f.t.Fatal(err)
	}
	slices.Reverse(elements)
	return elements
}

// field is one member of an element, as it is written there.
type field struct{ name, json string }

func fields(t *testing.T, element string) []field {
	t.Helper()
	if !json.Valid([]byte(element)) || strings.ContainsAny(element, "\r\n") {
		t.Fatalf("not JSON on one line: %.300s", element)
	}
	decoder := json.NewDecoder(strings.NewReader(element))
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	var all []field
	for decoder.More() {
		name, err := decoder.Token()
		var raw json.RawMessage
		if err = errors.Join(err, decoder.Decode(&raw)); err != nil {
			t.Fatal(err)
		}
		all = append(all, field{name.(string), string(raw)})
	}
	return all
}
