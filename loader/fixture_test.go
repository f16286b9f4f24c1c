package loader_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
	"onceover/scenarios/servers/serverstest"
)

// fixture is a Redis and a MySQL of one test, both empty.
type fixture struct {
	t       testing.TB
	options *redis.Options
	mysql   *mysql.Config
	redis   *redis.Client // not the loader's
	db      *sql.DB       // not the loader's
	source  *sql.DB       // the loader's
	changes string        // that Redis had counted when writes were
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{t: t, options: serverstest.RedisOptions(t), mysql: serverstest.MySQLConfig(t)}
	f.options.DialerRetries = 1
	f.redis = redis.NewClient(f.options)
	t.Cleanup(func() { f.redis.Close() })
	connector, err := mysql.NewConnector(f.mysql)
	if err != nil {
		t.Fatal(err)
	}
	f.db = sql.OpenDB(connector)
	t.Cleanup(func() { f.db.Close() })
	f.source = f.open(f.mysql)
	return f
}

// open opens MySQL as the loader does.
func (f *fixture) open(cfg *mysql.Config) *sql.DB {
	f.t.Helper()
	db, err := loader.OpenMySQL(cfg)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { db.Close() })
	return db
}

func (f *fixture) exec(statements ...string) {
	f.t.Helper()
	for _, s := range statements {
		if _, err := f.db.ExecContext(f.t.Context(), s); err != nil {
			f.t.Fatalf("%s: %v", s, err)
		}
	}
}

// rows makes the table t with the keys 1 to n.
func (f *fixture) rows(n int) {
	f.t.Helper()
	f.exec("CREATE TABLE t (id BIGINT PRIMARY KEY, payload VARCHAR(40) NOT NULL)")
	if n > 0 {
		f.exec(fmt.Sprintf(`INSERT /*+ SET_VAR(cte_max_recursion_depth = 10000000) */ INTO t
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i, CONCAT('row ', i) FROM n`, n))
	}
}

// config is a worker's, with a Redis client of its own.
func (f *fixture) config(worker int, strategy lock.Strategy) loader.Config {
	client := loader.OpenRedis(f.options, strategy)
	f.t.Cleanup(func() { client.Close() })
	return loader.Config{
		Job:      loader.Job{Table: "t", List: "list", ChunkSize: 10},
		Strategy: strategy,
		Redis:    client, Locks: f.locks(strategy), DB: f.source,
		Worker: worker, Token: fmt.Sprintf("token/%d", worker), Seed: 7,
		Sleep: wait,
		Every: func(context.Context, time.Duration, func(context.Context) error) func() { return func() {} }, // no lease runs out in these tests
	}
}

// locks are of as many lock servers as a strategy needs, which no test kills: databases of
// the one Redis do.
func (f *fixture) locks(strategy lock.Strategy) (clients []*redis.Client) {
	for i := range strategy.Locks {
		options := *f.options
		options.DB = i + 1
		client := loader.OpenRedis(&options, strategy)
		f.t.Cleanup(func() { client.Close() })
		clients = append(clients, client)
	}
	return clients
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// together runs one worker for each configuration, and adds up what they did.
func (f *fixture) together(configs ...loader.Config) loader.Summary {
	f.t.Helper()
	summaries, errs := make([]loader.Summary, len(configs)), make([]error, len(configs))
	var running sync.WaitGroup
	for i, cfg := range configs {
		running.Go(func() { summaries[i], errs[i] = loader.Load(f.t.Context(), cfg) })
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		f.t.Fatal(err)
	}
	var sum loader.Summary
	for _, s := range summaries {
		sum.Chunks += s.Chunks
		sum.Rows += s.Rows
		sum.Superseded += s.Superseded
		sum.Failures += s.Failures
		sum.Left += s.Left
	}
	return sum
}

// beginTogether keeps each worker until all have agreed on the plan.
func beginTogether(configs []loader.Config) {
	var planned sync.WaitGroup
	planned.Add(len(configs))
	for i := range configs {
		configs[i].Planned = func(*loader.Plan) { planned.Done(); planned.Wait() }
	}
}

// held are the elements of the list from the left, or of the stream from the first.
func (f *fixture) held() []string {
	f.t.Helper()
	if f.redis.Type(f.t.Context(), "list").Val() == "stream" {
		return f.entries()
	}
	elements, err := f.redis.LRange(f.t.Context(), "list", 0, -1).Result()
	if err != nil {
		f.t.Fatal(err)
	}
	return elements
}

func (f *fixture) entries() (elements []string) {
	f.t.Helper()
	entries, err := f.redis.XRange(f.t.Context(), "list", "-", "+").Result()
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range entries {
		row, is := e.Values[lock.RowField].(string)
		if !is || len(e.Values) != 1 {
			f.t.Fatalf("entry %s: %v", e.ID, e.Values)
		}
		elements = append(elements, row)
	}
	return elements
}

// counts tells how often each id stands in the list, or in the stream.
func (f *fixture) counts() map[int64]int {
	f.t.Helper()
	counts := map[int64]int{}
	for _, e := range f.held() {
		var row struct{ ID int64 }
		if err := json.Unmarshal([]byte(e), &row); err != nil {
			f.t.Fatalf("element %s: %v", e, err)
		}
		counts[row.ID]++
	}
	return counts
}

// wantEach checks that the list holds the ids 1 to n, each so many times.
func (f *fixture) wantEach(n, times int) {
	f.t.Helper()
	counts := f.counts()
	for id := int64(1); id <= int64(n); id++ {
		if counts[id] != times {
			f.t.Errorf("id %d is in the list %d times, want %d", id, counts[id], times)
		}
		delete(counts, id)
	}
	if len(counts) > 0 {
		f.t.Errorf("ids that are not in the table: %v", slices.Sorted(maps.Keys(counts)))
	}
}

// dump is all that Redis holds.
func (f *fixture) dump() map[string]string {
	f.t.Helper()
	keys, err := f.redis.Keys(f.t.Context(), "*").Result()
	if err != nil {
		f.t.Fatal(err)
	}
	all := map[string]string{}
	for _, key := range keys {
		if all[key], err = f.redis.Dump(f.t.Context(), key).Result(); err != nil {
			f.t.Fatal(err)
		}
	}
	return all
}

// wantProblem checks what kind of problem an error is, and that it says what
// can be done.
func wantProblem(t testing.TB, err error, want loader.Problem) *loader.Error {
	t.Helper()
	var problem *loader.Error
	if !errors.As(err, &problem) {
		t.Fatalf("error %v, want a loader.Error", err)
	}
	if problem.Problem != want {
		t.Errorf("problem %d (%v), want %d", problem.Problem, err, want)
	}
	if problem.Try == "" {
		t.Errorf("%v: no cure is named", err)
	}
	return problem
}
