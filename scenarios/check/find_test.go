package check

import (
	"slices"
	"strings"
	"testing"

	"onceover/reports"
)

func TestAnIDIsFoundWhereTheElementSays(t *testing.T) {
	for _, row := range []struct {
		where, element string
		want           int64
		ok             bool
	}{
		{"value", "7", 7, true},
		{"value", ` "-7" `, -7, true},
		{"value", `{"id":7}`, 0, false},
		{"value", "7 8", 0, false},
		{"json:.id", `{"id":7}`, 7, true},
		{"json:.id", `7`, 0, false},
		{"json:.order.id", `{"id":1,"order":{"id":"9223372036854775807"}}`, 9223372036854775807, true},
		{"json:.order.id", `{"order":{"id":null}}`, 0, false},
		{"json:.order.id", `{"order":null}`, 0, false},
		{"json:.order.id", `{"order":[7]}`, 0, false},
		{"json:.order.id", `{"order":{"id":7}`, 0, false},
		{"json:[0]", `[7,8]`, 7, true},
		{"json:[2]", `[7,8]`, 0, false},
		{"json:[0]", `{"0":7}`, 0, false},
		{"json:.rows[1].id", `{"rows":[{"id":7},{"id":8}]}`, 8, true},
		{`json:["a.b \"c"].id`, `{"a.b \"c":{"id":7}}`, 7, true},
		{`regexp:^row-(\d+)$`, "row-7", 7, true},
		{`regexp:^row-(\d+)$`, "row-7\n", 0, false},
		{`regexp:^(\w+):(\d+)$`, "7:8", 7, true},
		{`regexp:^(\w+)$`, "seven", 0, false},
		{`regexp:^(\d+)?x`, "x", 0, false},
		{`regexp:^(\d+)`, "9223372036854775808", 0, false},
	} {
		e, err := ParseElement(row.where)
		if err != nil || e.String() != row.where {
			t.Errorf("%s: %v", row.where, err)
			continue
		}
		k, ok := e.read(testSeed, []byte(row.element))
		if ok != row.ok || ok && k.id != row.want {
			t.Errorf("%s in %s: %d, %t", row.where, row.element, k.id, ok)
		}
	}
}

func TestAnElementThatCannotBeFoundIsRefused(t *testing.T) {
	for given, want := range map[string]string{
		"":             `"": no such form`,
		"id":           `"id": no such form`,
		"value:":       `"value:": no such form`,
		"xml:.id":      `"xml:.id": no such form`,
		"json":         `the path is empty`,
		"json:id":      `id has to begin with a dot or a bracket`,
		"json:.":       `. begins with a field without a name`,
		"json:.a..b":   `..b begins with a field without a name`,
		"json:.a[x]":   `[x] begins with no index, as [0], nor a name, as ["a b"]`,
		"json:.a[-1]":  `[-1] begins with no index`,
		"json:[1":      `[1 begins with no index`,
		`json:["a`:     `["a begins with no name in quotes`,
		`json:["a"`:    `["a" lacks the ] behind the name`,
		`json:["a"x]`:  `["a"x] lacks the ] behind the name`,
		"json:[0]id":   `id has to begin with a dot or a bracket`,
		"regexp":       `the expression is empty`,
		"regexp:(":     `missing closing )`,
		"regexp:^row$": `the expression has no group, which would be the id`,
	} {
		if e, err := ParseElement(given); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", given, e, err)
		}
	}
}

// The payload beside the id is compared with that of the row; what does not tell an id is
// shown.
func TestElementsOfAnotherFormAreCompared(t *testing.T) {
	for where, row := range map[string]struct {
		elements []string
		want     reports.RowCounts
		other    int64 // unchecked
		text     string
	}{
		"json:.order.id": {
			[]string{`{"order":{"id":1,"payload":"x"},"payload":"y"}`, `{"order":{"id":2,"payload":"y"}}`, `{"order":{"id":2}}`, `{"id":3}`},
			reports.RowCounts{Table: 3, List: 4, Lost: 1, Duplicated: 1, Surplus: 1, Corrupted: 1, Unexpected: 1}, 1, `element 3, "{\"id\":3}"`,
		},
		`regexp:^row-(\d+)$`: {
			[]string{"row-1", "row-2", "row-3", "raw-3"},
			reports.RowCounts{Table: 3, List: 4, Unexpected: 1}, 3, `element 3, "raw-3"`,
		},
	} {
		e, err := ParseElement(where)
		if err != nil {
			t.Fatal(err)
		}
		c := New(Options{Format: Contract, Element: e, TempDir: t.TempDir()})
		for _, element := range row.elements {
			if err := c.Element([]byte(element)); err != nil {
				t.Fatal(err)
			}
		}
		found, err := c.Finish(func(yield func(Row, error) bool) {
			for id := range int64(3) {
				if !yield(Row{id + 1, []byte(`{"id":` + string(rune('1'+id)) + `,"payload":"x"}`)}, nil) {
					return
				}
			}
		})
		if err != nil || found.Rows != row.want || found.Unchecked != row.other {
			t.Errorf("%s: %+v, %d unchecked, %v", where, found.Rows, found.Unchecked, err)
		}
		if !slices.ContainsFunc(found.Samples, func(s Stretch) bool { return s.Text == row.text }) {
			t.Errorf("%s: %+v", where, found.Samples)
		}
	}
}

func FuzzElement(f *testing.F) {
	for _, seed := range [][2]string{
		{"value", "7"}, {"json:.order.id", `{"order":{"id":7}}`}, {`json:["a b"][0].c`, `{"a b":[{"c":1}]}`},
		{`regexp:^row-(\d+)$`, "row-7"}, {"json:.a[", "{"}, {"regexp:(()", ""},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, where, element string) {
		e, err := ParseElement(where)
		if err != nil {
			if e.String() != "" {
				t.Errorf("%q is an error and an element", where)
			}
			return
		}
		one, ok := e.read(testSeed, []byte(element))
		again, err := ParseElement(e.String())
		if err != nil {
			t.Fatalf("%q does not parse back: %v", where, err)
		}
		if two, okTwo := again.read(testSeed, []byte(element)); one != two || ok != okTwo {
			t.Errorf("%q finds %v and %v in %q", where, one, two, element)
		}
	})
}
