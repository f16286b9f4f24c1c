package loader_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"onceover/loader"
)

// user makes a user of MySQL who may do everything but manage the server, and a
// configuration with it.
func (f *fixture) user(how string) loader.Config {
	f.t.Helper()
	f.exec("DROP USER IF EXISTS limited", "CREATE USER limited IDENTIFIED BY 'pw' "+how, "GRANT SELECT ON *.* TO limited", "GRANT EXECUTE ON *.* TO limited")
	f.t.Cleanup(func() { f.db.ExecContext(context.Background(), "DROP USER IF EXISTS limited") })
	dsn := f.mysql.Clone()
	dsn.User, dsn.Passwd = "limited", "pw"
	cfg := f.config(0, defaultStrategy)
	cfg.DB, cfg.Workers, cfg.Planned = f.open(dsn), 1, func(*loader.Plan) {}
	return cfg
}

// Real servers refuse a load at its beginning, and take it when it has waited.
func TestRefusalsAtTheBeginningAreWaitedOut(t *testing.T) {
	f := newFixture(t)
	f.rows(10)
	admin := f.redis.Conn()
	defer admin.Close()
	do := func(command string) func() {
		return func() {
			t.Helper()
			var args []any
			for word := range strings.FieldsSeq(command) {
				args = append(args, word)
			}
			f.must(admin.Do(context.WithoutCancel(t.Context()), args...).Err())
		}
	}
	sql := func(statement string) func() { return func() { t.Helper(); f.exec(statement) } }
	var running sync.WaitGroup
	for _, tc := range []struct {
		name           string
		refuse, accept func()
		try            string
	}{
		{"memory", do("CONFIG SET maxmemory 1"), do("CONFIG SET maxmemory 0"), "maxmemory"},
		{"replicas", do("CONFIG SET min-replicas-to-write 1"), do("CONFIG SET min-replicas-to-write 0"), "min-replicas-to-write"},
		{"a replica", do("REPLICAOF 127.0.0.1 1"), do("REPLICAOF NO ONE"), "master"},
		{"a script", func() {
			do("CONFIG SET busy-reply-threshold 1")()
			running.Go(func() { f.redis.Eval(context.Background(), "while true do end", nil) })
			for answer := error(nil); answer == nil || !strings.HasPrefix(answer.Error(), "BUSY"); {
				answer = admin.Get(t.Context(), "x").Err()
				if answer != nil && answer.Error() == "redis: nil" {
					answer = nil
				}
			}
		}, func() { do("SCRIPT KILL")(); running.Wait(); do("CONFIG SET busy-reply-threshold 5000")() }, "SCRIPT KILL"},
		{"connections", sql("SET GLOBAL max_connections = 1"), sql("SET GLOBAL max_connections = 151"), "max_connections"},
		{"a mode", sql("SET GLOBAL offline_mode = ON"), sql("SET GLOBAL offline_mode = OFF"), "offline_mode"},
	} {
		f.redis.FlushAll(t.Context())
		cfg := f.user("")
		var told []error
		cfg.Trouble = func(err error, _ time.Duration) { told = append(told, err) }
		cfg.Sleep = func(context.Context, time.Duration) error {
			if len(told) == 1 {
				tc.accept()
			}
			return nil
		}
		tc.refuse()
		_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		if len(told) == 0 {
			tc.accept()
		}
		if err != nil || len(told) != 1 || !strings.Contains(wantProblem(t, told[0], loader.Unready).Try, tc.try) {
			t.Errorf("%s: %v, told of %v", tc.name, err, told)
			continue
		}
		f.wantEach(10, 1)
	}
}

// A user with fewer connections than workers: some wait until others have done.
func TestWorkersWithoutAConnectionWait(t *testing.T) {
	f := newFixture(t)
	f.rows(40)
	for _, limit := range []string{"the user's", "everybody's"} {
		f.redis.FlushAll(t.Context())
		how := "WITH MAX_USER_CONNECTIONS 1"
		if limit == "everybody's" {
			how = ""
			f.exec("SET GLOBAL max_user_connections = 1")
		}
		cfg := f.user(how)
		cfg.Workers = 2
		var mu sync.Mutex
		var told []error
		cfg.Trouble = func(err error, _ time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, err)
		}
		cfg.Hook = func(ctx context.Context, at loader.Step, _ int) {
			for at == loader.Read && ctx.Err() == nil { // the one that has it keeps it until another was refused
				mu.Lock()
				enough := len(told) > 0
				mu.Unlock()
				if enough {
					return
				}
				time.Sleep(time.Millisecond)
			}
		}
		_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		cfg.DB.Close() // its connections count
		f.exec("SET GLOBAL max_user_connections = 0")
		if err != nil || len(told) == 0 {
			t.Errorf("%s: %v, told of %v", limit, err, told)
			continue
		}
		for _, trouble := range told {
			if problem := wantProblem(t, trouble, loader.Unready); !strings.Contains(problem.Try, "--workers") {
				t.Errorf("%s: %v, try %s", limit, problem, problem.Try)
			}
		}
		f.wantEach(40, 1)
	}
}

// What real MySQL refuses for good is not waited for.
func TestLimitsOfMySQLEndALoadAtOnce(t *testing.T) {
	f := newFixture(t)
	f.rows(1000)
	f.exec("CREATE TABLE written (i INT)", "SET GLOBAL log_bin_trust_function_creators = 1",
		"CREATE FUNCTION writes(i INT) RETURNS INT BEGIN INSERT INTO written VALUES (i); RETURN i; END",
		"CREATE VIEW writing AS SELECT id, writes(id) AS x FROM t",
		"CREATE VIEW slow AS SELECT id, (SELECT COUNT(*) FROM t a, t b, t c WHERE a.payload < b.payload AND b.payload < c.payload) AS x FROM t")
	view := func(name string) func(*loader.Config, *mysql.Config) {
		return func(c *loader.Config, _ *mysql.Config) { c.Job.Table, c.Job.Key = name, []string{"id"} }
	}
	for _, tc := range []struct {
		how    string
		change func(*loader.Config, *mysql.Config)
		number uint16
		want   loader.Problem
		try    string
	}{
		{how: "PASSWORD EXPIRE", number: 1862, want: loader.AccessDenied, try: "ALTER USER"},
		{how: "ACCOUNT LOCK", number: 3118, want: loader.AccessDenied, try: "ACCOUNT UNLOCK"},
		{how: "REQUIRE SSL", number: 1045, want: loader.AccessDenied, try: "tls=true"},
		{how: "WITH MAX_QUERIES_PER_HOUR 3", number: 1226, want: loader.Limited, try: "MAX_QUERIES_PER_HOUR"},
		{change: view("writing"), number: 1792, want: loader.Unfit, try: "a view"},
		{change: func(c *loader.Config, m *mysql.Config) {
			view("slow")(c, m)
			m.Params = map[string]string{"max_execution_time": "100"}
		}, number: 3024, want: loader.Limited, try: "max_execution_time"},
		{change: func(_ *loader.Config, m *mysql.Config) {
			f.exec("SET GLOBAL require_secure_transport = ON")
			t.Cleanup(func() { f.db.ExecContext(context.Background(), "SET GLOBAL require_secure_transport = OFF") })
		}, number: 3159, want: loader.AccessDenied, try: "tls=true"},
		{change: func(_ *loader.Config, m *mysql.Config) {
			f.exec("SET GLOBAL require_secure_transport = OFF")
			m.TLSConfig = "true"
		}, want: loader.AccessDenied, try: "a certificate for this one"},
	} {
		f.redis.FlushAll(t.Context())
		cfg := f.user(tc.how)
		dsn := f.mysql.Clone()
		dsn.User, dsn.Passwd = "limited", "pw"
		if tc.change != nil {
			tc.change(&cfg, dsn)
		}
		cfg.DB = f.open(dsn)
		cfg.Sleep = func(context.Context, time.Duration) error { t.Errorf("%d: it waits", tc.number); return nil }
		_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		problem := wantProblem(t, err, tc.want)
		var answer *mysql.MySQLError
		if errors.As(err, &answer) != (tc.number != 0) || answer != nil && answer.Number != tc.number {
			t.Errorf("%s: %v, want MySQL's %d", tc.how, err, tc.number)
		}
		if !strings.Contains(problem.Try, tc.try) {
			t.Errorf("%v: the cure is %q, want %q", err, problem.Try, tc.try)
		}
		if list := f.redis.LLen(t.Context(), "list").Val(); list != 0 {
			t.Errorf("%v: %d elements are in the list", err, list)
		}
	}
}
