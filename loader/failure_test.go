package loader_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
)

// An administrator, or a limit of the server, closes all connections.
func TestConnectionsKilledAtEveryStep(t *testing.T) {
	f := newFixture(t)
	f.rows(100)
	for _, step := range loader.Steps() {
		f.redis.FlushAll(t.Context())
		var strikes, killed atomic.Int64
		configs := make([]loader.Config, 3)
		for i := range configs {
			configs[i] = f.config(i, defaultStrategy)
			configs[i].Hook = func(ctx context.Context, at loader.Step, _ int) {
				if at != step || strikes.Add(1) > 5 {
					return // workers that strike each other at every turn get nowhere
				}
				n, err := f.redis.ClientKillByFilter(ctx, "TYPE", "normal", "SKIPME", "yes").Result()
				if err != nil {
					t.Error(err)
				}
				killed.Add(n)
			}
		}
		beginTogether(configs) // a worker that has not begun may fail
		sum := f.together(configs...)
		f.wantEach(100, 1)
		if killed.Load() == 0 || sum.Left != 0 {
			t.Errorf("%s: %d connections killed, %+v", step, killed.Load(), sum)
		}
	}
}

// interrupted calls strike once, when much of a result set has come and much
// is still to come.
type interrupted struct {
	net.Conn
	came   *atomic.Int64
	strike func()
}

func (c interrupted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if before := c.came.Add(int64(n)) - int64(n); before < 1<<20 && before+int64(n) >= 1<<20 {
		c.strike()
	}
	return n, err
}

// A result set that ends early looks like one that ends. It is larger than what the
// kernel keeps on the way, up to 32 MiB for each of two connections, since Docker may
// stand between: or the server could have sent all of it before it is killed.
func TestReaderKilledInTheMiddleOfAResult(t *testing.T) {
	f := newFixture(t)
	f.exec("CREATE TABLE t (id INT PRIMARY KEY, payload LONGTEXT AS (REPEAT('x', 700000)) VIRTUAL)",
		"INSERT INTO t (id) VALUES "+values150())
	for _, kill := range []string{"KILL CONNECTION", "KILL QUERY"} {
		f.redis.FlushAll(t.Context())
		dsn := f.mysql.Clone()
		dsn.Logger = mysql.Logger(log.New(io.Discard, "", 0))
		came := new(atomic.Int64)
		dsn.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
			var d net.Dialer
			conn, err := d.DialContext(ctx, network, addr)
			return interrupted{conn, came, func() {
				session := f.await("info LIKE 'SELECT `id`%'")
				f.exec(fmt.Sprintf("%s %d", kill, session))
			}}, err
		}
		cfg := f.config(0, defaultStrategy)
		cfg.DB = f.open(dsn)
		cfg.Job.ChunkSize = 150
		var trouble []error
		cfg.Trouble = func(err error, _ time.Duration) { trouble = append(trouble, err) }
		sum := f.together(cfg)
		if len(trouble) != 1 || sum.Failures != 1 || sum.Rows != 150 {
			t.Errorf("%s: %+v, trouble %v, want it once", kill, sum, trouble)
		}
		var answer *mysql.MySQLError
		if err := errors.Join(trouble...); !errors.Is(err, mysql.ErrInvalidConn) && !errors.As(err, &answer) {
			t.Errorf("%s: %v is not what the driver said", kill, err)
		}
		f.wantEach(150, 1)
	}
}

// A limit ends a result without an error, on a connection that was not opened as the
// loader opens its own.
func TestResultThatIsShorterThanTheChunk(t *testing.T) {
	f := newFixture(t)
	f.rows(10)
	dsn := f.mysql.Clone()
	dsn.Params = map[string]string{"sql_select_limit": "9"}
	connector, err := mysql.NewConnector(dsn)
	if err != nil {
		t.Fatal(err)
	}
	cfg := f.config(0, defaultStrategy)
	cfg.DB, cfg.Patience = sql.OpenDB(connector), -1
	defer cfg.DB.Close()
	sum, err := loader.Load(t.Context(), cfg)
	if err == nil || !strings.Contains(err.Error(), "9 of 10") || sum.Rows != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
	f.wantEach(0, 0)
}

func values150() string {
	text := "(1)"
	for i := 2; i <= 150; i++ {
		text += fmt.Sprintf(", (%d)", i)
	}
	return text
}

// closable is a way to a server that can be closed.
type closable struct {
	mu     sync.Mutex
	closed bool
	conns  []net.Conn
}

func (c *closable) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("the way is closed")}
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, addr)
	c.conns = append(c.conns, conn)
	return conn, err
}

func (c *closable) close(closed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = closed
	for _, conn := range c.conns {
		conn.Close()
	}
	c.conns = nil
}

// outage runs a load during which one server goes away after each of the first
// commits, and comes back when the waits since then add up to so long.
func (f *fixture) outage(server string, strategy lock.Strategy, times int, length time.Duration) (loader.Summary, []time.Duration, error) {
	f.t.Helper()
	cfg := f.config(0, strategy)
	way := new(closable)
	switch server {
	case "Redis":
		options := *f.options
		options.Dialer = way.dial
		options.PoolSize = 1000 // after so many failures go-redis dials once in a second of real time
		cfg.Redis = loader.OpenRedis(&options, strategy)
		f.t.Cleanup(func() { cfg.Redis.Close() })
	case "MySQL":
		dsn := f.mysql.Clone()
		dsn.DialFunc = way.dial
		dsn.Logger = mysql.Logger(log.New(io.Discard, "", 0))
		cfg.DB = f.open(dsn)
	}
	var back time.Duration
	cfg.Hook = func(_ context.Context, step loader.Step, _ int) {
		if step == loader.Released && times > 0 {
			times--
			back = length
			way.close(true)
		}
	}
	var waits []time.Duration
	cfg.Sleep = func(ctx context.Context, d time.Duration) error {
		waits = append(waits, d)
		if back -= d; back <= 0 {
			way.close(false)
		}
		return ctx.Err()
	}
	cfg.Patience = 10 * time.Second
	sum, err := loader.Load(f.t.Context(), cfg)
	return sum, waits, err
}

func total(waits []time.Duration) (sum time.Duration) {
	for _, w := range waits {
		sum += w
	}
	return sum
}

// Patience is for one outage: what was waited before a success does not count.
func TestOutagesWithinPatience(t *testing.T) {
	for _, server := range []string{"Redis", "MySQL"} {
		f := newFixture(t)
		f.rows(40)
		sum, waits, err := f.outage(server, defaultStrategy, 3, 5*time.Second)
		if err != nil || sum.Left != 0 || total(waits) < 15*time.Second {
			t.Errorf("%s: %+v, %v, waits %v", server, sum, err, waits)
		}
		f.wantEach(40, 1)
	}
}

func TestPatienceRunsOut(t *testing.T) {
	for _, server := range []string{"Redis", "MySQL"} {
		f := newFixture(t)
		f.rows(30)
		sum, waits, err := f.outage(server, defaultStrategy, 1, time.Hour)
		var network net.Error
		if !errors.As(err, &network) || sum.Chunks != 1 {
			t.Errorf("%s: %+v, %v", server, sum, err)
		}
		if waited := total(waits); waited <= 10*time.Second || waited > 12*time.Second {
			t.Errorf("%s: it waited %s, want ten seconds and no longer than one wait more", server, waited)
		}
		for i, w := range waits {
			if want := min(20*time.Millisecond<<min(i, 10), time.Second); w != want {
				t.Errorf("%s: wait %d is %s, want %s", server, i, w, want)
			}
		}
		f.together(f.config(1, defaultStrategy)) // another takes it up
		f.wantEach(30, 1)
	}
}

// To repeat what may have been done already is what duplicates rows.
func TestUnconditionalStrategiesStopAtTheFirstError(t *testing.T) {
	for _, s := range lock.All() {
		if s.Conditional {
			continue
		}
		f := newFixture(t)
		f.rows(30)
		sum, waits, err := f.outage("MySQL", s, 1, time.Hour)
		if err == nil || sum.Failures != 0 || len(waits) != 0 {
			t.Errorf("%s: %+v, %v, waits %v", s.Name, sum, err, waits)
		}
	}
}

func TestFailureThatNoWaitMendsStopsTheLoad(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	cfg := f.config(0, defaultStrategy)
	var once sync.Once
	cfg.Hook = func(_ context.Context, step loader.Step, _ int) {
		if step == loader.Released {
			once.Do(func() { f.exec("DROP TABLE t") })
		}
	}
	cfg.Sleep = func(context.Context, time.Duration) error { t.Error("it waits"); return nil }
	var missing *mysql.MySQLError
	if _, err := loader.Load(t.Context(), cfg); !errors.As(err, &missing) || missing.Number != 1146 {
		t.Errorf("Load says %v", err)
	}
	if leases := f.redis.Keys(t.Context(), "*:lock:*").Val(); len(leases) != 0 {
		t.Errorf("leases are left: %v", leases)
	}
	if open := f.source.Stats().OpenConnections; open != 0 {
		t.Errorf("%d connections are left, with a snapshot that nobody closes", open)
	}
}

// Answers of a Redis that is there, but does not take the rows at present.
func TestRefusalsOfRedisAreWaitedOut(t *testing.T) {
	f := newFixture(t)
	f.rows(30)
	for _, tc := range []struct {
		name, answer string
		refuse       []string
		accept       string
	}{
		{"memory", "OOM", []string{"CONFIG SET maxmemory 1"}, "CONFIG SET maxmemory 0"},
		// go-redis goes on after such an answer, and finds the connection closed.
		{"clients", "", []string{"CONFIG SET maxclients 1", "CLIENT KILL TYPE normal SKIPME yes"}, "CONFIG SET maxclients 10000"},
		{"replicas", "NOREPLICAS", []string{"CONFIG SET min-replicas-to-write 1"}, "CONFIG SET min-replicas-to-write 0"},
		{"a replica", "READONLY", []string{"REPLICAOF 127.0.0.1 1"}, "REPLICAOF NO ONE"},
		{"a replica that knows nothing", "MASTERDOWN", []string{"CONFIG SET replica-serve-stale-data no", "REPLICAOF 127.0.0.1 1"}, "REPLICAOF NO ONE"},
	} {
		f.redis.FlushAll(t.Context())
		admin := redis.NewClient(&redis.Options{Addr: f.options.Addr, PoolSize: 1})
		send := func(command string) {
			t.Helper()
			var args []any
			for word := range strings.FieldsSeq(command) {
				args = append(args, word)
			}
			f.must(admin.Do(t.Context(), args...).Err())
		}
		cfg := f.config(0, defaultStrategy)
		var once sync.Once
		cfg.Hook = func(_ context.Context, step loader.Step, _ int) {
			if step == loader.Committing {
				once.Do(func() {
					for _, command := range tc.refuse {
						send(command)
					}
				})
			}
		}
		refused := false
		cfg.Trouble = func(err error, _ time.Duration) {
			refused = refused || redis.HasErrorPrefix(err, tc.answer) || tc.answer == "" && errors.Is(err, io.EOF)
		}
		cfg.Sleep = func(context.Context, time.Duration) error {
			if refused {
				send(tc.accept)
			}
			return nil
		}
		sum, err := loader.Load(t.Context(), cfg)
		send(tc.accept)
		send("CONFIG SET replica-serve-stale-data yes")
		admin.Close()
		if err != nil || !refused || sum.Left != 0 {
			t.Errorf("%s: %+v, %v, refused %t", tc.name, sum, err, refused)
		}
		f.wantEach(30, 1)
	}
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Error(err)
	}
}
