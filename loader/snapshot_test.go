package loader_test

import (
	"context"
	"errors"
	"fmt"
	"pgregory.net/rapid"
	"slices"
	"strings"
	"sync"
	"testing"

	"onceover/loader"
	"onceover/loader/multiset"
)

// snapshot is one of a process, which has a name.
func (f *fixture) snapshot(id string) *loader.Snapshot {
	f.t.Helper()
	s, err := loader.NewSnapshot(f.mysql, id)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { s.Close() })
	return s
}

// ofSnapshot is a configuration of LoadTogether that reads in one snapshot.
func (f *fixture) ofSnapshot(id string) loader.Config {
	f.t.Helper()
	cfg := f.one(id)
	cfg.Snapshot = f.snapshot(id)
	return cfg
}

// one is a configuration of LoadTogether with one worker.
func (f *fixture) one(token string) loader.Config {
	f.t.Helper()
	cfg := f.config(0, defaultStrategy)
	cfg.Token, cfg.Planned = token, func(*loader.Plan) {}
	return cfg
}

// after calls do once, when so many chunks were committed.
func after(chunks int, do func()) loader.Hook {
	var mu sync.Mutex
	done := 0
	return func(_ context.Context, step loader.Step, _ int) {
		if step != loader.Committed {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if done++; done == chunks {
			do()
		}
	}
}

// rowsNow are the elements that the table would make now, sorted.
func (f *fixture) rowsNow() (rows []string) {
	f.t.Helper()
	result, err := f.db.QueryContext(f.t.Context(), "SELECT id, payload FROM t")
	if err != nil {
		f.t.Fatal(err)
	}
	defer result.Close()
	for result.Next() {
		var id int64
		var payload string
		if err := result.Scan(&id, &payload); err != nil {
			f.t.Fatal(err)
		}
		rows = append(rows, fmt.Sprintf(`{"id":%d,"payload":%q}`, id, payload))
	}
	if err := result.Err(); err != nil {
		f.t.Fatal(err)
	}
	slices.Sort(rows)
	return rows
}

// writes change all chunks of the table of 100 rows: rows come and go, and move to other chunks.
var writes = []string{
	"UPDATE t SET payload = CONCAT('new ', id)",
	"DELETE FROM t WHERE id % 10 = 3",
	"UPDATE t SET id = id + 200 WHERE id % 10 = 4",
	"INSERT INTO t VALUES (3, 'again'), (44, 'once more'), (-5, 'before'), (500, 'behind')",
}

// loadWhileWritten loads the table while it is written to, and returns what it was when the
// plan was made.
func (f *fixture) loadWhileWritten(cfg loader.Config) (was []string, sum loader.Summary, err error) {
	was = f.rowsNow()
	cfg.Hook = after(3, func() { f.exec(writes...) })
	sum, err = loader.LoadTogether(f.t.Context(), cfg, loader.At(f.options))
	return was, sum, err
}

func (f *fixture) sorted() []string {
	f.t.Helper()
	held := f.held()
	slices.Sort(held)
	return held
}

// The list is the table at the moment of the snapshot, whatever is written meanwhile.
func TestALoadInOneSnapshotIsTheTableAtOneMoment(t *testing.T) {
	for _, tc := range []struct {
		name   string
		adjust func(f *fixture, cfg *loader.Config)
	}{
		{"ranges", func(*fixture, *loader.Config) {}},
		{"many workers", func(_ *fixture, cfg *loader.Config) { cfg.Workers = 4 }},
		{"keyset", func(f *fixture, cfg *loader.Config) { f.exec("UPDATE t SET id = id + 10000 WHERE id > 90") }},
		{"slices", func(_ *fixture, cfg *loader.Config) { cfg.ChunkBytes = 60 }},
		{"text", func(f *fixture, cfg *loader.Config) {
			f.exec("ALTER TABLE t ADD UNIQUE (payload)")
			cfg.Job.Key = []string{"payload"}
		}},
		{"read committed", func(f *fixture, cfg *loader.Config) {
			g := *f
			g.mysql = f.mysql.Clone()
			g.mysql.Params = map[string]string{"transaction_isolation": "'READ-COMMITTED'"}
			cfg.Snapshot = g.snapshot("a")
		}},
		{"stream", func(_ *fixture, cfg *loader.Config) { cfg.Job.Stream = true }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := newFixture(t)
			f.rows(100)
			cfg := f.ofSnapshot("a")
			tc.adjust(f, &cfg)
			was, sum, err := f.loadWhileWritten(cfg)
			if err != nil || sum.Left != 0 {
				t.Fatalf("%+v, %v", sum, err)
			}
			if got := f.sorted(); !slices.Equal(got, was) {
				t.Errorf("the list holds %d elements, and the table was of %d rows:\n%v\n%v", len(got), len(was), got, was)
			}
			if slices.Equal(was, f.rowsNow()) {
				t.Error("nothing was written meanwhile")
			}
			if err := sum.Audit.Problem(false); err != nil {
				t.Errorf("the audit says %v", err)
			}
		})
	}
}

// Without it, the same load is a mixture, and the check above sees that.
func TestALoadInManySnapshotsIsAMixture(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	cfg := f.one("a")
	was, _, err := f.loadWhileWritten(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got := f.sorted(); slices.Equal(got, was) || slices.Equal(got, f.rowsNow()) {
		t.Error("the list is the table at one moment")
	}
}

// Whatever is written, and whenever.
func TestAnyWritesLeaveTheListOfASnapshotAsItWas(t *testing.T) {
	f := newFixture(t)
	f.rows(0)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		f.flush()
		var rows []string
		for _, id := range rapid.SliceOfNDistinct(rapid.Int64Range(1, 120), 1, 30, rapid.ID).Draw(rt, "rows") {
			rows = append(rows, fmt.Sprintf("(%d, 'row')", id))
		}
		f.exec("DELETE FROM t", "INSERT INTO t VALUES "+strings.Join(rows, ","))
		cfg := f.ofSnapshot(fmt.Sprint(run))
		defer cfg.Snapshot.Close()
		cfg.Workers = rapid.IntRange(1, 3).Draw(rt, "workers")
		write := rapid.SliceOfN(rapid.SampledFrom([]string{
			"INSERT IGNORE INTO t VALUES (%d, 'came')", "DELETE FROM t WHERE id = %d", "UPDATE t SET payload = 'changed' WHERE id >= %d",
			"UPDATE IGNORE t SET id = id + 7 WHERE id > %d",
		}), 0, 3)
		var mu sync.Mutex
		cfg.Hook = func(_ context.Context, step loader.Step, _ int) {
			if step != loader.Claimed {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for _, w := range write.Draw(rt, "writes") {
				f.exec(fmt.Sprintf(w, rapid.Int64Range(1, 140).Draw(rt, "at")))
			}
		}
		was := f.rowsNow()
		sum, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		if err == nil {
			err = sum.Audit.Problem(false)
		}
		if got := f.sorted(); err != nil || sum.Left != 0 || !slices.Equal(got, was) {
			rt.Fatalf("%+v, %v: the list holds\n%v, the table was\n%v", sum, err, got, was)
		}
	})
}

// What only the process reads that has the snapshot, no other can load or go on with.
func TestASnapshotIsOfOneProcess(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	first := f.ofSnapshot("a")
	ctx, interrupt := context.WithCancel(t.Context())
	refused := func(when string) {
		second := f.ofSnapshot("b")
		_, err := loader.LoadTogether(t.Context(), second, loader.At(f.options))
		if p := wantProblem(t, err, loader.ForeignPlan); !strings.Contains(p.What, "snapshot") || !strings.Contains(p.Try, "--reset") {
			t.Errorf("%s: it says %q, and to try %q", when, p.What, p.Try)
		}
		_, err = second.DryRun(t.Context(), false)
		wantProblem(t, err, loader.ForeignPlan)
		plain := f.one("c")
		_, err = loader.LoadTogether(t.Context(), plain, loader.At(f.options))
		if p := wantProblem(t, err, loader.ForeignPlan); !strings.Contains(p.What, "--snapshot") {
			t.Errorf("%s, without a snapshot: it says %q", when, p.What)
		}
	}
	first.Hook = after(4, func() { refused("while it loads"); interrupt() })
	if _, err := loader.LoadTogether(ctx, first, loader.At(f.options)); !errors.Is(err, context.Canceled) {
		t.Fatalf("the load that is interrupted says %v", err)
	}
	first.Snapshot.Close()
	refused("when it was interrupted")

	anew := f.ofSnapshot("d")
	life, err := anew.Life(t.Context())
	if err == nil {
		err = anew.Reset(t.Context(), life)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.exec(writes...) // after the snapshot was taken
	if _, err = loader.LoadTogether(t.Context(), anew, loader.At(f.options)); err != nil {
		t.Fatal(err)
	}
	f.wantEach(100, 1)
}

func TestAJobWithoutASnapshotIsNotContinuedWithOne(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	plain := f.one("a")
	ctx, interrupt := context.WithCancel(t.Context())
	plain.Hook = after(4, interrupt)
	if _, err := loader.LoadTogether(ctx, plain, loader.At(f.options)); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	cfg := f.ofSnapshot("b")
	before := f.dump()
	_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
	if p := wantProblem(t, err, loader.ForeignPlan); !strings.Contains(p.What, "--snapshot") {
		t.Errorf("it says %q", p.What)
	}
	f.wantUnchanged("a job without a snapshot", before)
}

// A job that is complete is so, though its snapshot has ended and the table has changed. It
// is not compared with the table of today.
func TestAJobOfASnapshotThatIsCompleteStaysSo(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	cfg := f.ofSnapshot("a")
	if _, _, err := f.loadWhileWritten(cfg); err != nil {
		t.Fatal(err)
	}
	again := f.ofSnapshot("b")
	again.Hook = func(_ context.Context, step loader.Step, chunk int) { t.Errorf("%s %d", step, chunk) }
	before := f.dump()
	sum, err := loader.LoadTogether(t.Context(), again, loader.At(f.options))
	if err != nil || sum.Left != 0 || sum.Audit.Problem(false) != nil || sum.Audit.Rows != 100 {
		t.Errorf("%+v, %v, %v", sum, err, sum.Audit.Problem(false))
	}
	if p, err := again.DryRun(t.Context(), false); err != nil || p.Audit == nil || p.Audit.Problem(false) != nil {
		t.Errorf("the dry run says %+v, %v", p, err)
	}
	_, err = loader.Verify(t.Context(), again, loader.Comparison{Key: multiset.Key{1}})
	if p := wantProblem(t, err, loader.ForeignPlan); !strings.Contains(p.What, "snapshot") {
		t.Errorf("a comparison with a table of today says %q", p.What)
	}
	f.wantUnchanged("a complete job", before)

	f.redis.LPop(t.Context(), "list")
	if sum, err = loader.LoadTogether(t.Context(), again, loader.At(f.options)); err != nil {
		t.Fatal(err)
	}
	wantProblem(t, sum.Audit.Problem(false), loader.ListChanged)
}

// A list is compared with the snapshot that it was loaded from.
func TestAListIsComparedWithItsSnapshot(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	cfg := f.ofSnapshot("a")
	if _, _, err := f.loadWhileWritten(cfg); err != nil {
		t.Fatal(err)
	}
	v, err := loader.Verify(t.Context(), cfg, loader.Comparison{Key: multiset.Key{1}})
	if err != nil || !v.Equal || v.Rows != 100 {
		t.Errorf("%+v, %v", v, err)
	}
	f.redis.LPush(t.Context(), "list", `{"id":500,"payload":"behind"}`) // a row of the table of today
	if v, err = loader.Verify(t.Context(), cfg, loader.Comparison{Key: multiset.Key{1}}); err != nil || v.Foreign.Count != 1 {
		t.Errorf("%+v, %v", v, err)
	}
}

// Redis may lose marks after a complete job was joined. Its chunks are not read in another snapshot.
func TestChunksOfASnapshotAreNotReadInAnother(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	cfg := f.ofSnapshot("a")
	if _, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options)); err != nil {
		t.Fatal(err)
	}
	again := f.ofSnapshot("b")
	again.Planned = func(*loader.Plan) { f.redis.Del(t.Context(), "{list}:chunks") }
	_, err := loader.LoadTogether(t.Context(), again, loader.At(f.options))
	wantProblem(t, err, loader.ForeignPlan)
	if n := len(f.held()); n != 100 {
		t.Errorf("the list holds %d elements", n)
	}
}
