package lockstep

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/images"
	"onceover/scenarios/target"
	"onceover/scenarios/worker"
)

// The table and the list of the job.
const (
	tableName = "items"
	listName  = "rows"
)

// Options say what is run.
type Options struct {
	Command worker.Command
	Element check.Element // says where the id of an element stands
	Target  target.Spec   // says where the program leaves the rows
	Workers int           // 0: 2
	Chunks  int           // 0: 2
	Rows    int           // of each chunk; 0: 2

	RedisImage, MySQLImage string // "": the usual ones
	// Progress is told about anything that takes time; may be nil.
	Progress func(format string, args ...any)

	// Patience is how long nothing may happen before a run is given up; 0: 5 s.
	Patience time.Duration
	// ServerWait is how long a server may take to answer before its request counts as one that
	// waits there, which makes the run weak; 0: 100 ms.
	ServerWait time.Duration
	// CloseWait is how long a server may take to end the connections of a worker that has
	// ended before the search is given up; 0: 10 s.
	CloseWait time.Duration
	// Steps after which a run is finished without choices; 0: 100 for each worker and chunk.
	Steps int
	// Lives is how often a worker is started that fails; 0: 3, and one for each fault.
	Lives int
	// Ahead is how many processes of each worker are started before they are needed; 0: 1.
	Ahead int
}

func (o Options) withDefaults() Options {
	o.Workers, o.Chunks, o.Rows = cmp.Or(o.Workers, 2), cmp.Or(o.Chunks, 2), cmp.Or(o.Rows, 2)
	o.Patience = cmp.Or(o.Patience, 5*time.Second)
	o.ServerWait, o.CloseWait = cmp.Or(o.ServerWait, 100*time.Millisecond), cmp.Or(o.CloseWait, 10*time.Second)
	o.Steps = cmp.Or(o.Steps, 100*o.Workers*o.Chunks)
	o.Lives, o.Ahead = cmp.Or(o.Lives, 3), cmp.Or(o.Ahead, 1)
	if o.Progress == nil {
		o.Progress = func(string, ...any) {}
	}
	return o
}

// Servers are those of the workers. They are emptied before every run.
type Servers struct {
	RedisAddr string
	MySQL     *mysql.Config // with its address; nil: there is none, and no table
}

// World carries out one run after another on the same servers.
type World struct {
	options Options
	target  target.Target
	servers Servers
	environ []string
	redis   *redis.Client
	db      *sql.DB
	pool    *pool
	zygotes *zygotes

	dirty bool // a worker did more with MySQL than to read

	engine *servers.Engine
	nodes  []*servers.Server

	Versions struct{ Redis, MySQL string }
}

// Open starts the servers, makes the table, and starts the first processes. Close must be
// called whether or not it succeeds.
func Open(ctx context.Context, options Options) (*World, error) {
	w := &World{options: options.withDefaults()}
	if err := w.startServers(ctx); err != nil {
		return w, err
	}
	return w, w.begin(ctx)
}

// OpenOn is Open with servers that run already, and hold nothing that is still needed.
func OpenOn(ctx context.Context, options Options, on Servers) (*World, error) {
	w := &World{options: options.withDefaults(), servers: on}
	return w, w.begin(ctx)
}

func (w *World) startServers(ctx context.Context) (err error) {
	o := w.options
	if w.engine, err = servers.Dial(ctx, o.Progress); err != nil {
		return err
	}
	if err := w.engine.Images(ctx, map[images.Kind]string{images.Redis: o.RedisImage, images.MySQL: o.MySQLImage}); err != nil {
		return err
	}
	o.Progress("starting Redis and MySQL (usually 5 s)")
	var r, m *servers.Server
	var redisErr, mysqlErr error
	var cfg *mysql.Config
	var starting sync.WaitGroup
	starting.Go(func() { r, redisErr = w.engine.StartRedis(ctx, o.RedisImage, "") })
	starting.Go(func() { m, cfg, mysqlErr = w.engine.StartMySQL(ctx, o.MySQLImage) })
	starting.Wait()
	for _, s := range []*servers.Server{r, m} {
		if s != nil {
			w.nodes = append(w.nodes, s)
		}
	}
	if err := errors.Join(redisErr, mysqlErr); err != nil {
		return err
	}
	if w.servers.RedisAddr, err = r.Addr(); err != nil {
		return err
	}
	cfg.Addr, err = m.Addr()
	w.servers.MySQL = cfg
	return err
}

func (w *World) begin(ctx context.Context) (err error) {
	told := worker.Contract{List: listName, Table: tableName, Run: listName, Workers: w.options.Workers, Chunks: w.options.Chunks}
	if w.target, err = w.options.Target.Of(told); err != nil {
		return err
	}
	w.environ = append(os.Environ(), harness())
	w.redis = servers.CloseWith(ctx, servers.OpenRedis(&redis.Options{Addr: w.servers.RedisAddr, PoolSize: 1}))
	if w.Versions.Redis, err = servers.RedisVersion(ctx, w.redis); err != nil {
		return err
	}
	if w.servers.MySQL != nil {
		if err := w.beginMySQL(ctx); err != nil {
			return err
		}
	}
	if w.zygotes, err = openZygotes(); err != nil {
		return err
	}
	w.pool = newPool(w)
	return w.pool.begin(ctx)
}

func (w *World) beginMySQL(ctx context.Context) (err error) {
	if w.db, err = servers.OpenMySQL(w.servers.MySQL, w.servers.MySQL.Addr); err != nil {
		return err
	}
	w.db.SetMaxOpenConns(1)
	if err := w.makeTable(ctx); err != nil {
		return err
	}
	w.Versions.MySQL, err = servers.MySQLVersion(ctx, w.db)
	return err
}

// rows is how many rows the table has.
func (o Options) rows() int { return o.Chunks * o.Rows }

// makeTable makes the table of the contract.
func (w *World) makeTable(ctx context.Context) error {
	var values []string
	for id := range int64(w.options.rows()) {
		values = append(values, fmt.Sprintf("(%d,'%s')", id+1, scenarios.Payload(id+1)))
	}
	for _, statement := range []string{
		"DROP TABLE IF EXISTS " + tableName,
		"CREATE TABLE " + tableName + " (id BIGINT PRIMARY KEY, payload VARCHAR(255) NOT NULL)",
		"INSERT INTO " + tableName + " VALUES " + strings.Join(values, ","),
	} {
		if _, err := w.db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("make the table %s: %w", tableName, err)
		}
	}
	return nil
}

// reset makes the servers as they were; functions of Redis stay. MySQL is left alone unless a worker has changed
// something there.
func (w *World) reset(ctx context.Context, changed bool) error {
	_, err := w.redis.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.FlushAll(ctx)
		p.ScriptFlush(ctx)
		return nil
	})
	if err != nil {
		return fmt.Errorf("empty Redis before a run: %w", err)
	}
	if !changed || w.db == nil {
		return nil
	}
	return errors.Join(w.dropOthers(ctx), w.makeTable(ctx))
}

// endThread ends a connection to MySQL, and the statement that waits there.
func (w *World) endThread(thread uint32) {
	ctx, cancel := context.WithTimeout(context.Background(), dialWait)
	defer cancel()
	// It may just have ended; if it lives on, the wait for its end says so.
	_, _ = w.db.ExecContext(ctx, fmt.Sprintf("KILL %d", thread))
}

// dropOthers drops the tables that workers have made.
func (w *World) dropOthers(ctx context.Context) error {
	rows, err := w.db.QueryContext(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name <> ?", tableName)
	if err != nil {
		return fmt.Errorf("look for tables of the workers: %w", err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return fmt.Errorf("look for tables of the workers: %w", err)
	}
	for _, name := range names {
		if _, err := w.db.ExecContext(ctx, "DROP TABLE IF EXISTS `"+name+"`"); err != nil {
			return fmt.Errorf("drop table %s: %w", name, err)
		}
	}
	return nil
}

// Close ends all processes, and removes the containers. It may be called twice.
func (w *World) Close(ctx context.Context) error {
	var errs []error
	if w.pool != nil {
		w.pool.close()
		w.pool = nil
	}
	if w.zygotes != nil {
		w.zygotes.close()
	}
	if w.redis != nil {
		w.redis.Close()
	}
	if w.db != nil {
		errs = append(errs, w.db.Close())
	}
	for _, s := range w.nodes {
		errs = append(errs, s.Remove(ctx))
	}
	w.nodes = nil
	if w.engine != nil {
		errs = append(errs, w.engine.Close(ctx))
		w.engine = nil
	}
	return errors.Join(errs...)
}
