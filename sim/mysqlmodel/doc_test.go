package mysqlmodel

import (
	"os"
	"strings"
	"testing"
)

// section returns the indented lines of a section of the package's documentation.
func section(t *testing.T, heading string) (lines []string) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(text), "// # "+heading+"\n")
	if !found {
		t.Fatalf("no section %q", heading)
	}
	rest, _, _ = strings.Cut(rest, "\n// # ")
	for line := range strings.Lines(rest) {
		if sql, ok := strings.CutPrefix(line, "//\t"); ok {
			lines = append(lines, strings.TrimSpace(sql))
		}
	}
	if len(lines) == 0 {
		t.Fatalf("section %q is empty", heading)
	}
	return lines
}

func TestDocumentedStatementsAreSupported(t *testing.T) {
	kinds, items := map[statementKind]bool{}, map[itemKind]bool{}
	for _, sql := range section(t, "Statements") {
		s, _ := logIn(t, sample(t), 1)
		run(s, 1, sql)
		if u := s.Unsupported(); len(u) > 0 {
			t.Errorf("%s", u)
		}
		st, err := parse(sql)
		if err != nil {
			t.Errorf("%s: %v", sql, err)
			continue
		}
		kinds[st.kind] = true
		for _, i := range st.items {
			items[i.kind] = true
		}
	}
	for k := selectRows; k <= killThread; k++ {
		if !kinds[k] {
			t.Errorf("statement kind %d is not in the documentation", k)
		}
	}
	for k := itemStar; k <= itemReleaseAllLocks; k++ {
		if !items[k] {
			t.Errorf("item kind %d is not in the documentation", k)
		}
	}
}

func TestMissingStatementsAreUnsupported(t *testing.T) {
	for _, sql := range section(t, "Missing") {
		s, _ := logIn(t, sample(t), 1)
		reply := run(s, 1, sql)
		if u := s.Unsupported(); len(u) != 1 || !strings.Contains(string(reply), "simulated MySQL: unsupported") {
			t.Errorf("%s: answered with %q, unsupported: %q", sql, reply, u)
		}
	}
}

func TestDocumentedVariablesAreThere(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, word := range strings.Fields(string(text)) {
		name := strings.TrimRight(word, ",.")
		if !strings.HasPrefix(name, "@@") || name == "@@sql_mode" {
			continue
		}
		n++
		s, _ := logIn(t, sample(t), 1)
		if run(s, 1, "SELECT "+name); len(s.Unsupported()) > 0 {
			t.Errorf("%s: %q", name, s.Unsupported())
		}
	}
	if n < 6 {
		t.Errorf("%d variables", n)
	}
}
