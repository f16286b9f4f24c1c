package loader

import (
	"fmt"
	"strings"
	"testing"

	"onceover/scenarios/servers/serverstest"
)

func TestAConditionStaysWithinItsParentheses(t *testing.T) {
	for _, good := range []string{
		"id > 5", "(a = 1) OR (b = 2)", `name = 'it''s; (-- #'`, `name = 'a\') -- '`, `name = "say ""(""` + `"`,
		"`odd)name;` = 1", "`back\\` = 1", "a - -1 > 0", "a > 5--1", "a > 5---1", "a > 5--b", "a > 5--`b`", "id IN (SELECT id FROM other)",
	} {
		if err := checkWhere(good); err != nil {
			t.Errorf("%s: it %v", good, err)
		}
	}
	for bad, want := range map[string]string{
		"1) OR (1":                    "closes a parenthesis",
		"1) UNION SELECT 2 -- ":       "closes a parenthesis",
		"1 OR (2":                     "opens a parenthesis",
		"1; DROP TABLE t":             "outside of quotes",
		"1 -- ":                       "a comment",
		"1 --":                        "a comment",
		"1--\t1":                      "a comment",
		"1--- 1":                      "a comment",
		"1--\x7f1":                    "a comment",
		"1 #":                         "a comment",
		"1 /*":                        "a comment",
		"1 /*! OR 1 */":               "a comment",
		"name = 'open":                "nothing closes",
		`name = 'open\'`:              "nothing closes",
		`name = 'a\\') OR ('a' = 'a'`: "closes a parenthesis",
		"`a\\`) OR (`b` = 1":          "closes a parenthesis",
		"a = \"b":                     "nothing closes",
		"a = 1\x00":                   "outside of quotes",
		"a = '\xff'":                  "UTF-8",
		" \t\n":                       "is empty",
	} {
		if err := checkWhere(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", bad, err, want)
		}
	}
}

// Without a condition every query is what it was.
func TestTheConditionStandsBesideOthers(t *testing.T) {
	for want, got := range map[string]string{
		"`d`.`t`":                         Job{Table: "d.t"}.from(""),
		"`t` WHERE `id` < 5":              Job{Table: "t"}.from("`id` < 5"),
		"`t` WHERE (a OR b)":              Job{Table: "t", Where: "a OR b"}.from(""),
		"`t` WHERE (a OR b) AND `id` < 5": Job{Table: "t", Where: "a OR b"}.from("`id` < 5"),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// After --, MySQL and checkWhere take the same bytes for the beginning of a comment.
func TestACommentBeginsWhereMySQLSaysSo(t *testing.T) {
	db, err := OpenMySQL(serverstest.MySQLConfig(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	comments := 0
	for next := byte(1); next < 0x80; next++ {
		if next == '#' || next == '\n' { // begins a comment itself, and ends one
			continue
		}
		text := fmt.Sprintf("5--%c7+100", next)
		sum := ""
		err := db.QueryRowContext(t.Context(), "SELECT ("+text+"\n+1)").Scan(&sum)
		comment := err == nil && sum == "6"
		if comment {
			comments++
		}
		refused := checkWhere(text)
		if got := refused != nil && strings.Contains(refused.Error(), "a comment"); got != comment {
			t.Errorf("%q: %v, and MySQL says %q, %v", text, refused, sum, err)
		}
	}
	if comments != 32 { // 30 controls, the space and DEL
		t.Errorf("%d bytes begin a comment", comments)
	}
}
