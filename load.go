package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/scenarios/worker"
)

type loadCmd struct {
	servers
	Table     string        `required:"" help:"Source table, or database.table."`
	Columns   []string      `help:"Columns to load, comma-separated; all that are visible if not given."`
	Key       string        `help:"Column to cut the table by; the primary key if not given."`
	List      string        `required:"" help:"Key of the Redis list to fill."`
	ChunkSize int           `default:"${chunkSize}" help:"Rows of a chunk: the unit of claiming and committing."`
	Strategy  string        `default:"lease-lua" help:"Lock strategy; only the default is safe whatever fails."`
	Workers   int           `default:"4" help:"Workers of this process. More processes, on any host, may join and leave at any time."`
	TTL       time.Duration `name:"ttl" default:"${ttl}" help:"Time to live of leases."`
	Patience  time.Duration `default:"${patience}" help:"How long to wait for a server to come back."`
	JSON      bool          `help:"Print the summary as JSON."`
}

func (loadCmd) Help() string {
	return `Each row becomes one JSON object in the list. The job's plan, progress and owners are kept in Redis beside the list,
so the same command, here or elsewhere, joins the job, takes up an interrupted one, or sees that it is complete.

Example:
  export REDIS_URL=redis://127.0.0.1:6379 MYSQL_DSN='me:secret@tcp(127.0.0.1:3306)/shop'
  onceover load --table orders --list orders`
}

// loadSummary is what one load did.
type loadSummary struct {
	Rows       int     `json:"rows"`       // pushed by this process
	Chunks     int     `json:"chunks"`     // committed by this process
	Of         int     `json:"chunks_of"`  // in the plan
	Superseded int     `json:"superseded"` // read in vain
	Failures   int     `json:"failures"`   // survived
	Left       int     `json:"left"`       // chunks not marked
	Seconds    float64 `json:"seconds"`
	RowsPerSec float64 `json:"rows_per_s"`
}

func (c loadCmd) Run(ctx context.Context, g *cli, s streams) error {
	l, err := c.prepare(g, s)
	if err != nil {
		return err
	}
	return l.run(ctx)
}

// load is one process's part in a job.
type load struct {
	c        loadCmd
	g        *cli
	s        streams
	strategy lock.Strategy
	options  *redis.Options
	config   loader.Config

	plan     atomic.Pointer[loader.Plan]
	progress *reports.RowProgress
	trouble  sync.Once
}

func (c loadCmd) prepare(g *cli, s streams) (*load, error) {
	l := &load{c: c, g: g, s: s}
	chosen, err := chooseStrategies([]string{c.Strategy})
	if err != nil {
		return nil, err
	}
	l.strategy, _ = lock.Find(chosen[0])
	if c.Workers < 1 {
		return nil, usagef("--workers %d: at least one is needed", c.Workers)
	}
	if c.RedisURL == "" || c.MySQLDSN == "" {
		return nil, advice{error: errors.New("source and target are needed"), try: "--redis-url and --mysql-dsn, or $REDIS_URL and $MYSQL_DSN", code: exitUsage}
	}
	if l.options, err = c.redis(); err != nil {
		return nil, err
	}
	cfg, err := c.mysql()
	if err != nil {
		return nil, err
	}
	db, err := loader.OpenMySQL(cfg)
	if err != nil {
		return nil, advice{error: errors.New("--mysql-dsn cannot be used"), try: "user:password@tcp(host:3306)/database", code: exitUsage}
	}
	db.SetMaxIdleConns(c.Workers)
	l.config = loader.Config{
		Job: loader.Job{Table: c.Table, Columns: c.Columns, Key: c.Key, List: c.List, ChunkSize: c.ChunkSize},
		DB:  db, Strategy: l.strategy, Workers: c.Workers,
		TTL: c.TTL, Patience: c.Patience, Sleep: worker.Sleep, Seed: randomSeed(),
	}
	if c.ChunkSize == 0 { // the loader's zero value means the default; the user's does not
		l.config.Job.ChunkSize = -1
	}
	return l, nil
}

func (l *load) run(ctx context.Context) error {
	defer l.config.DB.Close()
	began := time.Now()
	admin := loader.OpenRedis(l.options, l.strategy)
	defer admin.Close()
	if l.strategy.Conditional {
		fmt.Fprintf(l.s.stderr, "loading %s into %s, %d workers\n", l.c.Table, l.c.List, l.c.Workers)
	} else {
		fmt.Fprintf(l.s.stderr, "loading %s into %s, %d workers; strategy %s is NOT safe, rows may be lost or duplicated\n",
			l.c.Table, l.c.List, l.c.Workers, l.strategy.Name)
	}
	summary, err := l.all(ctx, admin)
	summary.Seconds = time.Since(began).Seconds()
	summary.RowsPerSec = float64(summary.Rows) / summary.Seconds
	if err != nil {
		if plan := l.plan.Load(); plan != nil && summary.Chunks > 0 {
			fmt.Fprintf(l.s.stderr, "%d rows in %d of %d chunks were loaded; the same command goes on from there\n",
				summary.Rows, summary.Chunks, plan.Chunks())
		}
		return err
	}
	return l.conclude(summary)
}

// all runs the workers. Each has a client of its own, since some strategies
// tie their lock to the connection.
func (l *load) all(ctx context.Context, admin *redis.Client) (loadSummary, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	process := rand.Text()
	var mu sync.Mutex
	var sum loadSummary
	var running sync.WaitGroup
	watched := l.watch(ctx, admin)
	for i := range l.c.Workers {
		cfg := l.config
		cfg.Redis = loader.OpenRedis(l.options, l.strategy)
		cfg.Worker, cfg.Token = i, fmt.Sprintf("%s/%d", process, i)
		cfg.Planned = func(p *loader.Plan) { l.plan.CompareAndSwap(nil, p) }
		cfg.Trouble = l.tell
		running.Go(func() {
			defer cfg.Redis.Close()
			done, err := loader.Load(ctx, cfg)
			if err != nil {
				cancel(err) // the first one counts; the others have the same
			}
			mu.Lock()
			defer mu.Unlock()
			sum.Rows += done.Rows
			sum.Chunks += done.Chunks
			sum.Superseded += done.Superseded
			sum.Failures += done.Failures
		})
	}
	running.Wait()
	failure := context.Cause(ctx)
	cancel(nil)
	<-watched
	if failure != nil {
		return sum, failure
	}
	plan := l.plan.Load()
	sum.Of = plan.Chunks()
	bits, err := lock.ReadBitmap(context.WithoutCancel(ctx), admin, l.config.Job.Keys().Chunks)
	sum.Left = plan.Chunks() - bits.Count(plan.Chunks())
	return sum, err
}

// watch shows how much of the whole job is done, whoever did it.
func (l *load) watch(ctx context.Context, admin *redis.Client) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		ticker := time.NewTicker(250 * time.Millisecond)
		defer ticker.Stop()
		reports.Drive(ctx, ticker.C, func() { l.show(ctx, admin) })
		if l.progress != nil {
			l.show(context.WithoutCancel(ctx), admin)
			l.progress.Close()
		}
	}()
	return done
}

func (l *load) show(ctx context.Context, admin *redis.Client) {
	plan := l.plan.Load()
	if plan == nil || plan.Chunks() == 0 {
		return
	}
	if l.progress == nil {
		fmt.Fprintf(l.s.stderr, "plan %s: %d rows in %d chunks by %s\n", plan.ID(), plan.Rows, plan.Chunks(), plan.Layout)
		l.progress = reports.NewRowProgress(l.s.stderr, int64(plan.Rows), l.g.progressOptions(l.s))
	}
	marked, err := admin.BitCount(ctx, l.config.Job.Keys().Chunks, nil).Result()
	if err == nil {
		l.progress.Set(int64(plan.Rows) * marked / int64(plan.Chunks()))
	}
	l.progress.Tick()
}

// tell says once that something failed and that it goes on.
func (l *load) tell(err error, _ time.Duration) {
	l.trouble.Do(func() {
		fmt.Fprintf(l.s.stderr, "trouble: %v; trying again for up to %s\n", err, l.c.Patience)
	})
}

func (l *load) conclude(sum loadSummary) error {
	if l.c.JSON {
		if err := printJSON(l.s.stdout, sum); err != nil {
			return err
		}
	} else {
		l.print(sum)
	}
	if sum.Left > 0 {
		return advice{
			error: fmt.Errorf("the job is not complete: %d of %d chunks are not marked", sum.Left, sum.Of),
			try:   "the same command again; the strategy " + l.strategy.Name + " does not come back to what it skipped", code: exitFail,
		}
	}
	return nil
}

func (l *load) print(sum loadSummary) {
	if sum.Chunks == 0 && sum.Left == 0 {
		fmt.Fprintf(l.s.stdout, "complete: all %d chunks were loaded already\n", sum.Of)
		return
	}
	fmt.Fprintf(l.s.stdout, "complete: %d of %d chunks loaded here, %d rows in %.1fs (%.0f rows/s), %d chunks read in vain, %d failures survived\n",
		sum.Chunks, sum.Of, sum.Rows, sum.Seconds, sum.RowsPerSec, sum.Superseded, sum.Failures)
}
