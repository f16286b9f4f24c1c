package loader_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"onceover/loader"
)

// A connection that is lost ends the load: another one would have another snapshot.
func TestALostConnectionEndsALoadInOneSnapshot(t *testing.T) {
	for _, kill := range []string{"KILL CONNECTION %d", "KILL QUERY %d"} {
		for _, idle := range []bool{true, false} {
			t.Run(fmt.Sprint(kill, idle), func(t *testing.T) {
				f := newFixture(t)
				f.rows(100)
				cfg := f.ofSnapshot("a")
				cfg.Workers = 1 // alone, it reads nothing while it is struck
				gate := f.gate()
				if !idle { // the other one reads, and does not come to its end while the gate is shut
					cfg.Workers = 2
					cfg.Job.Where = "id < 1000 AND (id % 10 <> 5 OR IF(IS_FREE_LOCK('" + gate.name + "'), 1, SLEEP(600) = 0))"
				}
				var told []error
				var struck atomic.Bool
				cfg.Trouble = troubles(&told)
				cfg.Hook = func(_ context.Context, step loader.Step, _ int) {
					if step == loader.Committed && struck.CompareAndSwap(false, true) {
						gate.shut()
						defer gate.open()
						f.exec(fmt.Sprintf(kill, f.holder(!idle)))
					}
				}
				was := f.rowsNow()
				_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
				if strings.HasPrefix(kill, "KILL QUERY") { // the snapshot is still there
					if got := f.sorted(); err != nil || !slices.Equal(got, was) || idle != (len(told) == 0) {
						t.Errorf("%v after %v, %d elements", err, told, len(got))
					}
					return
				}
				p := wantProblem(t, err, loader.SnapshotLost)
				if !strings.Contains(p.Try, "--reset") || len(told) > 0 || loader.GoesOn(err) {
					t.Errorf("it says %v, to try %q, and told %v", err, p.Try, told)
				}
				if n := len(f.held()); n == 0 || n == 100 {
					t.Errorf("it ended with %d elements", n)
				}
			})
		}
	}
}

// gate is a lock of MySQL, which a statement can ask for.
type gate struct {
	f    *fixture
	name string
	conn *sql.Conn
}

func (f *fixture) gate() *gate {
	f.t.Helper()
	conn, err := f.db.Conn(f.t.Context())
	if err != nil {
		f.t.Fatal(err)
	}
	g := &gate{f: f, conn: conn}
	if err := conn.QueryRowContext(f.t.Context(), "SELECT SHA2(DATABASE(), 256)").Scan(&g.name); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { conn.Close() })
	return g
}

func (g *gate) shut() { g.do("SELECT GET_LOCK(?, 0)") }
func (g *gate) open() { g.do("SELECT RELEASE_LOCK(?)") }

func (g *gate) do(statement string) {
	g.f.t.Helper()
	var done sql.NullInt64
	if err := g.conn.QueryRowContext(g.f.t.Context(), statement, g.name).Scan(&done); err != nil || done.Int64 != 1 {
		g.f.t.Errorf("%s: %v, %v", statement, done, err)
	}
}

func troubles(told *[]error) func(error, time.Duration) {
	var mu sync.Mutex
	return func(err error, _ time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		*told = append(*told, err)
	}
}

// holder is the connection that has the snapshot, while it reads or at any time.
func (f *fixture) holder(reads bool) int64 {
	f.t.Helper()
	if reads {
		return f.await("state = 'User sleep'")
	}
	// information_schema.innodb_trx shows the same for as long as it is looked at again and again.
	return f.await("id IN (SELECT PROCESSLIST_ID FROM performance_schema.threads JOIN performance_schema.events_transactions_current e USING (THREAD_ID) WHERE e.STATE = 'ACTIVE' AND e.AUTOCOMMIT = 'NO')")
}

// A transaction may end though its connection lives, as behind a proxy that takes another
// server. What is read then is of another moment, and is not pushed.
func TestATransactionThatHasEndedEndsTheLoad(t *testing.T) {
	for _, statement := range []string{"ROLLBACK TO", "SELECT COUNT(*) FROM"} { // before a chunk is read, and in its middle
		f := newFixture(t)
		f.rows(100)
		cfg := f.ofSnapshot("a")
		armed := false
		cfg.Snapshot = f.snapshotBefore(statement, func(conn net.Conn) bool {
			if armed {
				commit(t, conn)
				f.exec(writes...)
			}
			return armed
		})
		cfg.Hook = after(3, func() { armed = true })
		_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		wantProblem(t, err, loader.SnapshotLost)
		if n := len(f.held()); !armed || n != 30 {
			t.Errorf("%s: the list holds %d elements, want those of three chunks", statement, n)
		}
	}
}

// commit ends the transaction on a connection on which nothing is under way.
func commit(t *testing.T, conn net.Conn) {
	t.Helper()
	header := make([]byte, 4)
	_, sent := conn.Write([]byte("\x07\x00\x00\x00\x03COMMIT"))
	_, came := io.ReadFull(conn, header)
	reply := make([]byte, header[0])
	_, rest := io.ReadFull(conn, reply)
	if err := errors.Join(sent, came, rest); err != nil || reply[0] != 0 {
		t.Errorf("COMMIT: %q, %v", reply, err)
	}
}

// ALTER TABLE, and what takes the table's place, waits until the load has ended; nothing of
// the load waits for it.
func TestTheTableKeepsItsShapeWhileItsSnapshotIsRead(t *testing.T) {
	for _, alter := range []string{"ALTER TABLE t MODIFY payload TEXT", "RENAME TABLE t TO old, other TO t", "TRUNCATE TABLE t"} {
		f := newFixture(t)
		f.rows(100)
		f.exec("CREATE TABLE other LIKE t") // before the snapshot, which would read it as empty
		cfg := f.ofSnapshot("a")
		was := f.rowsNow()
		altered := make(chan error, 1)
		cfg.Hook = after(3, func() {
			go func() { _, err := f.db.ExecContext(context.WithoutCancel(t.Context()), alter); altered <- err }()
			f.await("state = 'Waiting for table metadata lock'")
		})
		sum, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		if got := f.sorted(); err != nil || !slices.Equal(got, was) || sum.Audit.Problem(false) != nil {
			t.Errorf("%s: %v, %v, %d elements", alter, err, sum.Audit.Problem(false), len(got))
		}
		select {
		case err := <-altered:
			t.Errorf("%s was done while the snapshot was there: %v", alter, err)
		default:
		}
		cfg.Snapshot.Close()
		if err := <-altered; err != nil {
			t.Errorf("%s: %v", alter, err)
		}
	}
}

// What a condition reads beside the table may be altered, and then is not in the snapshot
// any more.
func TestATableOfTheConditionThatIsAlteredEndsTheLoad(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	f.exec("CREATE TABLE chosen (id INT PRIMARY KEY)", "INSERT INTO chosen SELECT id FROM t")
	cfg := f.ofSnapshot("a")
	cfg.Job.Where = "id <= 20 OR id IN (SELECT id FROM chosen)"
	var told []error
	cfg.Trouble = troubles(&told)
	cfg.Snapshot = f.snapshotBefore("DATABASE()", f.does("ALTER TABLE chosen ADD more INT, ALGORITHM = COPY"))
	_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
	p := wantProblem(t, err, loader.TableChanged)
	if !strings.Contains(p.Try, "--reset") || len(told) > 0 {
		t.Errorf("it says %v, to try %q, and told %v", err, p.Try, told)
	}
}

// A table that is altered before the first look at it is not in the snapshot. Nothing was read
// in it, so another one is taken.
func TestATableThatIsAlteredBeforeItIsSeenIsInTheNextSnapshot(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	cfg := f.ofSnapshot("a")
	cfg.Snapshot = f.snapshotBefore("SELECT 1 FROM", f.does("ALTER TABLE t MODIFY payload TEXT", "DELETE FROM t WHERE id > 50"))
	if _, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options)); err != nil {
		t.Fatal(err)
	}
	f.wantEach(50, 1)
}

func (f *fixture) does(statements ...string) func(net.Conn) bool {
	return func(net.Conn) bool { f.exec(statements...); return true }
}

// snapshotBefore is a snapshot on whose connection something is done just before a statement
// is sent, until that was of use.
func (f *fixture) snapshotBefore(statement string, do func(net.Conn) bool) *loader.Snapshot {
	f.t.Helper()
	done := false
	cfg := f.mysql.Clone()
	cfg.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return preceded{conn, func(sent []byte) {
			if !done && bytes.Contains(sent, []byte(statement)) {
				done = do(conn)
			}
		}}, err
	}
	g := *f
	g.mysql = cfg
	return g.snapshot("a")
}

// preceded does something before anything is sent.
type preceded struct {
	net.Conn
	do func(sent []byte)
}

func (c preceded) Write(p []byte) (int, error) {
	c.do(p)
	return c.Conn.Write(p)
}

// Only InnoDB has snapshots.
func TestOnlyInnoDBHasSnapshots(t *testing.T) {
	for what, create := range map[string]string{
		"MyISAM": "CREATE TABLE t (id INT PRIMARY KEY, payload INT) ENGINE = MyISAM",
		"MEMORY": "CREATE TABLE t (id INT PRIMARY KEY, payload INT) ENGINE = MEMORY",
		"a view": "CREATE VIEW t AS SELECT 1 AS id, 2 AS payload",
	} {
		f := newFixture(t)
		f.exec(create)
		cfg := f.ofSnapshot("a")
		if what == "a view" {
			cfg.Job.Key = []string{"id"}
		}
		_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		if p := wantProblem(t, err, loader.Unfit); !strings.Contains(p.What, what) || !strings.Contains(p.What, "snapshot") {
			t.Errorf("of %s it says %q", what, p.What)
		}
		_, err = cfg.DryRun(t.Context(), false)
		wantProblem(t, err, loader.Unfit)
		if len(f.dump()) > 0 {
			t.Errorf("%s: something was written", what)
		}
		cfg.Snapshot.Close() // or nobody could drop the table
	}
}
