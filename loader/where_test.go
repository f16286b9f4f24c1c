package loader_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"onceover/loader"
)

// Whatever the table is cut by, exactly the rows that satisfy the condition arrive.
func TestOnlyRowsThatSatisfyTheConditionAreLoaded(t *testing.T) {
	for _, layout := range []loader.Layout{loader.Ranges, loader.Keyset, loader.Indexed, loader.Whole} {
		t.Run(string(layout), func(t *testing.T) {
			f := newFixture(t)
			where := "kind = 1 OR kind = 2"
			switch layout {
			case loader.Indexed:
				f.exec("CREATE TABLE t (id INT, word CHAR(9) NOT NULL UNIQUE, kind INT)")
			case loader.Whole:
				f.exec("CREATE TABLE t (id INT, word CHAR(9), kind INT)")
				where = "id <= 12 AND (kind = 1 OR kind = 2)"
			default:
				f.exec("CREATE TABLE t (id INT PRIMARY KEY, word CHAR(9), kind INT)")
			}
			if layout == loader.Keyset {
				where = "kind = 1"
			}
			var want []int64
			for id := int64(1); id <= 95; id++ {
				kind := id % 4
				f.exec(fmt.Sprintf("INSERT INTO t VALUES (%d, 'w%04d', %d)", id, id, kind))
				if kind == 1 || kind == 2 && layout != loader.Keyset {
					if layout != loader.Whole || id <= 12 {
						want = append(want, id)
					}
				}
			}
			cfg := f.config(0, defaultStrategy)
			cfg.Job.Where = where
			if layout == loader.Whole {
				cfg.Job.ChunkSize = 95
			}
			cfg.Planned = func(p *loader.Plan) {
				if p.Layout != layout || p.Rows != uint64(len(want)) {
					t.Errorf("%d rows by %s", p.Rows, p.Layout)
				}
			}
			sum, err := loader.LoadTogether(t.Context(), withWorkers(cfg, 2), loader.At(f.options))
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for id, n := range f.counts() {
				if n != 1 {
					t.Errorf("row %d is there %d times", id, n)
				}
				got = append(got, id)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) || sum.Audit.Problem(false) != nil {
				t.Errorf("rows %v, want %v; %v", got, want, sum.Audit.Problem(false))
			}
		})
	}
}

func withWorkers(cfg loader.Config, n int) loader.Config {
	cfg.Workers = n
	return cfg
}

func TestAConditionThatMySQLDoesNotTakeIsRefusedBeforeAnyWrite(t *testing.T) {
	f := newFixture(t)
	f.rows(10)
	for _, where := range []string{"colour = 1", "id = ", "COUNT(*) > 1", "1, 2", "1 ORDER BY id", "1 LIMIT 1", "1 INTO OUTFILE '/tmp/x'", "1 FOR UPDATE", "nosuch(id)", "id IN (SELECT id FROM nosuch)"} {
		cfg := f.config(0, defaultStrategy)
		cfg.Job.Where = where
		_, err := loader.Load(t.Context(), cfg)
		if problem := wantProblem(t, err, loader.BadJob); !strings.Contains(problem.What, "--where") {
			t.Errorf("%s: %v", where, err)
		}
	}
	if held := f.dump(); len(held) > 0 {
		t.Errorf("Redis holds %v", held)
	}
	cfg := f.config(0, defaultStrategy)
	cfg.Job.Table, cfg.Job.Where = "nosuch", "1"
	_, err := loader.Load(t.Context(), cfg)
	wantProblem(t, err, loader.NoTable)
}

func TestAnotherConditionIsAnotherJob(t *testing.T) {
	f := newFixture(t)
	f.rows(10)
	cfg := f.config(0, defaultStrategy)
	cfg.Job.Where = "id > 3"
	f.together(cfg)
	for _, where := range []string{"", "id > 4"} {
		other := f.config(1, defaultStrategy)
		other.Job.Where = where
		_, err := loader.Load(t.Context(), other)
		wantProblem(t, err, loader.ForeignPlan)
	}
}

// The rows that satisfy the condition are those that the audit counts.
func TestTheAuditLooksAtTheConditionToo(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	cfg := withWorkers(f.config(0, defaultStrategy), 1)
	cfg.Job.Where, cfg.Planned = "id BETWEEN 5 AND 20", func(*loader.Plan) {}
	problem := func() error {
		sum, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		if err != nil {
			t.Fatal(err)
		}
		return sum.Audit.Problem(false)
	}
	if err := problem(); err != nil {
		t.Error(err)
	}
	f.exec("DELETE FROM t WHERE id = 3")
	if err := problem(); err != nil {
		t.Errorf("a row that is not of the job is gone: %v", err)
	}
	f.exec("DELETE FROM t WHERE id = 7")
	gone := wantProblem(t, problem(), loader.TableChanged)
	if want := "every chunk of the plan is loaded, but the plan is of 16 rows, and table t has 15 now that satisfy the condition (--where)"; gone.What != want {
		t.Errorf("it says %s, want %s", gone.What, want)
	}
	f.exec("INSERT INTO t VALUES (7, 'row 7')", "DELETE FROM t WHERE id = 20", "INSERT INTO t VALUES (6000, 'row 20')")
	if err := problem(); err == nil || strings.Contains(err.Error(), "has 30") {
		t.Errorf("it says %v", err)
	}
}

// A chunk of a condition is still found by the key.
func TestTheKeyServesBesideACondition(t *testing.T) {
	f := newFixture(t)
	f.rows(2000)
	f.exec("ANALYZE TABLE t")
	var key string
	if err := f.db.QueryRowContext(t.Context(), "EXPLAIN FORMAT=TREE SELECT `id` FROM `t` WHERE (payload LIKE '%7' OR payload LIKE '%8') AND `id` BETWEEN 11 AND 20 ORDER BY `id`").Scan(&key); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(key, "Index range scan on t using PRIMARY") {
		t.Errorf("MySQL reads by %s", key)
	}
}
