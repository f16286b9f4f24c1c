package loader_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"onceover/loader"
	"onceover/loader/multiset"
)

// verify compares, and fails if that cannot be done.
func (f *fixture) verify(cfg loader.Config, c loader.Comparison) loader.Verification {
	f.t.Helper()
	before := f.dump()
	c.Key = multiset.Key{1}
	v, err := loader.Verify(f.t.Context(), cfg, c)
	if err != nil {
		f.t.Fatal(err)
	}
	f.wantUnchanged("the comparison", before)
	return v
}

func wantEqual(t testing.TB, v loader.Verification, rows int) {
	t.Helper()
	if !v.Equal || v.Problem() != nil || v.Rows != uint64(rows) || v.Elements != int64(rows) {
		t.Errorf("%+v, want %d rows and elements", v, rows)
	}
}

func keys(d loader.Differing) (all []string) {
	for _, e := range d.Examples {
		all = append(all, fmt.Sprintf("%s:%d", e.Key, e.Times))
	}
	slices.Sort(all)
	return all
}

// element is the row of a key of the fixture's table, as it is loaded.
func element(id int) string { return fmt.Sprintf(`{"id":%d,"payload":"row %d"}`, id, id) }

func TestVerifySaysExactlyWhatDiffers(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	f.must(f.redis.RPush(t.Context(), "list", "from before", element(3)).Err())
	cfg := f.config(0, defaultStrategy)
	f.together(cfg)
	wantEqual(t, f.verify(cfg, loader.Comparison{}), 95)

	ctx := t.Context()
	f.must(f.redis.LRem(ctx, "list", 1, element(17)).Err())
	f.must(f.redis.LRem(ctx, "list", 1, element(94)).Err())
	f.must(f.redis.LPush(ctx, "list", element(5), element(6), element(6)).Err())
	f.must(f.redis.LPush(ctx, "list", `{"id":94,"payload":"row 94!"}`, "\x00 foreign "+strings.Repeat("é", 150)).Err())
	v := f.verify(cfg, loader.Comparison{})
	if v.Equal || v.Of != 1 || v.Rows != 95 || v.Elements != 98 || v.Changed.Count != 1 || v.Missing.Count != 1 || v.Repeated.Count != 3 || v.Foreign.Count != 1 {
		t.Errorf("it says %+v", v)
	}
	if got, want := keys(v.Missing), []string{"17:0"}; !slices.Equal(got, want) {
		t.Errorf("missing are %v, want %v", got, want)
	}
	if got, want := keys(v.Repeated), []string{"5:2", "6:3"}; !slices.Equal(got, want) {
		t.Errorf("too often there are %v, want %v", got, want)
	}
	foreign, changed := v.Foreign.Examples[0], v.Changed.Examples[0]
	if want := "\x00 foreign " + strings.Repeat("é", 95) + "…"; *foreign.At != 0 || foreign.Element != want {
		t.Errorf("foreign is %q at %d, want %q at 0", foreign.Element, *foreign.At, want)
	}
	if want := `{"id":94,"payload":"row 94!"}`; *changed.At != 1 || changed.Key != "94" || changed.Element != want {
		t.Errorf("changed is %s to %q at %d, want 94 to %q at 1", changed.Key, changed.Element, *changed.At, want)
	}
	problem := wantProblem(t, v.Problem(), loader.Differs)
	if want := "list list is not what table t holds: 1 row has other values, 1 row is missing, 3 elements are too many, 1 element is no row"; problem.What != want {
		t.Errorf("it says %s", problem.What)
	}
	if v := f.verify(cfg, loader.Comparison{Examples: 1}); len(v.Missing.Examples) != 1 || len(v.Repeated.Examples) != 1 || len(v.Foreign.Examples) != 1 || v.Repeated.Count != 3 {
		t.Errorf("with one example of each kind: %+v", v)
	}
}

// One element in the place of another: no count tells.
func TestVerifyFindsWhatNoCountTells(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	cfg := f.config(0, defaultStrategy)
	f.together(cfg)
	f.must(f.redis.LRem(t.Context(), "list", 1, element(17)).Err())
	f.must(f.redis.LPush(t.Context(), "list", element(18)).Err())
	if v := f.verify(cfg, loader.Comparison{}); !slices.Equal(keys(v.Missing), []string{"17:0"}) || !slices.Equal(keys(v.Repeated), []string{"18:2"}) || v.Foreign.Count != 0 {
		t.Errorf("it says %+v", v)
	}
}

// Whatever does not fit the memory is told of by a sample, and never as equal.
func TestMoreDiffersThanFitsTheMemory(t *testing.T) {
	f := newFixture(t)
	const rows = 40_000
	f.rows(rows)
	cfg := f.config(0, defaultStrategy)
	cfg.Job.ChunkSize = 5_000
	f.together(cfg)
	small := loader.Comparison{Memory: 2 * multiset.Least}
	wantEqual(t, f.verify(cfg, small), rows)
	f.must(f.redis.LTrim(t.Context(), "list", 0, rows/2-1).Err())
	v := f.verify(cfg, small)
	if estimate := v.Missing.Count * int64(v.Of); v.Of <= 1 || v.Missing.Count == 0 || estimate < rows/5 || estimate > rows || v.Changed.Count+v.Repeated.Count+v.Foreign.Count > 0 {
		t.Errorf("it says %+v", v)
	}
	if said := v.Differences(); !strings.HasPrefix(said, "at least ") || !strings.Contains(said, " rows are missing (about ") {
		t.Errorf("it says %s", said)
	}
	if v := f.verify(cfg, loader.Comparison{}); v.Of != 1 || v.Missing.Count != rows/2 {
		t.Errorf("with the memory that it usually has it says %+v", v)
	}
}

// Whatever the table is cut by, and whatever of it is loaded, both sides are the same bytes.
func TestVerifyReadsWhatWasLoaded(t *testing.T) {
	f := newFixture(t)
	for name, tc := range map[string]struct {
		table string
		job   loader.Job
		rows  int
	}{
		"ranges":       {"(id INT PRIMARY KEY, word VARCHAR(9) CHARACTER SET latin1, b VARBINARY(9), d DOUBLE, n INT)", loader.Job{}, 40},
		"a sparse key": {"(id INT UNSIGNED PRIMARY KEY, word VARCHAR(9), b VARBINARY(9), d DOUBLE, n INT)", loader.Job{Where: "id % 20 = 0"}, 2},
		"text":         {"(id INT, word VARCHAR(9) NOT NULL UNIQUE, b VARBINARY(9), d DOUBLE, n INT)", loader.Job{}, 40},
		"two columns":  {"(id INT, word VARCHAR(9), b VARBINARY(9), d DOUBLE, n INT, PRIMARY KEY (word, id))", loader.Job{}, 40},
		"no key":       {"(id INT, word VARCHAR(9), b VARBINARY(9), d DOUBLE, n INT)", loader.Job{ChunkSize: 100}, 40},
		"a condition":  {"(id INT PRIMARY KEY, word VARCHAR(9), b VARBINARY(9), d DOUBLE, n INT)", loader.Job{Where: "n = 1 OR n = 2"}, 20},
		"some columns": {"(id INT PRIMARY KEY, word VARCHAR(9), b VARBINARY(9), d DOUBLE, n INT)", loader.Job{Columns: []string{"n", "d"}}, 40},
		"base64":       {"(id INT PRIMARY KEY, word VARCHAR(9), b VARBINARY(9), d DOUBLE, n INT)", loader.Job{Base64: []string{"word"}}, 40},
	} {
		t.Run(name, func(t *testing.T) {
			f.redis.FlushAll(t.Context())
			f.exec("DROP TABLE IF EXISTS t", "CREATE TABLE t "+tc.table)
			for id := 1; id <= 40; id++ {
				f.exec(fmt.Sprintf("INSERT INTO t VALUES (%d, 'wörd %d', X'00FF%02X', %d / 3, IF(%d %% 4 = 0, NULL, %d %% 4))", id, id, id, id, id, id))
			}
			cfg := f.config(0, defaultStrategy)
			job := tc.job
			job.Table, job.List, job.ChunkSize = "t", "list", max(job.ChunkSize, 7)
			cfg.Job = job
			f.together(cfg)
			wantEqual(t, f.verify(cfg, loader.Comparison{}), tc.rows)
			lacks := f.redis.LPop(t.Context(), "list").Val()
			v := f.verify(cfg, loader.Comparison{})
			if v.Missing.Count != 1 || v.Repeated.Count+v.Foreign.Count != 0 || len(v.Missing.Examples) != 1 {
				t.Errorf("without %s it says %+v", lacks, v)
			}
			f.must(f.redis.LPush(t.Context(), "list", lacks, lacks).Err())
			if v := f.verify(cfg, loader.Comparison{}); v.Missing.Count+v.Foreign.Count != 0 || v.Repeated.Count != 1 {
				t.Errorf("with %s twice it says %+v", lacks, v)
			}
		})
	}
}

// A table that has changed is one that differs.
func TestVerifySeesRowsThatCameAndChanged(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	cfg := f.config(0, defaultStrategy)
	f.together(cfg)
	f.exec("INSERT INTO t VALUES (-5, 'new')", "UPDATE t SET payload = 'other' WHERE id = 7", "DELETE FROM t WHERE id = 9")
	v := f.verify(cfg, loader.Comparison{})
	if !slices.Equal(keys(v.Changed), []string{"7:0"}) || !slices.Equal(keys(v.Missing), []string{"-5:0"}) || v.Foreign.Count != 1 || v.Repeated.Count != 0 {
		t.Errorf("it says %+v", v)
	}
}

// A row that has changed is one difference if its key is in the element, and two if not.
func TestVerifyPairsARowWithTheElementThatItWas(t *testing.T) {
	f := newFixture(t)
	for name, tc := range map[string]struct {
		table   string
		columns []string
		change  string
		changed []string // keys
		apart   int64
	}{
		"one column":               {table: "id INT PRIMARY KEY, word VARCHAR(9), n INT", change: "SET n = -1 WHERE id < 3", changed: []string{"1:0", "2:0"}},
		"two columns":              {table: "id INT, word VARCHAR(9), n INT, PRIMARY KEY (word, id)", change: "SET n = -1 WHERE id = 3", changed: []string{`"word, 3", 3:0`}},
		"more than are shown":      {table: "id INT PRIMARY KEY, word VARCHAR(9), n INT", change: "SET n = -1 WHERE id < 30", changed: make([]string, 29)},
		"another key":              {table: "id INT PRIMARY KEY, word VARCHAR(9), n INT", change: "SET id = 99 WHERE id = 3", apart: 1},
		"a key that is not loaded": {table: "id INT PRIMARY KEY, word VARCHAR(9), n INT", columns: []string{"n", "word"}, change: "SET n = -1 WHERE id = 3", apart: 1},
		"no key":                   {table: "id INT, word VARCHAR(9), n INT", change: "SET n = -1 WHERE id = 3", apart: 1},
	} {
		t.Run(name, func(t *testing.T) {
			f.redis.FlushAll(t.Context())
			f.exec("DROP TABLE IF EXISTS t", "CREATE TABLE t ("+tc.table+")")
			for id := 1; id <= 40; id++ {
				f.exec(fmt.Sprintf("INSERT INTO t VALUES (%d, 'word, %d', %d)", id, id, id))
			}
			cfg := f.config(0, defaultStrategy)
			cfg.Job.Columns, cfg.Job.ChunkSize = tc.columns, 100
			f.together(cfg)
			f.exec("UPDATE t " + tc.change)
			v := f.verify(cfg, loader.Comparison{})
			got := keys(v.Changed)
			if len(tc.changed) <= loader.DefaultExamples && !slices.Equal(got, tc.changed) {
				t.Errorf("changed are %v, want %v", got, tc.changed)
			}
			if v.Changed.Count != int64(len(tc.changed)) || v.Missing.Count != tc.apart || v.Foreign.Count != tc.apart || v.Repeated.Count != 0 {
				t.Errorf("it says %+v", v)
			}
		})
	}
}

// An element that has the key of a row twice is that of one row that has changed, and more.
func TestVerifyPairsARowOnce(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	cfg := f.config(0, defaultStrategy)
	f.together(cfg)
	f.must(f.redis.LPush(t.Context(), "list", `{"id":7,"payload":"old"}`, `{"id":7,"payload":"older"}`, `{"id":8,"payload":"old"}`).Err())
	f.must(f.redis.LRem(t.Context(), "list", 1, element(7)).Err())
	v := f.verify(cfg, loader.Comparison{})
	if !slices.Equal(keys(v.Changed), []string{"7:0"}) || v.Changed.Examples[0].Element != `{"id":7,"payload":"older"}` || v.Missing.Count != 0 || v.Foreign.Count != 2 {
		t.Errorf("it says %+v", v)
	}
}

func TestVerifyNeedsAJob(t *testing.T) {
	f := newFixture(t)
	f.rows(3)
	cfg := f.config(0, defaultStrategy)
	_, err := loader.Verify(t.Context(), cfg, loader.Comparison{})
	wantProblem(t, err, loader.ForeignPlan)
	f.together(cfg)
	cfg.Job.ChunkSize++
	_, err = loader.Verify(t.Context(), cfg, loader.Comparison{})
	wantProblem(t, err, loader.ForeignPlan)
}

func TestAListThatChangesWhileItIsComparedIsNotJudged(t *testing.T) {
	f := newFixture(t)
	f.rows(10_000)
	cfg := f.config(0, defaultStrategy)
	cfg.Job.ChunkSize = 5_000
	f.together(cfg)
	for _, tc := range []struct {
		name   string
		change func()
		want   loader.Problem
	}{
		{"taken", func() { f.must(f.redis.RPop(t.Context(), "list").Err()) }, loader.ListChanged},
		{"pushed", func() { f.must(f.redis.LPush(t.Context(), "list", "foreign").Err()) }, loader.ListChanged},
		{"begun anew", func() { f.must(f.redis.HSet(t.Context(), "{list}:plan", "id", "other").Err()) }, loader.ForeignPlan},
	} {
		t.Run(tc.name, func(t *testing.T) {
			changed := false
			_, err := loader.Verify(t.Context(), cfg, loader.Comparison{Progress: func(int, uint64, uint64) {
				if !changed {
					changed = true
					tc.change()
				}
			}})
			problem := wantProblem(t, err, tc.want)
			t.Log(problem, "; try", problem.Try)
		})
	}
}

// What changes between the first look and the second makes no finding.
func TestADifferenceThatIsGoneAtTheSecondLookIsNotTold(t *testing.T) {
	f := newFixture(t)
	f.rows(5_000)
	cfg := f.config(0, defaultStrategy)
	cfg.Job.ChunkSize = 5_000
	f.together(cfg)
	f.must(f.redis.LSet(t.Context(), "list", 0, "foreign").Err())
	mended := false
	_, err := loader.Verify(t.Context(), cfg, loader.Comparison{Progress: func(pass int, _, _ uint64) {
		if pass == 2 && !mended {
			mended = true
			f.must(f.redis.LSet(t.Context(), "list", 0, element(5_000)).Err())
		}
	}})
	wantProblem(t, err, loader.ListChanged)
}

func TestVerifyGoesOnAfterACutAndEndsWhenItIsToldTo(t *testing.T) {
	f := newFixture(t)
	f.rows(20_000)
	cfg := f.config(0, defaultStrategy)
	cfg.Job.ChunkSize = 5_000
	f.together(cfg)
	f.must(f.redis.LPop(t.Context(), "list").Err())
	cuts := map[int]int{}
	c := loader.Comparison{Key: multiset.Key{1}, Progress: func(pass int, done, of uint64) {
		if done > of {
			t.Errorf("%d of %d are compared", done, of)
		}
		if cuts[pass]++; cuts[pass] == 2 || cuts[pass] == 8 {
			f.cut()
		}
	}}
	told := 0
	cfg.Trouble = func(error, time.Duration) { told++ }
	v, err := loader.Verify(t.Context(), cfg, c)
	if err != nil || v.Missing.Count != 1 || told == 0 {
		t.Errorf("%+v, %v, and %d troubles are told", v, err, told)
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err = loader.Verify(ctx, cfg, loader.Comparison{Progress: func(int, uint64, uint64) { stop() }})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("when it is to end it says %v", err)
	}
}

// cut ends all connections of the loader, to both servers.
func (f *fixture) cut() {
	f.t.Helper()
	f.must(f.redis.ClientKillByFilter(f.t.Context(), "TYPE", "normal", "SKIPME", "yes").Err())
	ids, err := f.db.QueryContext(f.t.Context(), "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db = DATABASE()")
	f.must(err)
	defer ids.Close()
	var all []int64
	for ids.Next() {
		var id int64
		f.must(ids.Scan(&id))
		all = append(all, id)
	}
	for _, id := range all {
		_, _ = f.db.ExecContext(f.t.Context(), fmt.Sprintf("KILL %d", id)) // it may have ended by itself
	}
}

// The older elements stand opposite to the end that is pushed to.
func TestVerifySetsAsideTheOlderElementsOfEitherEnd(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	for _, right := range []bool{false, true} {
		f.redis.FlushAll(t.Context())
		f.must(f.redis.RPush(t.Context(), "list", "from before", element(3)).Err())
		cfg := f.config(0, defaultStrategy)
		cfg.Job.Right = right
		f.together(cfg)
		wantEqual(t, f.verify(cfg, loader.Comparison{}), 30)
	}
}
