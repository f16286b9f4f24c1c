package loader_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"onceover/loader"
)

// charsets that MySQL has.
func (f *fixture) charsets() (names []string) {
	f.t.Helper()
	rows, err := f.db.QueryContext(f.t.Context(), "SELECT CHARACTER_SET_NAME FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME <> 'binary' ORDER BY 1")
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			f.t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// In every character set that MySQL has, every character of one byte or two arrives as
// it is, or is refused by its key and its column: no two of them become the same.
func TestNoTwoTextsBecomeTheSame(t *testing.T) {
	f := newFixture(t)
	refused := 0
	for _, charset := range f.charsets() {
		f.flush()
		f.exec("DROP TABLE IF EXISTS t", "CREATE TABLE t (id INT PRIMARY KEY, w VARCHAR(8) CHARACTER SET "+charset+")")
		n := f.fillWithBytes(charset)
		cfg := f.config(0, defaultStrategy)
		cfg.Job.ChunkSize = 100_000
		_, err := loader.Load(t.Context(), cfg)
		if err != nil {
			refused++
			problem := wantProblem(t, err, loader.BadText)
			if !strings.Contains(problem.What, "row with the key ") || !strings.Contains(problem.What, "column w ") || f.redis.LLen(t.Context(), "list").Val() > 0 {
				t.Errorf("%s: %v", charset, problem)
			}
		} else {
			f.wantDistinct(charset, n)
		}
		f.wantBytes(charset)
	}
	if refused < 5 {
		t.Errorf("only %d character sets had something to refuse", refused)
	}
}

// fillWithBytes makes a row of each byte and of some pairs of bytes that a character
// set takes for text.
func (f *fixture) fillWithBytes(charset string) (n int) {
	f.t.Helper()
	var values []string
	for first := range 256 {
		values = append(values, fmt.Sprintf("(%d, _%s X'%02x')", first, charset, first))
		for i, second := range []int{0x40, 0xa1} {
			values = append(values, fmt.Sprintf("(%d, _%s X'%02x%02x')", 1000+first*2+i, charset, first, second))
		}
	}
	return f.insertValid(values)
}

// insertValid inserts those of the rows that MySQL takes, and halves what it refuses.
func (f *fixture) insertValid(values []string) int {
	f.t.Helper()
	if len(values) == 0 {
		return 0
	}
	if _, err := f.db.ExecContext(f.t.Context(), "INSERT INTO t VALUES "+strings.Join(values, ", ")); err == nil {
		return len(values)
	}
	if len(values) == 1 {
		return 0
	}
	half := len(values) / 2
	return f.insertValid(values[:half]) + f.insertValid(values[half:])
}

// wantDistinct wants as many different texts as there are rows that differ by their bytes.
func (f *fixture) wantDistinct(charset string, n int) {
	f.t.Helper()
	var different int
	if err := f.db.QueryRowContext(f.t.Context(), "SELECT COUNT(DISTINCT HEX(w)) FROM t").Scan(&different); err != nil {
		f.t.Fatal(err)
	}
	texts := map[string]bool{}
	elements := f.words()
	for _, e := range elements {
		texts[e.W] = true
	}
	if len(elements) != n || len(texts) != different {
		f.t.Errorf("%s: %d elements of %d rows, %d texts of %d", charset, len(elements), n, len(texts), different)
	}
}

// wantBytes loads the bytes, and wants them to be those that are in the table.
func (f *fixture) wantBytes(charset string) {
	f.t.Helper()
	f.flush()
	cfg := f.config(0, defaultStrategy)
	cfg.Job.ChunkSize, cfg.Job.Base64 = 100_000, []string{"w"}
	f.together(cfg)
	want := map[int]string{}
	rows, err := f.db.QueryContext(f.t.Context(), "SELECT id, HEX(w) FROM t")
	if err != nil {
		f.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		var hex string
		if err := rows.Scan(&id, &hex); err != nil {
			f.t.Fatal(err)
		}
		want[id] = hex
	}
	for _, e := range f.words() {
		bytes, err := base64.StdEncoding.DecodeString(e.W)
		if got := strings.ToUpper(fmt.Sprintf("%x", bytes)); err != nil || got != want[e.ID] {
			f.t.Errorf("%s: row %d has the bytes %s, want %s", charset, e.ID, got, want[e.ID])
		}
		delete(want, e.ID)
	}
	if len(want) > 0 {
		f.t.Errorf("%s: %d rows are missing", charset, len(want))
	}
}

type word struct {
	ID int
	W  string
}

func (f *fixture) words() (words []word) {
	f.t.Helper()
	elements, err := f.redis.LRange(f.t.Context(), "list", 0, -1).Result()
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range elements {
		var w word
		if err := json.Unmarshal([]byte(e), &w); err != nil {
			f.t.Fatal(err)
		}
		words = append(words, w)
	}
	return words
}
