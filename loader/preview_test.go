package loader_test

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"onceover/loader"
)

// writes are the commands by which somebody has changed the fixture's Redis since resetStats.
func (f *fixture) writes() (found []string) {
	f.t.Helper()
	info, err := f.redis.Info(f.t.Context(), "commandstats", "persistence").Result()
	f.must(err)
	names, err := f.redis.Do(f.t.Context(), "COMMAND", "LIST", "FILTERBY", "ACLCAT", "write").StringSlice()
	f.must(err)
	if len(names) < 50 || !slices.Contains(names, "hset") {
		f.t.Fatalf("commands that write: %v", names)
	}
	for line := range strings.Lines(info) {
		name, stats, is := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "cmdstat_"), ":calls=")
		if is && slices.Contains(names, name) && !strings.HasPrefix(stats, "0,") {
			found = append(found, name)
		}
		if changes, is := strings.CutPrefix(line, "rdb_changes_since_last_save:"); is && strings.TrimSpace(changes) != f.changes {
			found = append(found, "a change")
		}
	}
	return found
}

func (f *fixture) resetStats() {
	f.t.Helper()
	f.must(f.redis.ConfigResetStat(f.t.Context()).Err())
	info, err := f.redis.Info(f.t.Context(), "persistence").Result()
	f.must(err)
	_, f.changes, _ = strings.Cut(info, "rdb_changes_since_last_save:")
	f.changes, _, _ = strings.Cut(f.changes, "\r\n")
	if _, err := strconv.Atoi(f.changes); err != nil {
		f.t.Fatal(err)
	}
}

// dryRun does a dry run that has to write nothing.
func (f *fixture) dryRun(cfg loader.Config, reset bool) (loader.Preview, error) {
	f.t.Helper()
	before := f.dump()
	f.resetStats()
	p, err := cfg.DryRun(f.t.Context(), reset)
	if writes := f.writes(); len(writes) > 0 {
		f.t.Errorf("a dry run wrote: %v", writes)
	}
	f.wantUnchanged("a dry run", before)
	return p, err
}

// Whatever there is of a job, a dry run says it, and writes nothing.
func TestADryRunWritesNothing(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	cfg := f.config(0, defaultStrategy)
	cfg.Durability = loader.OnReplica
	if _, err := f.dryRun(cfg, false); err == nil {
		t.Error("there is no replica")
	}
	cfg.Durability = ""

	p, err := f.dryRun(cfg, false)
	if err != nil || p.Rows != 95 || !p.Exact || p.Chunks != 10 || p.Plan != "" || p.Index != "PRIMARY" || p.Layout != loader.Ranges || len(p.NotKnown) != 1 {
		t.Errorf("without a plan: %+v, %v", p, err)
	}
	f.must(f.redis.Set(t.Context(), "{list}:planning", "another", 0).Err())
	if p, err := f.dryRun(cfg, false); err != nil || !p.Cutting {
		t.Errorf("while another cuts: %+v, %v", p, err)
	}
	f.flush()
	f.halfDone()
	p, err = f.dryRun(cfg, false)
	if err != nil || p.Marked == 0 || p.Marked >= 10 || p.Chunks != 10 || p.Plan == "" || p.Elements == 0 || p.Cutting || p.Audit != nil {
		t.Errorf("in the middle: %+v, %v", p, err)
	}
	p, err = f.dryRun(cfg, true)
	if err != nil || p.Deletes == nil || p.Deletes.Elements != p.Elements || p.Plan != "" || p.Chunks != 10 {
		t.Errorf("to begin anew: %+v, %v", p, err)
	}
	f.together(f.config(1, defaultStrategy))
	p, err = f.dryRun(cfg, false)
	if err != nil || p.Marked != 10 || p.Audit == nil || p.Audit.Problem(false) != nil {
		t.Errorf("complete: %+v, %v", p, err)
	}
	f.exec("INSERT INTO t VALUES (96, 'more')")
	p, err = f.dryRun(cfg, false)
	if err != nil {
		t.Fatal(err)
	}
	wantProblem(t, p.Audit.Problem(false), loader.TableChanged)
}

// The check that says so can see a write.
func TestAWriteIsSeen(t *testing.T) {
	f := newFixture(t)
	f.resetStats()
	f.must(f.redis.Eval(t.Context(), "return redis.call('SET', KEYS[1], 1, 'PX', 1)", []string{"x"}).Err())
	if writes := f.writes(); !slices.Contains(writes, "set") || !slices.Contains(writes, "a change") {
		t.Errorf("writes %v", writes)
	}
}

// A dry run tells how the table would be cut as a load then cuts it.
func TestADryRunForetellsThePlan(t *testing.T) {
	f := newFixture(t)
	f.rows(250)
	f.exec(
		"CREATE TABLE sparse AS SELECT id * id * 1000 AS id, payload FROM t", "ALTER TABLE sparse ADD PRIMARY KEY (id)",
		"CREATE TABLE texts AS SELECT payload, id FROM t", "ALTER TABLE texts ADD UNIQUE named (payload)",
		"CREATE TABLE keyless AS SELECT * FROM t WHERE id <= 10", "CREATE TABLE bare LIKE t", "CREATE VIEW v AS SELECT * FROM t")
	for name, job := range map[string]loader.Job{
		"PRIMARY dense": {Table: "t"}, "PRIMARY sparse": {Table: "sparse"}, "named texts": {Table: "texts"}, " keyless": {Table: "keyless"},
		"PRIMARY bare": {Table: "bare"}, " a view": {Table: "v", Key: []string{"id"}}, "PRIMARY some rows": {Table: "t", Where: "id % 2 = 0"},
	} {
		for _, limit := range []uint64{1_000_000, 0} {
			restore := loader.MostCounted(limit)
			f.flush()
			cfg := f.config(0, defaultStrategy)
			job.List, job.ChunkSize = "list", 10
			cfg.Job = job
			p, err := f.dryRun(cfg, false)
			restore()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			plan, err := loader.NewPlan(t.Context(), f.source, job, defaultStrategy.Name)
			f.must(err)
			f.together(cfg)
			size := 0
			for _, e := range f.redis.LRange(t.Context(), "list", 0, -1).Val() {
				size += len(e)
			}
			index, _, _ := strings.Cut(name, " ")
			if limit > 0 && (p.Rows != plan.Rows || p.Chunks != uint64(plan.Chunks()) || !p.Exact) || plan.Rows > 0 && p.Layout != plan.Layout || p.Index != index {
				t.Errorf("%s: %+v, and the plan is of %d rows in %d chunks by %s", name, p, plan.Rows, plan.Chunks(), plan.Layout)
			}
			if p.Exact && (int(p.Bytes) < size*95/100 || int(p.Bytes) > size*105/100) {
				t.Errorf("%s: %d bytes, and they are %d", name, p.Bytes, size)
			}
			if limit == 0 && p.Exact && plan.Rows > 0 && index != "" {
				t.Errorf("%s: %d rows were counted", name, p.Rows)
			}
		}
	}
}

// What a guess would refuse is counted first.
func TestNothingIsRefusedByAGuess(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (a INT, b INT)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)")
	defer loader.MostCounted(0)()
	cfg := f.config(0, defaultStrategy)
	cfg.Job.ChunkSize = 2
	_, err := f.dryRun(cfg, false)
	if problem := wantProblem(t, err, loader.NoKey); !strings.Contains(problem.What, "its 3 rows") {
		t.Errorf("it says %v", problem)
	}
}

// fails is the error of a load of the configuration, and of a dry run, which have to be
// the same, and to write nothing.
func (f *fixture) fails(name string, cfg loader.Config, reset bool) error {
	f.t.Helper()
	cfg.Patience, cfg.Planned, cfg.Workers = -1, func(*loader.Plan) {}, 1
	_, dry := f.dryRun(cfg, reset)
	before := f.dump()
	var err error
	if reset {
		life, looked := cfg.Life(f.t.Context())
		if err = looked; err == nil {
			err = cfg.Reset(f.t.Context(), life)
		}
	} else {
		_, err = loader.LoadTogether(f.t.Context(), cfg, loader.At(f.options))
	}
	f.wantUnchanged(name, before)
	var a, b *loader.Error
	if !errors.As(dry, &a) || !errors.As(err, &b) || a.Problem != b.Problem || a.Error() != b.Error() || a.Try != b.Try {
		f.t.Errorf("%s: the load says %v, the dry run %v", name, err, dry)
	}
	return dry
}

// Whatever keeps a load from its beginning, a dry run says it in the same words.
func TestADryRunFailsAsTheLoadDoes(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	half := f.halfDone()
	config := func(change func(*loader.Config)) func() loader.Config {
		return func() loader.Config {
			cfg := f.config(1, defaultStrategy)
			change(&cfg)
			return cfg
		}
	}
	do := func(args ...any) { f.must(f.redis.Do(t.Context(), args...).Err()) }
	plain := config(func(*loader.Config) {})
	for name, tc := range map[string]struct {
		spoil, mend func()
		config      func() loader.Config
		want        loader.Problem
	}{
		"another end":        {nil, nil, config(func(c *loader.Config) { c.Job.Right = true }), loader.ForeignPlan},
		"another chunk size": {nil, nil, config(func(c *loader.Config) { c.Job.ChunkSize = 11 }), loader.ForeignPlan},
		"no such table":      {nil, nil, config(func(c *loader.Config) { c.Job.Table = "nowhere" }), loader.NoTable},
		"a chunk size":       {nil, nil, config(func(c *loader.Config) { c.Job.ChunkSize = -1 }), loader.BadChunkSize},
		"marks too many":     {func() { do("SETBIT", "{list}:chunks", 90, 1) }, nil, plain, loader.ForeignPlan},
		"marks only":         {func() { do("DEL", "{list}:plan") }, nil, plain, loader.ForeignPlan},
		"a string":           {func() { do("SET", "list", "x") }, nil, plain, loader.WrongListType},
		"eviction":           {func() { do("CONFIG", "SET", "maxmemory", "1gb", "maxmemory-policy", "allkeys-lru") }, func() { do("CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction") }, plain, loader.Evicts},
		"a full memory":      {func() { do("CONFIG", "SET", "maxmemory", "1") }, func() { do("CONFIG", "SET", "maxmemory", "0") }, plain, loader.Unready},
		"a replica":          {func() { do("CONFIG", "SET", "replica-serve-stale-data", "yes"); do("REPLICAOF", "127.0.0.1", "1") }, func() { do("REPLICAOF", "NO", "ONE") }, plain, loader.Unready},
		"too few replicas":   {func() { do("CONFIG", "SET", "min-replicas-to-write", "1") }, func() { do("CONFIG", "SET", "min-replicas-to-write", "0") }, plain, loader.Unready},
		"no append-only":     {nil, nil, config(func(c *loader.Config) { c.Durability = loader.InAOF }), loader.Unfit},
		"an altered table":   {func() { f.exec("ALTER TABLE t ADD more INT") }, func() { f.exec("ALTER TABLE t DROP more") }, plain, loader.TableChanged},
	} {
		for _, planned := range []bool{true, false} {
			if !planned && (tc.want == loader.ForeignPlan || tc.want == loader.TableChanged) {
				continue
			}
			f.flush()
			if planned {
				f.restore(half)
			}
			if tc.spoil != nil {
				tc.spoil()
			}
			wantProblem(t, f.fails(name, tc.config(), false), tc.want)
			if tc.mend != nil {
				tc.mend()
			}
		}
	}
}

// A user who may only read learns what is missing, whether there is a plan or not.
func TestADryRunReportsMissingRights(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	half := f.halfDone()
	for _, dump := range []map[string]string{half, {}} {
		for _, rules := range [][]any{{"~*", "+@read", "+@connection", "+info", "+evalsha", "+eval"}, append(f.rights(), "-lpush"), append(f.rights(), "-set"), append(f.rights(), "-evalsha")} {
			f.flush()
			f.restore(dump)
			f.asUser(rules...)
			wantProblem(t, f.fails("a right", f.config(1, defaultStrategy), false), loader.AccessDenied)
		}
	}
	f.flush()
	f.restore(half)
	f.asUser(f.rights()...)
	if _, err := f.dryRun(f.config(1, defaultStrategy), false); err != nil {
		t.Errorf("with all rights: %v", err)
	}
	problem := wantProblem(t, f.fails("to begin anew", f.config(1, defaultStrategy), true), loader.AccessDenied)
	if !strings.Contains(problem.Try, "+unlink") {
		t.Errorf("try %q", problem.Try)
	}
	if maps.Equal(f.dump(), map[string]string{}) {
		t.Error("it was deleted")
	}
}

// What keeps a load from its beginning keeps it from deleting the job before.
func TestAResetThatCannotBeginDeletesNothing(t *testing.T) {
	f := newFixture(t)
	f.rows(95)
	f.together(f.config(0, defaultStrategy))
	f.must(f.redis.ConfigSet(t.Context(), "min-replicas-to-write", "1").Err())
	defer f.redis.ConfigSet(t.Context(), "min-replicas-to-write", "0")
	wantProblem(t, f.fails("too few replicas", f.config(1, defaultStrategy), true), loader.Unready)
	cfg := f.config(2, defaultStrategy)
	cfg.Durability = loader.InAOF
	wantProblem(t, f.fails("no append-only file", cfg, true), loader.Unfit)
}
