package check_test

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onceover/scenarios/check"
)

// tableOf yields rows in the order given, each encoded as the loader would.
func tableOf(ids ...int64) iter.Seq2[check.Row, error] {
	return func(yield func(check.Row, error) bool) {
		for _, id := range ids {
			if !yield(check.Row{ID: id, Element: plantedRow(id)}, nil) {
				return
			}
		}
	}
}

func idsTo(last int64) []int64 {
	var ids []int64
	for id := int64(1); id <= last; id++ {
		ids = append(ids, id)
	}
	return ids
}

func checkOf(t *testing.T, options check.Options, elements ...string) *check.Check {
	t.Helper()
	c := check.New(options)
	t.Cleanup(func() { c.Close() })
	for _, e := range elements {
		if err := c.Element([]byte(e)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func copiesOf(format string, ids ...int64) []string {
	var elements []string
	for _, id := range ids {
		elements = append(elements, fmt.Sprintf(format, id))
	}
	return elements
}

func TestCheckSamplesStretches(t *testing.T) {
	const right = `{"id":%d,"payload":"p/%[1]d"}`
	elements := copiesOf(right, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12)
	elements = append(elements, copiesOf(right, 2, 3, 4, 9, 10, 11, 11, 77, 77)...)
	elements = append(elements, `{"id":5}`, strings.Repeat("x", 100))
	c := checkOf(t, check.Options{
		Chunks: 2, ChunkOf: func(id int64) (int, bool) { return int(id-1) / 9, id <= 18 },
	}, elements...)
	found, err := c.Finish(tableOf(idsTo(12)...))
	if err != nil {
		t.Fatal(err)
	}
	want := []check.Stretch{
		{Outcome: "unexpected", Chunk: -1, Times: 1, Text: `element 21, "` + strings.Repeat("x", 80) + `" and so on, 100 bytes`},
		{Outcome: "unexpected", First: 77, Last: 77, Rows: 1, Chunk: -1, Times: 2, Text: "element 18 is no row of the table"},
		{Outcome: "duplicated", First: 2, Last: 5, Rows: 4, Chunk: 0, Times: 2, Text: "elements 1 and 11"},
		{Outcome: "duplicated", First: 9, Last: 9, Rows: 1, Chunk: 0, Times: 2, Text: "elements 7 and 14"},
		{Outcome: "duplicated", First: 10, Last: 10, Rows: 1, Chunk: 1, Times: 2, Text: "elements 8 and 15"},
		{Outcome: "duplicated", First: 11, Last: 11, Rows: 1, Chunk: 1, Times: 3, Text: "elements 9 and 16"},
		{Outcome: "corrupted", First: 5, Last: 5, Rows: 1, Chunk: 0, Times: 2, Text: "element 20 has other content"},
	}
	if diff := cmp.Diff(want, found.Samples); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestCheckCannotCompareAPayloadThatTheTableLacks(t *testing.T) {
	c := checkOf(t, check.Options{Format: check.Contract}, `{"id":1,"payload":"x"}`)
	found, err := c.Finish(func(yield func(check.Row, error) bool) {
		yield(check.Row{ID: 1, Element: []byte(`{"id":1}`)}, nil)
	})
	if err != nil || found.Rows.Corrupted != 0 || found.Unchecked != 1 {
		t.Errorf("%+v, %v", found, err)
	}
}

var errTable = errors.New("connection lost")

func TestCheckRefusesATableThatCannotBeTrusted(t *testing.T) {
	failing := func(yield func(check.Row, error) bool) {
		if yield(check.Row{ID: 1, Element: plantedRow(1)}, nil) {
			yield(check.Row{}, errTable)
		}
	}
	encoded := func(id int64, element string) iter.Seq2[check.Row, error] {
		return func(yield func(check.Row, error) bool) {
			yield(check.Row{ID: id, Element: []byte(element)}, nil)
		}
	}
	inChunks := check.Options{Chunks: 2, ChunkOf: func(id int64) (int, bool) { return int(id), true }}
	for _, row := range []struct {
		name    string
		options check.Options
		rows    iter.Seq2[check.Row, error]
		want    error
	}{
		{"ascending", check.Options{}, tableOf(-3, 0, 4), nil},
		{"descending", check.Options{}, tableOf(1, 3, 2), check.ErrOrder},
		{"the same twice", check.Options{}, tableOf(1, 1), check.ErrOrder},
		{"as many as known", check.Options{Rows: 2}, tableOf(1, 2), nil},
		{"cut short", check.Options{Rows: 3}, tableOf(1, 2), check.ErrCut},
		{"one too many", check.Options{Rows: 1}, tableOf(1, 2), check.ErrCut},
		{"an error after a row", check.Options{}, failing, errTable},
		{"no object", check.Options{}, encoded(7, "7"), check.ErrRow},
		{"another id", check.Options{}, encoded(7, `{"id":8}`), check.ErrRow},
		{"chunks of the plan", inChunks, tableOf(0, 1), nil},
		{"a chunk beyond the plan", inChunks, tableOf(1, 2), check.ErrRow},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.options.TempDir, row.options.Memory = t.TempDir(), 1
			c := checkOf(t, row.options, "{}", `{"id":1}`, `{"id":2}`, `{"id":3}`)
			wantFiles(t, row.options.TempDir, true)
			if _, err := c.Finish(row.rows); !errors.Is(err, row.want) {
				t.Errorf("got %v, want %v", err, row.want)
			}
			wantFiles(t, row.options.TempDir, false)
		})
	}
}

func wantFiles(t *testing.T, dir string, want bool) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if (len(files) > 0) != want {
		t.Errorf("files: %v, want some: %t", files, want)
	}
}

func TestCheckRemovesItsFilesWhenClosed(t *testing.T) {
	dir := t.TempDir()
	c := checkOf(t, check.Options{TempDir: dir, Memory: 1}, `{"id":1}`, `{"id":2}`)
	wantFiles(t, dir, true)
	for range 2 {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
	wantFiles(t, dir, false)
	if err := c.Element([]byte(`{"id":3}`)); !errors.Is(err, check.ErrClosed) {
		t.Errorf("an element after the end: %v", err)
	}
	if _, err := c.Finish(tableOf(1)); !errors.Is(err, check.ErrClosed) {
		t.Errorf("finished after the end: %v", err)
	}
}

func TestCheckThatCannotWriteStaysBroken(t *testing.T) {
	c := checkOf(t, check.Options{TempDir: filepath.Join(t.TempDir(), "missing"), Memory: 1}, `{"id":1}`)
	if err := c.Element([]byte(`{"id":2}`)); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("wrote where nothing is: %v", err)
	}
	if _, err := c.Finish(tableOf(1, 2)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a check that lost an element was finished: %v", err)
	}
}

func TestCheckThatFailsMidwayRemovesItsFiles(t *testing.T) {
	dir := t.TempDir()
	c := checkOf(t, check.Options{TempDir: dir, Memory: 1}, `{"id":1}`, `{"id":2}`)
	runs, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(runs) != 1 {
		t.Fatalf("runs: %v, %v", runs, err)
	}
	if err := os.Truncate(runs[0], 5); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Finish(tableOf(1, 2)); err == nil {
		t.Error("a run that was cut short went unnoticed")
	}
	wantFiles(t, dir, false)
}
