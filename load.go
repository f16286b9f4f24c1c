package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/alecthomas/kong"
	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/reports/terminal"
	"onceover/scenarios/catalogue"
	"onceover/scenarios/worker"
)

// loadGroups are the groups of flags, as --help shows them.
var loadGroups = []kong.Group{
	{Key: "source", Title: "What to load, from MySQL:"},
	{Key: "target", Title: "Where to, in Redis:"},
	{Key: "tls", Title: "TLS:", Description: "With any of these both connections use TLS, and check the server's certificate and name. A Unix socket stays as it is."},
	{Key: "job", Title: "To try, to check, to begin anew:"},
	{Key: "work", Title: "How to work:"},
	{Key: "telling", Title: "What to tell:"},
}

type loadCmd struct {
	addresses

	Table     string   `group:"source" required:"" placeholder:"NAME" help:"Table, or database.table."`
	Where     string   `group:"source" placeholder:"SQL" help:"Load only rows that satisfy this condition, as after WHERE. It must be the same for a row at all times: with NOW(), RAND(), or what changes meanwhile, rows are lost."`
	Columns   []string `group:"source" placeholder:"NAME" help:"Load only these columns; without it, all that are visible."`
	Base64    []string `group:"source" name:"base64" placeholder:"NAME" help:"Load the bytes of these columns, in base64, instead of their text."`
	Key       []string `group:"source" placeholder:"NAME" help:"Cut the table by this unique index, or by its columns, or by columns of a view; without it, by the primary key."`
	Snapshot  bool     `group:"source" help:"Read the table as it is at one moment, for one that changes meanwhile. This process alone loads then, its workers read by turns, and nothing goes on from where it ends. ALTER TABLE waits for it, and whoever comes after that ALTER waits too."`
	AnyServer bool     `group:"source" help:"Whichever MySQL server answers has the same table: replicas behind one address, or a failover."`

	List      string `group:"target" xor:"target" placeholder:"KEY" help:"Key of the Redis list to fill."`
	Stream    string `group:"target" xor:"target" placeholder:"KEY" help:"Key of the Redis stream to fill instead: each row is an entry, with the one field row."`
	Push      string `group:"target" enum:"left,right" default:"left" help:"End of a list to which rows are pushed: ${enum}. Consumers take from the other one."`
	Shared    bool   `group:"target" help:"Others take from the list meanwhile, or push to it, or add to the stream: do not look at its length."`
	Durable   string `group:"target" name:"durability" enum:"memory,aof,replica" default:"memory" help:"Where all rows have to be before the job is complete: ${enum}. aof needs Redis 7.2 with appendonly yes."`
	Evictions bool   `group:"target" name:"allow-eviction" help:"Accept a Redis that throws away keys when its memory is full."`

	DryRun bool `group:"job" help:"Write nothing. Say what a load would begin with, or fail as it would."`
	Verify bool `group:"job" help:"When the job is complete, read a list and its table, row by row, and say what differs. With --dry-run it loads nothing first."`
	Reset  bool `group:"job" help:"Begin the job anew: delete the list or stream, and what the job keeps beside it, after a question."`
	Yes    bool `group:"job" help:"Answer the question of --reset with yes."`

	Workers   int           `group:"work" default:"4" help:"Workers of this process. More processes, on any host, may join and leave at any time."`
	Rate      *int          `group:"work" placeholder:"N" help:"Rows a second, for all workers of this process together; without it, as many as they can."`
	Patience  time.Duration `group:"work" default:"${patience}" help:"How long to wait for a server to come back; 0s does not wait."`
	ChunkSize int           `group:"work" default:"${chunkSize}" help:"Rows of a chunk, the unit of claiming and committing; from 1 to ${maxChunkSize}."`
	Bytes     int           `group:"work" name:"chunk-bytes" default:"${chunkBytes}" help:"Most that one commit pushes. A larger chunk is pushed in slices, a larger row apart."`
	TTL       time.Duration `group:"work" name:"ttl" default:"${ttl}" help:"Time to live of leases."`
	Strategy  string        `group:"work" default:"${strategy}" help:"Lock strategy, of list strategies; the default is safe whatever fails."`
	Locks     []string      `group:"work" name:"lock-redis-url" env:"LOCK_REDIS_URLS" placeholder:"URL" help:"A lock server, for --strategy redlock: a Redis that holds nothing else. An odd number of them is needed, three or more; may be repeated. In the environment, with a comma between them."`

	JSON    bool   `group:"telling" help:"Print the summary as JSON."`
	Log     string `group:"telling" enum:",text,json" default:"" placeholder:"HOW" help:"Log events on standard error, one a line, as text or json, instead of progress."`
	Metrics string `group:"telling" placeholder:"ADDRESS" help:"Serve metrics for Prometheus at http://ADDRESS/metrics while the load runs, as 127.0.0.1:9464."`
}

func (loadCmd) Help() string {
	return `Each row becomes one JSON object in the list or stream. The job's plan and progress are kept in Redis beside it.
So the same command, here or elsewhere, joins the job, takes up an interrupted one, or sees that it is complete.
Without --snapshot, rows that change while the job runs may arrive in either form.

Example:
  export REDIS_URL=redis://127.0.0.1:6379
  export MYSQL_DSN='me:secret@tcp(127.0.0.1:3306)/shop'
  onceover load --table orders --list orders --dry-run   # what will it do?
  onceover load --table orders --list orders --verify    # then compare both

For a Redis Cluster name any node. For Sentinel name all Sentinels, and the master:
  export REDIS_URL='redis://a:6379?addr=b:6379'
  export REDIS_URL='redis://a:26379?addr=b:26379&master_name=m&password=pw'`
}

// loadSummary is what one load did.
type loadSummary struct {
	loader.Summary
	Of         int     `json:"chunks_of"` // in the plan
	Seconds    float64 `json:"seconds"`
	RowsPerSec float64 `json:"rows_per_s"`

	Verify *loader.Verification `json:"verify,omitempty"` // of --verify, if the job is complete
}

func (c loadCmd) Run(ctx context.Context, g *cli, s streams) error {
	l, err := c.prepare(g, s)
	if err != nil {
		return err
	}
	if c.DryRun {
		return l.dryRun(ctx)
	}
	l.counts.began = time.Now()
	stop, err := l.serveMetrics(c.Metrics)
	if err != nil {
		return err
	}
	defer stop()
	err = l.run(ctx)
	if l.log != nil {
		return l.ended(err)
	}
	return err
}

// load is one process's part in a job.
type load struct {
	c        loadCmd
	g        *cli
	s        streams
	strategy lock.Strategy
	target   *loader.Target
	config   loader.Config
	greeting time.Duration

	stdin io.Reader
	asks  bool // on a terminal

	plan     atomic.Pointer[loader.Plan]
	progress atomic.Pointer[terminal.RowProgress]
	keys     *terminal.RowProgress // of the cutting
	waiting  sync.Once
	troubles troubles
	counts   counts
	pace     *pace        // nil: as fast as it can
	log      *slog.Logger // nil: progress is shown
}

func (c loadCmd) prepare(g *cli, s streams) (*load, error) {
	loader.SilenceDrivers()
	l := &load{c: c, g: g, s: s, greeting: greeting, stdin: os.Stdin, asks: onTerminal(s)}
	if err := c.check(); err != nil {
		return nil, err
	}
	_, err := catalogue.ChooseStrategies([]string{c.Strategy})
	if err != nil {
		return nil, err
	}
	l.strategy, _ = lock.Find(c.Strategy)
	if l.target, err = c.target(); err != nil {
		return nil, err
	}
	locks, err := c.lockTargets()
	if err != nil {
		return nil, err
	}
	cfg, err := c.mysql()
	if err != nil {
		return nil, err
	}
	db, err := loader.OpenMySQL(cfg)
	if err != nil {
		return nil, advice{error: errors.New("--mysql-dsn cannot be used"), try: exampleDSN, code: reports.ExitUsage}
	}
	db.SetMaxIdleConns(c.Workers)
	var snapshot *loader.Snapshot
	if c.Snapshot {
		if snapshot, err = loader.NewSnapshot(cfg, rand.Text()); err != nil {
			return nil, err
		}
	}
	l.config = loader.Config{
		Job: loader.Job{Table: c.Table, Columns: c.Columns, Base64: c.Base64, AnyServer: c.AnyServer, Key: c.Key, Where: c.Where, ChunkSize: c.ChunkSize,
			List: c.List + c.Stream, Stream: c.Stream != "", Right: c.Push == "right"},
		DB: db, LockTargets: locks, Snapshot: snapshot, Strategy: l.strategy, Workers: c.Workers, ChunkBytes: c.Bytes, AllowEviction: c.Evictions, Verifies: c.Verify, Durability: loader.Durability(c.Durable),
		TTL: c.TTL, Patience: c.Patience, Sleep: worker.Sleep, Every: worker.Every, Seed: seedOr(nil),
	}
	if c.Patience == 0 {
		l.config.Patience = -1
	}
	if c.Rate != nil {
		l.pace = &pace{rate: *c.Rate, now: time.Now, sleep: worker.Sleep}
		l.config.Pace = l.pace.wait
	}
	l.log = newLog(c.Log, terminal.Whole(s.stderr))
	return l, nil
}

// check refuses values that the loader would take for "use the default".
func (c loadCmd) check() error {
	switch {
	case c.ChunkSize == 0:
		return &loader.Error{
			Problem: loader.BadChunkSize, What: "chunk size 0 is out of range",
			Try: fmt.Sprintf("a chunk size from 1 to %d", loader.MaxChunkSize),
		}
	case c.Bytes < 1:
		return usagef("--chunk-bytes %d: at least one byte is needed", c.Bytes)
	case c.Workers < 1:
		return usagef("--workers %d: at least one is needed", c.Workers)
	case c.Rate != nil && *c.Rate < 1:
		return usagef("--rate %d: at least one row a second is needed", *c.Rate)
	case c.Yes && !c.Reset:
		return usagef("--yes answers --reset, which is not given")
	case c.DryRun && c.Metrics != "":
		return usagef("--metrics serves the counts of a load, and --dry-run loads nothing: only one of both")
	case c.DryRun && c.Log != "":
		return usagef("--log tells of a load, and --dry-run loads nothing: only one of both; --json prints what a dry run finds")
	case c.List == "" && c.Stream == "":
		return advice{error: errors.New("no list and no stream is named"), try: "--list KEY, or --stream KEY", code: reports.ExitUsage}
	case c.Stream != "" && c.Push == "right":
		return usagef("--push names an end of a list, and a stream has only one: only one of both")
	case c.Stream != "" && c.Verify:
		return usagef("--verify compares lists only, not streams: leave it out")
	case c.Verify && c.Shared:
		return usagef("--verify compares the list with the table, and --shared says that others take from it or push to it: only one of both")
	case c.TTL <= 0:
		return usagef("--ttl %s: a lease needs a time to live", c.TTL)
	case c.Patience < 0:
		return usagef("--patience %s is negative", c.Patience)
	case c.RedisURL == "" || c.MySQLDSN == "":
		return advice{error: errors.New("source and target are needed"), try: "--redis-url and --mysql-dsn, or $REDIS_URL and $MYSQL_DSN", code: reports.ExitUsage}
	}
	return nil
}

func (l *load) close() {
	l.config.Snapshot.Close()
	l.config.DB.Close()
}

// greeting is how long a server may take to greet: one that does not speak MySQL never does.
const greeting = 10 * time.Second

// reach waits for MySQL's greeting. Later silences may be long: to count a table takes time.
func (l *load) reach(ctx context.Context) error {
	waiting, stop := context.WithTimeout(ctx, l.greeting)
	defer stop()
	err := l.config.DB.PingContext(waiting)
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		return &loader.Error{
			Problem: loader.Unreachable, What: fmt.Sprintf("nothing greets as MySQL does, for %s", l.greeting),
			Try: "is the address that of a MySQL server, and not of another service?",
		}
	}
	return nil // what else is wrong is said where it is met
}

func (l *load) run(ctx context.Context) error {
	defer l.close()
	if err := l.reach(ctx); err != nil {
		return err
	}
	began := time.Now()
	admin := l.target.Open(l.strategy)
	defer admin.Close()
	warning := ""
	if !l.strategy.Conditional {
		warning = "; strategy " + l.strategy.Name + " is NOT safe, rows may be lost or duplicated"
	}
	if l.log != nil {
		l.log.Info("begun", "table", l.c.Table, l.config.Job.Kind(), l.config.Job.List, "workers", l.c.Workers, "strategy", l.strategy.Name, "safe", l.strategy.Conditional)
	} else {
		fmt.Fprintf(l.s.stderr, "loading table %s into %s, %s%s\n", l.c.Table, l.config.Job.Target(), format.Plural(l.c.Workers, "worker", "workers"), warning)
	}
	said := onInterrupt(ctx, func() { l.say(stopping) })
	summary, err := l.all(ctx, admin)
	summary.Seconds = time.Since(began).Seconds()
	summary.RowsPerSec = float64(summary.Rows) / summary.Seconds
	if err == nil && l.c.Verify && summary.Left == 0 {
		summary.Verify, err = l.verify(ctx, admin, l.plan.Load().ID())
	}
	said()
	if err != nil {
		return l.broken(summary, err)
	}
	return l.conclude(summary)
}

// all runs the workers, and shows the progress of the whole job.
func (l *load) all(ctx context.Context, admin *redis.Client) (sum loadSummary, err error) {
	shown, stop := context.WithCancel(ctx)
	defer stop()
	var watching sync.WaitGroup
	watching.Go(func() { l.watch(shown, admin) })
	cfg := l.config
	cfg.Redis, cfg.Token = admin, rand.Text()
	cfg.Planning, cfg.Planned = l.cutting, l.planned
	cfg.Trouble, cfg.Counted = l.tell, l.count
	if l.c.Reset {
		if err := cfg.Settle(ctx, l.target); err != nil {
			return sum, err
		}
		if err := l.anew(ctx, cfg); err != nil {
			return sum, err
		}
	}
	sum.Summary, err = loader.LoadTogether(ctx, cfg, l.target)
	stop()
	watching.Wait()
	if err == nil {
		sum.Of = l.plan.Load().Chunks()
	}
	return sum, err
}

func (l *load) conclude(sum loadSummary) error {
	changed := sum.problem(l.c.Shared)
	switch {
	case l.c.JSON:
		if err := printJSON(l.s.stdout, sum); err != nil {
			return err
		}
	case changed == nil:
		l.print(sum)
		fallthrough
	default:
		l.printVerification(l.s.stdout, sum)
	}
	if sum.Left > 0 {
		again := "the same command again, when no other worker runs"
		if l.c.Snapshot {
			again = "--reset and another --strategy, such as " + lock.Default().Name
		}
		return advice{
			error: fmt.Errorf("the job is not complete: %d of %s not marked", sum.Left, format.Plural(sum.Of, "chunk", "chunks")),
			try:   again + ": strategy " + l.strategy.Name + " does not come back to what it skipped",
			code:  reports.ExitFail,
		}
	}
	return changed
}

func (l *load) print(sum loadSummary) {
	switch {
	case sum.Of == 0 && l.c.Where != "":
		fmt.Fprintln(l.s.stdout, "complete: no row satisfies --where")
	case sum.Of == 0:
		fmt.Fprintln(l.s.stdout, "complete: the table is empty")
	case sum.Left > 0:
		fmt.Fprintf(l.s.stdout, "not complete: %s\n", sum)
	case sum.Chunks == 0:
		fmt.Fprintf(l.s.stdout, "complete: %s loaded already\n", format.Plural(sum.Of, "chunk", "chunks"))
	default:
		fmt.Fprintf(l.s.stdout, "complete: %s\n", sum)
	}
}

func (sum loadSummary) String() string {
	return fmt.Sprintf("%d of %s loaded here, %s in %.1fs (%.0f rows/s), %s read in vain, %s survived",
		min(sum.Chunks, sum.Of), format.Plural(sum.Of, "chunk", "chunks"), format.Plural(sum.Rows, "row", "rows"), sum.Seconds, sum.RowsPerSec,
		format.Plural(sum.Superseded, "chunk", "chunks"), format.Plural(sum.Failures, "failure", "failures")) + sum.again()
}

// again says that chunks were loaded more than once here, which happens only where Redis
// has lost their marks meanwhile.
func (sum loadSummary) again() string {
	if sum.Chunks <= sum.Of {
		return ""
	}
	return fmt.Sprintf("; %s loaded again, because Redis had lost the marks", format.Plural(sum.Chunks-sum.Of, "chunk was", "chunks were"))
}
