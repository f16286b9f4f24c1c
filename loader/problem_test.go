package loader_test

import (
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
)

// Bad input of every kind is told apart, and nothing is written for it. Two
// kinds have tests of their own: keys of somebody else, and too many chunks.
func TestBadInput(t *testing.T) {
	f := newFixture(t)
	f.rows(10)
	f.exec(
		"CREATE TABLE keyless (id INT)", "INSERT INTO keyless SELECT id FROM t UNION ALL SELECT id FROM t",
		"CREATE TABLE composite (a INT, b INT, c INT NOT NULL, d INT UNIQUE, e INT NOT NULL, PRIMARY KEY (a, b), INDEX (c), UNIQUE pair (e, c))",
		"CREATE TABLE texts (id VARCHAR(9) PRIMARY KEY, d DECIMAL(9), t TEXT NOT NULL, UNIQUE t (t(9)))",
		"INSERT INTO texts VALUES ('x', NULL, 'y')", "CREATE VIEW view AS SELECT * FROM texts",
		"DROP USER IF EXISTS stranger, reader",
		"CREATE USER stranger IDENTIFIED BY 'pw', reader IDENTIFIED BY 'pw'",
		"CREATE TABLE other (id INT PRIMARY KEY)",
		"GRANT SELECT ON other TO reader",
	)
	f.must(f.redis.Do(t.Context(), "ACL", "SETUSER", "stranger", "on", ">pw", "~none", "+ping").Err())
	t.Cleanup(func() { f.redis.Do(t.Context(), "ACL", "DELUSER", "stranger") })

	table := func(name string) func(*loader.Config) { return func(c *loader.Config) { c.Job.Table = name } }
	keyed := func(name string, key ...string) func(*loader.Config) {
		return func(c *loader.Config) { c.Job.Table, c.Job.Key = name, key }
	}
	size := func(n int) func(*loader.Config) { return func(c *loader.Config) { c.Job.ChunkSize = n } }
	asMySQL := func(change func(*mysql.Config)) func(*loader.Config) {
		return func(c *loader.Config) {
			dsn := f.mysql.Clone()
			change(dsn)
			c.DB = f.open(dsn)
		}
	}
	asRedis := func(change func(*redis.Options)) func(*loader.Config) {
		return func(c *loader.Config) {
			options := *f.options
			change(&options)
			c.Redis = loader.OpenRedis(&options, c.Strategy)
			t.Cleanup(func() { c.Redis.Close() })
		}
	}
	for _, tc := range []struct {
		name   string
		change func(*loader.Config)
		want   loader.Problem
	}{
		{"no such table", table("missing"), loader.NoTable},
		{"no such database", table("missing.t"), loader.NoTable},
		{"no such database in the DSN", asMySQL(func(c *mysql.Config) { c.DBName = "missing" }), loader.NoTable},
		{"no database at all", asMySQL(func(c *mysql.Config) { c.DBName = "" }), loader.NoTable},
		{"a name that is quoted in vain", table("t` WHERE 0; DROP TABLE `t"), loader.NoTable},

		{"no unique index, and more than a chunk", table("keyless"), loader.NoKey},
		{"a part of the primary key", keyed("composite", "a"), loader.NoKey},
		{"more than the primary key", keyed("composite", "a", "b", "c"), loader.NoKey},
		{"a key that is not unique", keyed("composite", "c"), loader.NoKey},
		{"a key that may be NULL", keyed("composite", "d"), loader.NoKey},
		{"a part of a unique index", keyed("composite", "e"), loader.NoKey},
		{"a column without an index", keyed("keyless", "id"), loader.NoKey},
		{"a beginning of a long text", keyed("texts", "t"), loader.NoKey},
		{"a view by a column that is NULL somewhere", keyed("view", "d"), loader.NoKey},
		{"a view by a long text", keyed("view", "t"), loader.NoKey},

		{"no such key", keyed("t", "missing"), loader.NoColumn},
		{"no such index", keyed("composite", "missing"), loader.NoColumn},
		{"no such column", func(c *loader.Config) { c.Job.Columns = []string{"id", "missing"} }, loader.NoColumn},

		{"negative chunk size", size(-1), loader.BadChunkSize},
		{"huge chunk size", size(loader.MaxChunkSize + 1), loader.BadChunkSize},

		{"no table named", table(""), loader.BadJob},
		{"no list named", func(c *loader.Config) { c.Job.List = "" }, loader.BadJob},
		{"a list that JSON cannot name", func(c *loader.Config) { c.Job.List = "caf\xe9" }, loader.BadJob},
		{"a table that JSON cannot name", table("caf\xe9"), loader.BadJob},

		{"a wrong MySQL password", asMySQL(func(c *mysql.Config) { c.Passwd = "wrong" }), loader.AccessDenied},
		{"a MySQL user without a database", asMySQL(func(c *mysql.Config) { c.User, c.Passwd = "stranger", "pw" }), loader.AccessDenied},
		{"a MySQL user without the table", asMySQL(func(c *mysql.Config) { c.User, c.Passwd = "reader", "pw" }), loader.AccessDenied},
		{"a wrong Redis password", asRedis(func(o *redis.Options) { o.Username, o.Password = "stranger", "wrong" }), loader.AccessDenied},
		{"a Redis user without the keys", asRedis(func(o *redis.Options) { o.Username, o.Password = "stranger", "pw" }), loader.AccessDenied},

		{"no MySQL there", asMySQL(func(c *mysql.Config) { c.Addr = "127.0.0.1:1" }), loader.Unreachable},
		{"no Redis there", asRedis(func(o *redis.Options) { o.Addr = "127.0.0.1:1" }), loader.Unreachable},
	} {
		cfg := f.config(0, defaultStrategy)
		tc.change(&cfg)
		sum, err := loader.Load(t.Context(), cfg)
		problem := wantProblem(t, err, tc.want)
		t.Logf("%s: %v (%s)", tc.name, err, problem.Try)
		if strings.Contains(err.Error(), f.mysql.Passwd) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%s: %v tells a password", tc.name, err)
		}
		if sum != (loader.Summary{}) {
			t.Errorf("%s: %+v", tc.name, sum)
		}
		f.wantUnchanged(tc.name, map[string]string{})
	}
}

func TestChunkSizesAtTheLimits(t *testing.T) {
	f := newFixture(t)
	f.rows(10)
	for _, n := range []int{0, 1, loader.MaxChunkSize} {
		f.redis.FlushAll(t.Context())
		cfg := f.config(0, defaultStrategy)
		cfg.Job.ChunkSize = n
		f.together(cfg)
		f.wantEach(10, 1)
	}
}

// NewPlan shows what a job would do, and touches no Redis.
func TestNewPlanRefusesBadInput(t *testing.T) {
	f := newFixture(t)
	_, err := loader.NewPlan(t.Context(), f.source, loader.Job{Table: "missing", List: "list"}, "s")
	wantProblem(t, err, loader.NoTable)
	_, err = loader.NewPlan(t.Context(), f.source, loader.Job{Table: "missing"}, "s")
	wantProblem(t, err, loader.BadJob)
}
