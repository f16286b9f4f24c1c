package live

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"sync"

	"github.com/go-sql-driver/mysql"
	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios"
	"onceover/scenarios/check"
	"onceover/scenarios/servers"
	"onceover/scenarios/servers/images"
	"onceover/scenarios/target"
	"onceover/scenarios/worker"
)

// Options say which servers and which workers a world has. The zero value
// starts everything in containers and runs Onceover's own worker.
type Options struct {
	RedisImage string // "": redis:8.0, or one built here
	MySQLImage string // "": mysql:9.7, or one built here

	// Servers that already run. Their faults are not available. Only keys and tables
	// of the run's own name are written and deleted, and a field of ownersKey.
	Redis *redis.Options
	MySQL *mysql.Config

	// Worker is the command line of an external worker; nil runs OwnWorker.
	Worker worker.Command
	// Element says where the id of an element stands, if not where the contract says.
	Element check.Element
	// Target says where it leaves the rows; the zero value is one list.
	Target target.Spec
	// Own is the table that the workers move; nil: the standard one.
	Own *OwnTable
	// SetUp and TearDown are command lines that are run once before the workers of each run
	// start, and once after they have ended; they may be empty.
	SetUp, TearDown worker.Command
	// Locks is how many lock servers that one needs; strategies say so themselves.
	Locks int
	// OwnWorker is the command line of Onceover's own worker.
	OwnWorker []string

	// Progress is told about anything that takes time; may be nil.
	Progress func(format string, args ...any)
}

// images names the images of the servers that are started in containers.
func (o Options) images() map[images.Kind]string {
	named := map[images.Kind]string{}
	if o.Redis == nil {
		named[images.Redis] = o.RedisImage
	}
	if o.MySQL == nil {
		named[images.MySQL] = o.MySQLImage
	}
	return named
}

// Passwords says which of the servers have one. Those in containers are given one that is
// drawn anew each time, for MySQL alone.
func (o Options) Passwords() worker.Passwords {
	return worker.Passwords{
		Redis: o.Redis != nil && (o.Redis.Username != "" || o.Redis.Password != ""),
		MySQL: o.MySQL == nil || o.MySQL.Passwd != "",
	}
}

// World runs executions on real servers. It carries out one at a time.
type World struct {
	options  Options
	name     string // unique, in the names of keys and tables
	engine   *servers.Engine
	mysql    *servers.Server
	mysqlCfg *mysql.Config
	db       *sql.DB
	redises  map[faults.Persistence]*servers.Server
	replicas map[faults.Persistence]*servers.Server // of them, while runs need one
	locks    []*servers.Server                      // of strategies that need them, from the first time on
	ownIDs   []int64                                // of the rows of the user's own table, as it was made
	tables   map[string]madeTable                   // by workload
	rows     map[string][]int64                     // table and chunk size -> rows of each chunk
	runs     int

	ownsEngine   bool   // it is not that of all worlds
	dials        *dials // of the harness's own, while they are counted
	disturbances int    // runs in a row that came to nothing
	entered      bool   // the user's Redis has it among the owners
	silent       bool   // the user's Redis did not answer when a run was abandoned

	Versions struct{ Redis, MySQL string }
}

var _ scenarios.World = (*World)(nil)

// startAll starts the servers side by side.
func (w *World) startAll(ctx context.Context, persistences []faults.Persistence) error {
	redises := make([]*servers.Server, len(persistences))
	errs := make([]error, len(persistences))
	var mysqlErr error
	var starting sync.WaitGroup
	starting.Go(func() { w.mysql, w.mysqlCfg, mysqlErr = w.startMySQL(ctx) })
	for i, p := range persistences {
		starting.Go(func() { redises[i], errs[i] = w.startRedis(ctx, p) })
	}
	starting.Wait()
	for i, p := range persistences {
		if errs[i] == nil {
			w.redises[p] = redises[i]
		}
	}
	return errors.Join(append(errs, mysqlErr)...)
}

func (w *World) startRedis(ctx context.Context, p faults.Persistence) (*servers.Server, error) {
	if w.options.Redis != nil {
		return servers.Given("Redis", w.options.Redis.Addr), nil
	}
	return w.engine.StartRedis(ctx, w.options.RedisImage, string(p))
}

func (w *World) startMySQL(ctx context.Context) (*servers.Server, *mysql.Config, error) {
	if w.options.MySQL != nil {
		return servers.Given("MySQL", w.options.MySQL.Addr), w.options.MySQL, nil
	}
	return w.engine.StartMySQL(ctx, w.options.MySQLImage, w.options.mysqlSettings()...)
}

// mysqlSettings leave a program of the user's, and an image, what they may rely on.
func (o Options) mysqlSettings() []string {
	if o.MySQLImage != "" || len(o.Worker) > 0 {
		return nil
	}
	return servers.Lean()
}

func (w *World) connect(ctx context.Context) (err error) {
	if err := w.dialMySQL(ctx); err != nil {
		return err
	}
	if w.Versions.MySQL, err = servers.MySQLVersion(ctx, w.db); err != nil {
		return err
	}
	for _, server := range w.redises {
		client, err := w.admin(ctx, server)
		if err != nil {
			return err
		}
		w.Versions.Redis, err = servers.RedisVersion(ctx, client)
		client.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// dialMySQL opens the harness's own connection, straight to the server.
func (w *World) dialMySQL(ctx context.Context) error {
	addr, err := w.mysql.Addr()
	if err != nil {
		return err
	}
	if w.db != nil {
		w.db.Close()
	}
	w.db, err = servers.OpenMySQL(w.mysqlCfg, addr)
	return err
}

// admin opens a client of the harness's own, straight to a server, until ctx is cancelled.
func (w *World) admin(ctx context.Context, server *servers.Server) (*redis.Client, error) {
	addr, err := server.Addr()
	if err != nil {
		return nil, err
	}
	options := redis.Options{}
	if w.options.Redis != nil {
		options = *w.options.Redis
	}
	options.Addr = addr
	if w.dials != nil {
		counted := w.dials
		options.Dialer = func(ctx context.Context, network, addr string) (net.Conn, error) {
			return counted.dial(ctx, &counted.redis, network, addr)
		}
	}
	return servers.CloseWith(ctx, servers.OpenRedis(&options)), nil
}

// Unable says why a scenario cannot take place in a world with these options,
// or "".
func (o Options) Unable(s scenarios.Scenario) string {
	if o.Worker != nil && !s.NeedsNoSteps {
		return "it strikes at steps, and a worker of another program does not report them"
	}
	if by, ok := injectors[s.Needs]; ok {
		return by.Unable(o)
	}
	return ""
}

// Limits are what plans of faults have to fit.
func (w *World) Limits(load scenarios.Workload) faults.Limits {
	return faults.Limits{
		Chunks: (load.Rows + load.ChunkSize - 1) / load.ChunkSize,
		Steps:  !w.external(),
	}
}

// external tells whether the workers are of another program.
func (w *World) external() bool { return w.options.Worker != nil }

// madeTable is a table, and what it held when it was made.
type madeTable struct{ name, sum string }

// table returns the table of a workload. It is made when it is first needed, and
// again when a run has changed it.
func (w *World) table(ctx context.Context, load scenarios.Workload) (string, error) {
	key := fmt.Sprint(load.KeyLayout, load.Rows)
	made, known := w.tables[key]
	if known {
		if sum, err := checksum(ctx, w.db, made.name); err != nil || sum == made.sum {
			return made.name, err
		}
	} else {
		made.name = fmt.Sprintf("%s_%d", w.name, len(w.tables))
		w.tables[key] = made
	}
	err := createTable(ctx, w.db, made.name, load)
	if err == nil {
		made.sum, err = checksum(ctx, w.db, made.name)
	}
	w.tables[key] = made
	return made.name, err
}

// Run carries out one execution. If a server fails that the plan has not touched,
// the run has no verdict, and its servers are brought back for the next one.
func (w *World) Run(ctx context.Context, e scenarios.Execution) (reports.Run, error) {
	redisServer, ok := w.redises[e.Scenario.Persistence]
	if !ok {
		return reports.Run{}, fmt.Errorf("no Redis with persistence %q was started", e.Scenario.Persistence)
	}
	result, seen, err := w.carryOut(ctx, e, redisServer)
	if err != nil {
		return w.disturbed(ctx, err, seen, append([]*servers.Server{redisServer, w.mysql}, w.locks...)...)
	}
	w.disturbances, w.silent = 0, false
	return result, nil
}

// carryOut returns the trouble that was seen, too, if it fails.
func (w *World) carryOut(ctx context.Context, e scenarios.Execution, server *servers.Server) (_ reports.Run, seen []string, _ error) {
	ctx, over := context.WithCancel(ctx)
	defer over()
	r, err := w.prepare(ctx, e, server)
	if err != nil {
		return reports.Run{}, nil, err
	}
	result, err := r.execute(ctx)
	if err != nil {
		err = errors.Join(err, r.abandon(ctx))
	}
	return result, r.vigil.seen, err
}

// prepare makes an execution ready to begin.
func (w *World) prepare(ctx context.Context, e scenarios.Execution, server *servers.Server) (*run, error) {
	if err := w.dialMySQL(ctx); err != nil {
		return nil, err
	}
	job, err := w.source(ctx, &e.Workload)
	if err != nil {
		return nil, err
	}
	w.runs++
	name := fmt.Sprintf("%s:%d", w.name, w.runs)
	job.List = name
	plan, err := loader.NewPlan(ctx, w.db, job, e.Strategy)
	if err != nil {
		return nil, err
	}
	locks, err := w.lockServers(ctx, w.options.locksFor(e))
	if err != nil {
		return nil, err
	}
	where, err := w.options.Target.Of(worker.Contract{List: name, Table: job.Table, Run: name, Workers: e.Workload.Workers, Chunks: plan.Chunks()})
	if err != nil {
		return nil, err
	}
	r, err := w.newRun(e, server, locks, plan, where)
	if err != nil {
		return nil, err
	}
	r.table = job.Table
	if r.faults.replica, err = w.replicaFor(ctx, r.faults.plan, server, e.Scenario.Persistence); err != nil {
		return nil, err
	}
	if err := r.empty(ctx); err != nil || r.faults.replica == nil {
		return r, err
	}
	return r, r.faults.replica.follow(ctx)
}

// newRun puts together what an execution needs.
func (w *World) newRun(e scenarios.Execution, server *servers.Server, locks []*servers.Server, plan *loader.Plan, where target.Target) (*run, error) {
	pending, err := newFaultPlan(e.Plan)
	if err != nil {
		return nil, err
	}
	l, record := newLoop(), &recorder{recovery: newRecovery(plan.Chunks())}
	workers := &supervisor{
		loop: l, recorder: record, external: w.external(), commits: map[int][]int{},
	}
	if !w.external() {
		workers.tally = &tally{chunks: w.chunkRows(plan, e.Workload)}
	}
	r := &run{loop: l, recorder: record, world: w, e: e, redis: server, locks: locks, plan: plan, name: plan.Job.List, target: where, workers: workers}
	leased := &leases{}
	var learned *leases // by looking at requests, which costs: our own workers' leases are known
	if w.external() {
		learned = leased
	}
	r.faults = &injections{
		loop: l, recorder: record, plan: pending, aims: newAims(pending, learned), list: r.name, target: where, leases: leased, ttl: e.Workload.TTL, workers: workers, meter: &r.meter,
		admin: func(ctx context.Context) (*redis.Client, error) { return w.admin(ctx, server) }, db: w.db,
		redis: r.watchRedis(), mysql: r.watchMySQL(), locks: r.watchLocks(), persistence: e.Scenario.Persistence,
		clocked: clocked(e.Strategy),
	}
	r.faults.lockMeters = r.lockMeters
	workers.holding = r.faults.holding
	return r, nil
}

// command starts a worker.
func (r *run) command(w *workerProcess, log *workerLog) command {
	told := r.contract(w)
	c := command{argv: r.world.options.OwnWorker, env: r.env(w, told), log: log.output, pipes: true}
	if r.world.external() {
		c.argv, c.pipes = r.world.options.Worker.With(told), false
	}
	return c
}

// env is what a worker is told: the contract and, if it is Onceover's own, where to stop.
func (r *run) env(w *workerProcess, contract worker.Contract) []string {
	env := append(os.Environ(), contract.Env()...)
	if r.world.external() {
		return env
	}
	own := worker.Own{
		Strategy: r.e.Strategy, TTL: r.e.Workload.TTL, Seed: r.e.Seed, Life: w.life,
		Stops: worker.FormatStops(r.faults.plan.stops()), Piped: true,
	}
	return append(append(env, own.Env()...), lookNowhere)
}

// lookNowhere spares a worker a quarter of what its start costs: testcontainers, which no
// worker uses, looks at every process of the machine as soon as a program begins, in the
// folder that this variable names.
const lookNowhere = "HOST_PROC=/nonexistent"

// contract tells a worker where its servers are: behind its own proxies.
func (r *run) contract(w *workerProcess) worker.Contract {
	c := r.contractOf(w.proxies.redis.Addr(), w.proxies.mysql.Addr())
	c.LockURLs, c.Worker = w.proxies.lockURLs(), w.number
	return c
}

// redisURL is the address of a proxy with the login of the server behind it.
func (w *World) redisURL(addr string) string {
	u := url.URL{Scheme: "redis", Host: addr, Path: "/0"}
	if o := w.options.Redis; o != nil {
		u.Path = "/" + strconv.Itoa(o.DB)
		if o.Username != "" || o.Password != "" {
			u.User = url.UserPassword(o.Username, o.Password)
		}
	}
	return u.String()
}
