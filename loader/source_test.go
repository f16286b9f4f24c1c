package loader_test

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"onceover/loader"
)

// other makes a second database, in which a table of the same name holds other rows.
func (f *fixture) other() *fixture {
	f.t.Helper()
	name := f.mysql.DBName[:min(len(f.mysql.DBName), 55)] + "_b"
	f.exec("DROP DATABASE IF EXISTS "+name, "CREATE DATABASE "+name)
	f.t.Cleanup(func() { _, _ = f.db.ExecContext(context.Background(), "DROP DATABASE "+name) })
	g := *f
	g.mysql = f.mysql.Clone()
	g.mysql.DBName = name
	g.source = f.open(g.mysql)
	g.db = g.source
	g.rows(20)
	return &g
}

func TestATableOfTheSameNameElsewhereIsAnother(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	g := f.other()
	f.together(f.config(0, defaultStrategy))
	before := f.dump()
	_, err := loader.Load(t.Context(), g.config(0, defaultStrategy))
	wantProblem(t, err, loader.ForeignPlan)
	f.wantUnchanged("a table elsewhere", before)
	spelt := f.config(0, defaultStrategy)
	spelt.Job.Table = f.mysql.DBName + ".t"
	if sum := f.together(spelt); sum.Chunks != 0 {
		t.Errorf("the same table in other words: %+v", sum)
	}
}

func TestAJobOfAnyServerIsNotTakenForOneOfAServerWithoutAName(t *testing.T) {
	f := newFixture(t)
	f.rows(1)
	cfg := f.config(0, defaultStrategy)
	cfg.Job.AnyServer = true
	f.together(cfg)
	_, err := loader.Load(t.Context(), f.config(0, defaultStrategy))
	if problem := wantProblem(t, err, loader.ForeignPlan); !strings.Contains(problem.What, "--any-server") || strings.Contains(problem.What, "server ,") {
		t.Errorf("it says %q", problem.What)
	}
}

// Whatever limits a result, in the server or in the address, a load reads all of it.
func TestNoSettingCutsAResultShort(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (id BIGINT PRIMARY KEY)")
	for i := 1; i <= 300; i++ {
		f.exec(fmt.Sprintf("INSERT INTO t VALUES (%d)", i*1000))
	}
	for _, setting := range []string{"sql_select_limit = 7", "max_join_size = 10", "sql_big_selects = 0", "sql_mode = 'PAD_CHAR_TO_FULL_LENGTH,ANSI_QUOTES'"} {
		for _, scope := range []string{"GLOBAL", "SESSION"} {
			f.flush()
			source := f.limited(scope, setting)
			cfg := f.config(0, defaultStrategy)
			cfg.DB = source.source
			if sum := f.together(cfg); sum.Rows != 300 {
				t.Errorf("with %s %s %d of 300 rows were loaded", scope, setting, sum.Rows)
			}
		}
	}
}

// A row that is never committed is not loaded, and a row comes from the snapshot in which it
// is counted, whichever isolation the server or the address gives a session.
func TestRowsThatAreNotCommittedAreNotLoaded(t *testing.T) {
	for _, level := range []string{"READ-UNCOMMITTED", "READ-COMMITTED", "SERIALIZABLE"} {
		for _, scope := range []string{"GLOBAL", "SESSION"} {
			t.Run(scope+" "+level, func(t *testing.T) {
				f := newFixture(t)
				f.exec("CREATE TABLE t (id BIGINT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2), (3)")
				source := f.limited(scope, "transaction_isolation = '"+level+"'")
				open, err := f.db.BeginTx(t.Context(), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = open.Rollback() }()
				if _, err := open.ExecContext(t.Context(), "INSERT INTO t VALUES (4)"); err != nil {
					t.Fatal(err)
				}
				cfg := f.config(2, defaultStrategy)
				cfg.DB = source.source
				if sum := f.together(cfg); sum.Rows != 3 {
					t.Errorf("%d rows were loaded, want 3", sum.Rows)
				}
			})
		}
	}
}

// limited is the fixture with a setting of the server, or of the address.
func (f *fixture) limited(scope, setting string) *fixture {
	f.t.Helper()
	g := *f
	g.mysql = f.mysql.Clone()
	var name, value string
	if _, err := fmt.Sscanf(setting, "%s = %s", &name, &value); err != nil {
		f.t.Fatal(err)
	}
	if scope == "SESSION" {
		g.mysql.Params = map[string]string{name: value}
	} else {
		f.exec("SET GLOBAL " + setting)
		f.t.Cleanup(func() { _, _ = f.db.ExecContext(context.Background(), "SET GLOBAL "+name+" = DEFAULT") })
	}
	g.source = f.open(g.mysql)
	return &g
}

// An alteration is told, before the next start or in the middle of a load, unless all
// rows look the same all the same.
func TestATableThatIsAlteredIsNotMixed(t *testing.T) {
	for _, alter := range []string{
		"MODIFY payload VARBINARY(40) NOT NULL", "MODIFY payload TEXT", "MODIFY payload VARCHAR(50)", "MODIFY n DECIMAL(12,3)", "MODIFY n BIGINT",
		"MODIFY b INT", "MODIFY d TIMESTAMP NULL", "ADD COLUMN more INT", "DROP COLUMN payload", "RENAME COLUMN payload TO text",
		"MODIFY payload VARCHAR(40) NOT NULL FIRST",
	} {
		for _, midway := range []bool{false, true} {
			f := newFixture(t)
			f.exec("CREATE TABLE t (id BIGINT PRIMARY KEY, payload VARCHAR(40) NOT NULL, n DECIMAL(10,2), b BIT(8), d DATETIME)",
				`INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
				SELECT i, CONCAT('row ', i), i / 4, i, '2026-01-01 12:00:00' FROM n`)
			err := f.alteredAfter(3, "ALTER TABLE t "+alter, midway)
			var problem *loader.Error
			if err != nil && (!errors.As(err, &problem) || problem.Problem != loader.TableChanged && problem.Problem != loader.ForeignPlan) {
				t.Errorf("%s, midway %t: the load says %v", alter, midway, err)
			}
			if err == nil {
				f.wantEach(60, 1)
			}
			if forms := f.forms(); len(forms) != 1 {
				t.Errorf("%s, midway %t: rows of the forms %v, and the load says %v", alter, midway, forms, err)
			}
		}
	}
}

// forms are those of the elements of the list: digits stand for all numbers.
func (f *fixture) forms() map[string]int {
	f.t.Helper()
	elements, err := f.redis.LRange(f.t.Context(), "list", 0, -1).Result()
	if err != nil {
		f.t.Fatal(err)
	}
	forms := map[string]int{}
	for _, e := range elements {
		forms[digits.ReplaceAllString(e, "0")]++
	}
	return forms
}

var digits = regexp.MustCompile(`[0-9]+`)

// alteredAfter loads some chunks, runs a statement, and goes on, in the same run or in
// another.
func (f *fixture) alteredAfter(after int, statement string, midway bool) error {
	f.t.Helper()
	ctx, stop := context.WithCancelCause(f.t.Context())
	cfg := f.config(0, defaultStrategy)
	chunks := 0
	cfg.Progress = func(int, int) {
		if chunks++; chunks != after {
			return
		}
		if midway {
			f.exec(statement)
		} else {
			stop(errEnough)
		}
	}
	_, err := loader.Load(ctx, cfg)
	if midway {
		return err
	}
	f.exec(statement)
	_, err = loader.Load(f.t.Context(), f.config(1, defaultStrategy))
	return err
}

// OPTIMIZE TABLE makes a table anew and changes nothing of it.
func TestATableThatIsMadeAnewIsReadOn(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	if err := f.alteredAfter(3, "ALTER TABLE t ENGINE = InnoDB", true); err != nil {
		t.Error(err)
	}
	f.wantEach(95, 1)
}

func TestColumnsThatMayNotBeReadAreNotLeftOut(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	f.exec("DROP USER IF EXISTS half", "CREATE USER half IDENTIFIED BY 'secret'", "GRANT SELECT (id) ON "+f.mysql.DBName+".t TO half")
	f.t.Cleanup(func() { _, _ = f.db.ExecContext(context.Background(), "DROP USER half") })
	half := f.mysql.Clone()
	half.User, half.Passwd = "half", "secret"
	cfg := f.config(0, defaultStrategy)
	cfg.DB = f.open(half)
	_, err := loader.Load(t.Context(), cfg)
	wantProblem(t, err, loader.AccessDenied)
	cfg.Job.Columns = []string{"id"}
	f.together(cfg)
	f.wantEach(20, 1)
}

func TestARedisThatEvictsIsRefused(t *testing.T) {
	for policy, refused := range map[string]bool{"allkeys-lru": true, "allkeys-random": true, "allkeys-lfu": true, "volatile-lru": false, "noeviction": false} {
		f := newFixture(t)
		f.rows(20)
		f.set("maxmemory", "0")
		f.set("maxmemory-policy", policy)
		cfg := f.config(0, defaultStrategy)
		cfg.Workers, cfg.Planned = 2, func(*loader.Plan) {}
		if _, err := f.loadTogether(cfg); err != nil {
			t.Errorf("%s without a limit: %v", policy, err)
		}
		f.flush()
		f.set("maxmemory", "100mb")
		_, err := f.loadTogether(cfg)
		if refused {
			wantProblem(t, err, loader.Evicts)
		} else if err != nil {
			t.Errorf("%s: %v", policy, err)
		}
		f.flush()
		cfg.AllowEviction = true
		if _, err := f.loadTogether(cfg); err != nil {
			t.Errorf("%s, allowed: %v", policy, err)
		}
		f.wantEach(20, 1)
	}
}

// set changes a setting of Redis until the test ends.
func (f *fixture) set(name, value string) {
	f.t.Helper()
	before, err := f.redis.ConfigGet(f.t.Context(), name).Result()
	if err != nil {
		f.t.Fatal(err)
	}
	if err := f.redis.ConfigSet(f.t.Context(), name, value).Err(); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { f.redis.ConfigSet(context.Background(), name, before[name]) })
}

// Complete means the table and the list, not just the plan.
func TestCompleteIsSaidOfTableAndList(t *testing.T) {
	for name, tc := range map[string]struct {
		rows   int
		change func(*fixture)
		want   loader.Problem // 0: nothing has changed
	}{
		"nothing":                  {20, func(*fixture) {}, 0},
		"nothing, of an empty one": {0, func(*fixture) {}, 0},
		"rows for an empty table":  {0, func(f *fixture) { f.exec("INSERT INTO t VALUES (1, 'a')") }, loader.TableChanged},
		"a row more":               {20, func(f *fixture) { f.exec("INSERT INTO t VALUES (100, 'a')") }, loader.TableChanged},
		"a row less":               {20, func(f *fixture) { f.exec("DELETE FROM t WHERE id = 7") }, loader.TableChanged},
		"no rows any more":         {20, func(f *fixture) { f.exec("DELETE FROM t") }, loader.TableChanged},
		"other rows":               {20, func(f *fixture) { f.exec("UPDATE t SET id = id + 1000 ORDER BY id DESC") }, loader.TableChanged},
		"a column's type":          {20, func(f *fixture) { f.exec("ALTER TABLE t MODIFY payload TEXT") }, loader.TableChanged},
		"the list is deleted":      {20, func(f *fixture) { f.redis.Del(f.t.Context(), "list") }, loader.ListChanged},
		"an element is taken":      {20, func(f *fixture) { f.redis.LPop(f.t.Context(), "list") }, loader.ListChanged},
		"elements of others":       {20, func(f *fixture) { f.redis.LPush(f.t.Context(), "list", "a") }, loader.ListChanged},
		"a key that moves":         {20, func(f *fixture) { f.exec("UPDATE t SET id = 0 WHERE id = 20", "UPDATE t SET id = 20 WHERE id = 0") }, 0},
		"a column less":            {20, func(f *fixture) { f.exec("ALTER TABLE t DROP COLUMN payload") }, loader.TableChanged},
		"a column more":            {20, func(f *fixture) { f.exec("ALTER TABLE t ADD COLUMN more INT FIRST") }, loader.TableChanged},
	} {
		for _, again := range []bool{true, false} {
			f := newFixture(t)
			f.rows(tc.rows)
			cfg := f.config(0, defaultStrategy)
			cfg.Workers, cfg.Planned = 2, func(*loader.Plan) {}
			change := tc.change
			if again {
				f.loadTogether(cfg)
				change(f)
			} else if tc.rows > 0 {
				done := false
				cfg.Workers, cfg.Progress = 1, func(int, int) {
					if !done {
						done = true
						change(f)
					}
				}
			} else {
				continue
			}
			_, err := f.loadTogether(cfg)
			f.wantChange(fmt.Sprintf("%s, again %t", name, again), err, tc.want)
		}
	}
}

// What the job needs of its table, and was there when it began, is a change and no bad input.
func TestAnIndexOrAColumnThatGoesMidwayIsAChangeOfTheTable(t *testing.T) {
	for _, change := range []string{"ALTER TABLE t DROP INDEX k", "ALTER TABLE t DROP COLUMN payload"} {
		f := newFixture(t)
		f.exec("CREATE TABLE t (k CHAR(9) NOT NULL, payload INT, UNIQUE k (k))", "INSERT INTO t VALUES ('a', 1), ('b', 2), ('c', 3)")
		cfg := f.config(0, defaultStrategy)
		cfg.Job.Key, cfg.Job.Columns, cfg.Job.ChunkSize = []string{"k"}, []string{"k", "payload"}, 1
		cfg.Planned = func(*loader.Plan) {}
		rows := 0
		cfg.Counted = func(c loader.Commit) {
			if rows += c.Rows; rows == 3 {
				f.exec(change)
			}
		}
		_, err := f.loadTogether(cfg)
		f.wantChange(change, err, loader.TableChanged)
	}
}

func (f *fixture) loadTogether(cfg loader.Config) (loader.Summary, error) {
	sum, err := loader.LoadTogether(f.t.Context(), cfg, loader.At(f.options))
	if err == nil {
		err = sum.Audit.Problem(false)
	}
	return sum, err
}

func (f *fixture) wantChange(name string, err error, want loader.Problem) {
	f.t.Helper()
	var problem *loader.Error
	var got loader.Problem
	if errors.As(err, &problem) {
		got = problem.Problem
	}
	if got != want || (err != nil) != (want != 0) {
		f.t.Errorf("%s: %v, want problem %d", name, err, want)
	}
}

// Whatever is taken away in the middle of a job is told as it is at its start.
func TestWhatIsTakenAwayMidwayIsTold(t *testing.T) {
	for name, tc := range map[string]struct {
		take func(*fixture)
		want loader.Problem
	}{
		"the table":           {func(f *fixture) { f.exec("RENAME TABLE t TO gone") }, loader.NoTable},
		"the right to it":     {func(f *fixture) { f.exec("REVOKE SELECT ON " + f.mysql.DBName + ".t FROM half") }, loader.AccessDenied},
		"the bitmap":          {func(f *fixture) { f.redis.Del(f.t.Context(), "{list}:chunks") }, loader.ForeignPlan},
		"the list, for a set": {func(f *fixture) { f.redis.Del(f.t.Context(), "list"); f.redis.SAdd(f.t.Context(), "list", "a") }, loader.WrongListType},
		"the user of Redis": {func(f *fixture) {
			f.redis.Do(f.t.Context(), "ACL", "SETUSER", "app", "resetpass", ">other")
			f.redis.Do(f.t.Context(), "CLIENT", "KILL", "USER", "app")
		}, loader.AccessDenied},
	} {
		f := newFixture(t)
		f.rows(60)
		f.exec("DROP USER IF EXISTS half", "CREATE USER half IDENTIFIED BY 'secret'", "GRANT SELECT ON "+f.mysql.DBName+".t TO half")
		f.asUser(f.rights()...)
		half := f.mysql.Clone()
		half.User, half.Passwd = "half", "secret"
		cfg := f.config(0, defaultStrategy)
		cfg.DB = f.open(half)
		chunks := 0
		cfg.Progress = func(int, int) {
			if chunks++; chunks == 3 {
				tc.take(f)
			}
		}
		_, err := loader.Load(t.Context(), cfg)
		f.wantChange(name, err, tc.want)
		f.exec("DROP USER half")
	}
}
