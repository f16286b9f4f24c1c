package mysqlmodel

import "testing"

func TestAStatementHasItsKind(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT * FROM d WHERE chunk=1 FOR UPDATE SKIP LOCKED":       "SELECT FOR UPDATE SKIP LOCKED",
		"prepared SELECT chunk FROM d WHERE chunk = ? FOR UPDATE":    "prepared SELECT FOR UPDATE",
		"SELECT GET_LOCK('a', 0)":                                    "SELECT GET_LOCK",
		"SELECT @@autocommit":                                        "SELECT @@AUTOCOMMIT",
		"SELECT 1":                                                   "SELECT",
		"select id FROM t":                                           "SELECT",
		"INSERT INTO d VALUES (1, 0) ON DUPLICATE KEY UPDATE done=1": "INSERT ON DUPLICATE KEY UPDATE",
		"INSERT IGNORE INTO d VALUES (1, 0)":                         "INSERT IGNORE",
		"INSERT INTO d VALUES (1, 0)":                                "INSERT",
		"SET autocommit=0":                                           "SET AUTOCOMMIT",
		"COMMIT":                                                     "COMMIT",
		"command 14":                                                 "COMMAND",
	} {
		if got := kindOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestRepliesDifferInOneOfSomeWays(t *testing.T) {
	s, _ := logIn(t, sample(t), 1)
	ok, none, one, two := run(s, 1, "COMMIT"), run(s, 1, "SELECT id FROM t LIMIT 0"), run(s, 1, "SELECT id FROM t LIMIT 1"), run(s, 1, "SELECT 1")
	for _, c := range []struct {
		model, real []byte
		want        string
	}{
		{ok, one, "OK where a real server has rows"},
		{run(s, 1, "SELECT * FROM nope"), ok, "error 1146 where a real server has OK"},
		{none, one, "another number of rows"},
		{one, two, "other bytes: rows"},
		{one, nil, "rows where a real server has nothing"},
	} {
		if got := differenceOf(c.model, c.real); got != c.want {
			t.Errorf("%q and %q: %q, want %q", c.model, c.real, got, c.want)
		}
	}
}
