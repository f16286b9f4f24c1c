package loader_test

import (
	"context"
	"fmt"
	"maps"
	"net"
	"strings"
	"sync"
	"testing"

	"onceover/loader"
	"onceover/loader/lock"
)

var defaultStrategy = lock.Default()

// The table changes while they look at it, so that no two would make the same plan.
func TestFirstWorkersAgreeOnOnePlan(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var growing sync.WaitGroup
	growing.Go(func() {
		for id := 101; ctx.Err() == nil; id++ {
			if _, err := f.db.ExecContext(ctx, fmt.Sprintf("INSERT INTO t VALUES (%d, '')", id)); err != nil && ctx.Err() == nil {
				t.Error(err)
				return
			}
		}
	})
	const workers = 16
	var plans [workers]*loader.Plan
	var running sync.WaitGroup
	for i := range workers {
		cfg := f.config(i, defaultStrategy)
		cfg.Planned = func(p *loader.Plan) { plans[i] = p }
		running.Go(func() {
			if _, err := loader.Load(t.Context(), cfg); err != nil {
				t.Error(err)
			}
		})
	}
	running.Wait()
	cancel()
	growing.Wait()
	stored := f.redis.HGet(t.Context(), "{list}:plan", "id").Val()
	for i, p := range plans {
		if p == nil || p.ID() != stored || p.Rows < 100 {
			t.Errorf("worker %d has the plan %+v, Redis holds %s", i, p, stored)
		}
	}
	counts := f.counts()
	for id := int64(1); id <= 100; id++ {
		if counts[id] != 1 {
			t.Errorf("id %d is in the list %d times", id, counts[id])
		}
	}
	for id, n := range counts {
		if n != 1 {
			t.Errorf("id %d is in the list %d times", id, n)
		}
	}
}

func TestJobsThatDifferAreRefused(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	f.exec("ALTER TABLE t ADD other INT NOT NULL UNIQUE DEFAULT (id)", "CREATE TABLE u LIKE t")
	f.together(f.config(0, defaultStrategy))
	before := f.dump()
	if len(before) != 4 {
		t.Fatalf("%d keys after the load, want 4", len(before))
	}
	for name, change := range map[string]func(*loader.Config){
		"table":          func(c *loader.Config) { c.Job.Table = "u" },
		"key":            func(c *loader.Config) { c.Job.Key = []string{"other"} },
		"chunk size":     func(c *loader.Config) { c.Job.ChunkSize = 11 },
		"fewer columns":  func(c *loader.Config) { c.Job.Columns = []string{"id"} },
		"strategy":       func(c *loader.Config) { c.Strategy = lock.SetNX },
		"older strategy": func(c *loader.Config) { c.Strategy.Name = "lease-lua-0" },
	} {
		cfg := f.config(1, defaultStrategy)
		change(&cfg)
		_, err := loader.Load(t.Context(), cfg)
		t.Log(name+":", wantProblem(t, err, loader.ForeignPlan))
		f.wantUnchanged(name, before)
	}
	f.exec("ALTER TABLE t ADD more INT")
	_, err := loader.Load(t.Context(), f.config(1, defaultStrategy))
	wantProblem(t, err, loader.TableChanged)
	f.wantUnchanged("more columns", before)
}

func (f *fixture) wantUnchanged(name string, before map[string]string) {
	f.t.Helper()
	if after := f.dump(); !maps.Equal(before, after) {
		f.t.Errorf("%s: something was written: keys %v, before %v", name, after, before)
	}
}

// Nothing may be written beside keys that belong to somebody else.
func TestKeysOfSomebodyElseAreRefused(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	f.together(f.config(0, defaultStrategy))
	plan := f.redis.HGetAll(t.Context(), "{list}:plan").Val()
	for _, tc := range []struct {
		name  string
		write []string
		want  loader.Problem
	}{
		{"list", []string{"SET", "list", "x"}, loader.WrongListType},
		{"plan", []string{"SET", "{list}:plan", "x"}, loader.WrongListType},
		{"bitmap", []string{"RPUSH", "{list}:chunks", "x"}, loader.WrongListType},
		{"owners", []string{"SADD", "{list}:owners", "x"}, loader.WrongListType},
		{"stale bitmap", []string{"SETBIT", "{list}:chunks", "0", "1"}, loader.ForeignPlan},
		{"stale bitmap without a bit", []string{"SETBIT", "{list}:chunks", "0", "0"}, loader.ForeignPlan},
		{"stale owners", []string{"HSET", "{list}:owners", "0", "x"}, loader.ForeignPlan},
		{"plan that is no plan", []string{"HSET", "{list}:plan", "id", "x", "body", "x"}, loader.ForeignPlan},
		{"plan without a body", []string{"HSET", "{list}:plan", "id", plan["id"]}, loader.ForeignPlan},
		{"plan without an id", []string{"HSET", "{list}:plan", "body", plan["body"]}, loader.ForeignPlan},
		{"plan that was changed", []string{"HSET", "{list}:plan", "id", plan["id"], "body", strings.Replace(plan["body"], `"rows":30`, `"rows":29`, 1)}, loader.ForeignPlan},
		{"plan of a later version", []string{"HSET", "{list}:plan", "id", plan["id"], "body", strings.Replace(plan["body"], `"version":3`, `"version":4`, 1)}, loader.ForeignPlan},
	} {
		f.redis.FlushAll(t.Context())
		args := make([]any, len(tc.write))
		for i, a := range tc.write {
			args[i] = a
		}
		if err := f.redis.Do(t.Context(), args...).Err(); err != nil {
			t.Fatal(err)
		}
		before := f.dump()
		_, err := loader.Load(t.Context(), f.config(0, defaultStrategy))
		t.Log(tc.name+":", wantProblem(t, err, tc.want))
		f.wantUnchanged(tc.name, before)
	}
}

// spoken calls heard with what is sent to MySQL.
type spoken struct {
	net.Conn
	heard func(string)
}

func (s spoken) Write(p []byte) (int, error) {
	s.heard(string(p))
	return s.Conn.Write(p)
}

// Between the look at the keys and the storing of the plan the table is measured.
func TestBitmapThatAppearsWhileThePlanIsMade(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	dsn := f.mysql.Clone()
	appeared := false
	dsn.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, addr)
		return spoken{conn, func(text string) {
			if strings.Contains(text, "SELECT COUNT(*), MIN") {
				appeared = true
				f.redis.SetBit(t.Context(), "{list}:chunks", 1, 1)
			}
		}}, err
	}
	cfg := f.config(0, defaultStrategy)
	cfg.DB = f.open(dsn)
	_, err := loader.Load(t.Context(), cfg)
	wantProblem(t, err, loader.ForeignPlan)
	if left := f.dump(); !appeared || len(left) != 1 {
		t.Errorf("the bitmap appeared: %t; keys %v", appeared, left)
	}
}

func TestBitsBeyondThePlanAreRefused(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	f.together(f.config(0, defaultStrategy))
	for _, bit := range []int64{3, 7, 8, 100_000} {
		f.redis.SetBit(t.Context(), "{list}:chunks", bit, 1)
		before := f.dump()
		_, err := loader.Load(t.Context(), f.config(0, defaultStrategy))
		wantProblem(t, err, loader.ForeignPlan)
		f.wantUnchanged("bit", before)
		f.redis.SetBit(t.Context(), "{list}:chunks", bit, 0)
	}
	f.together(f.config(0, defaultStrategy)) // the bitmap is longer than the plan, its bits are not
}

// A list that holds something already is added to.
func TestListThatIsNotEmpty(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	f.redis.RPush(t.Context(), "list", `{"id":1000}`)
	f.together(f.config(0, defaultStrategy))
	if counts := f.counts(); len(counts) != 31 || counts[1000] != 1 {
		t.Errorf("ids %v", counts)
	}
}

// A Redis that forgets everything makes the workers begin again.
func TestPlanLostDuringTheLoad(t *testing.T) {
	f := newFixture(t)
	f.rows(300)
	configs := make([]loader.Config, 4)
	var lost sync.Once
	for i := range configs {
		configs[i] = f.config(i, defaultStrategy)
	}
	beginTogether(configs)
	for i := range configs {
		var committed int
		configs[i].Hook = func(ctx context.Context, step loader.Step, _ int) {
			if step == loader.Committed {
				committed++
			}
			if step == loader.Committing && committed == 2 {
				lost.Do(func() {
					if err := f.redis.FlushAll(ctx).Err(); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
	sum := f.together(configs...)
	f.wantEach(300, 1)
	if sum.Failures == 0 || sum.Rows <= 300 || sum.Left != 0 {
		t.Errorf("%+v: the loss did not show", sum)
	}
}

func TestPlanLostAndMadeAnewByOthersIsRefused(t *testing.T) {
	f := newFixture(t)
	f.rows(300)
	first := f.config(0, defaultStrategy)
	var once sync.Once
	first.Hook = func(ctx context.Context, step loader.Step, _ int) {
		if step != loader.Committing {
			return
		}
		once.Do(func() {
			f.redis.FlushAll(ctx)
			f.exec("INSERT INTO t VALUES (301, 'new')")
			f.together(f.config(1, defaultStrategy))
		})
	}
	_, err := loader.Load(t.Context(), first)
	wantProblem(t, err, loader.ForeignPlan)
	f.wantEach(301, 1)
}

// Lists with a hash tag had their keys elsewhere once. Whoever goes on with one that was
// begun then must not load it again.
func TestAPlanWhereEarlierVersionsKeptItIsSeen(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	cfg := f.config(0, defaultStrategy)
	cfg.Job.List = "{list}"
	f.redis.HSet(t.Context(), "{list}:plan", "id", "x", "body", `{"version":1,"job":{"table":"t","list":"{list}"}}`)
	before := f.dump()
	_, err := loader.Load(t.Context(), cfg)
	wantProblem(t, err, loader.ForeignPlan)
	f.wantUnchanged("a plan of an earlier version", before)
	f.flush()
	cfg.Job.List = "list" // has its plan there too, which is no former one
	f.together(cfg)
	cfg.Job.List = "{list}"
	f.together(cfg)
	f.wantEach(30, 1)
}
