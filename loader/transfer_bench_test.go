package loader_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/lock"
)

const (
	transferRows    = 1_000_000
	transferWorkers = 4
	transferRounds  = 5
)

// BenchmarkTransfer moves one table of a million rows of about 100 bytes: by the loader,
// by a pipe that is not safe, and in the two halves below which no loader gets. In each
// round all four take their turn, so that what drifts on the machine hits all alike, and
// ratios are of one round.
func BenchmarkTransfer(b *testing.B) {
	x := newTransfer(b)
	x.scan() // fills the caches of MySQL
	took := map[string][]usage{}
	for b.Loop() {
		for round := range transferRounds {
			for i := range x.ways {
				w := x.ways[(round+i)%len(x.ways)]
				took[w.name] = append(took[w.name], x.measure(w))
			}
		}
	}
	x.report(took)
}

// transfer is the table, and the ways to move it.
type transfer struct {
	*fixture
	b      *testing.B
	clock  clock
	ways   []way
	chunks [][][]byte // prepared for push
}

type way struct {
	name    string
	prepare func() // not measured
	run     func()
	pushed  bool
}

func newTransfer(b *testing.B) *transfer {
	x := &transfer{fixture: newFixture(b), b: b}
	x.table(transferRows)
	x.clock = newClock(x.fixture)
	pipe, described := x.pipe()
	b.Log("the pipe is " + described)
	x.ways = []way{
		{name: "loader", run: func() { x.load(lock.LeaseLua) }, pushed: true},
		{name: "pipe", run: pipe, pushed: true},
		{name: "scan", run: x.scan},
		{name: "push", prepare: x.keep, run: x.push, pushed: true},
	}
	return x
}

// table has orders as shops have them.
func (x *transfer) table(rows int) {
	x.b.Helper()
	x.exec(`CREATE TABLE t (id BIGINT PRIMARY KEY, customer INT NOT NULL, state VARCHAR(12) NOT NULL,
			amount DECIMAL(10,2) NOT NULL, placed DATETIME NOT NULL, note VARCHAR(80) NOT NULL)`,
		fmt.Sprintf(`INSERT /*+ SET_VAR(cte_max_recursion_depth = 10000000) */ INTO t
			WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			SELECT i, i * 7919 %% 100000, ELT(1 + i %% 3, 'paid', 'shipped', 'delivered'), i %% 99991 / 100,
				'2024-01-01' + INTERVAL i SECOND, CONCAT('order ', i, ', left with a neighbour on the second floor') FROM n`, rows),
		"ANALYZE TABLE t")
}

// measure runs one way on an empty Redis.
func (x *transfer) measure(w way) usage {
	x.b.Helper()
	if w.prepare != nil {
		w.prepare()
	}
	x.redis.FlushAll(x.b.Context())
	runtime.GC()
	before := x.clock.read()
	w.run()
	took := x.clock.read().since(before)
	x.chunks = nil
	if n := x.redis.LLen(x.b.Context(), "list").Val(); w.pushed && n != transferRows {
		x.b.Fatalf("%s: the list has %d elements, want %d", w.name, n, transferRows)
	}
	return took
}

// load loads the table with the defaults.
func (x *transfer) load(strategy lock.Strategy) {
	x.b.Helper()
	cfg := x.config(0, strategy)
	cfg.Job.ChunkSize = 0
	cfg.Workers = transferWorkers
	cfg.Planned = func(*loader.Plan) {}
	x.source.SetMaxIdleConns(transferWorkers)
	sum, err := loader.LoadTogether(x.b.Context(), cfg, loader.At(x.options))
	if err != nil || sum.Rows != transferRows {
		x.b.Fatalf("%d rows: %v", sum.Rows, err)
	}
}

// scan reads and encodes all chunks, as the workers do, and pushes nothing.
func (x *transfer) scan() { x.load(shared(func([][]byte) {})) }

// keep prepares the chunks for push.
func (x *transfer) keep() {
	var mu sync.Mutex
	x.load(shared(func(elements [][]byte) {
		mu.Lock()
		defer mu.Unlock()
		x.chunks = append(x.chunks, elements)
	}))
}

// push pushes the chunks by as many connections, and marks and leases nothing.
func (x *transfer) push() {
	chunks := make(chan [][]byte, len(x.chunks))
	for _, c := range x.chunks {
		chunks <- c
	}
	close(chunks)
	var running sync.WaitGroup
	for range transferWorkers {
		running.Go(func() {
			client := redis.NewClient(x.options)
			defer client.Close()
			for c := range chunks {
				if err := client.LPush(x.b.Context(), "list", lock.Arguments(c)...).Err(); err != nil {
					x.b.Error(err)
				}
			}
		})
	}
	running.Wait()
}

// shared is a strategy that shares the chunks out by number, and commits nowhere.
func shared(visit func(elements [][]byte)) lock.Strategy {
	return lock.Strategy{Name: "shared", MaxRetries: -1, Open: func(_ context.Context, env lock.Env) (lock.Session, error) {
		return &share{env: env, visit: visit, chunk: env.Worker - env.Workers}, nil
	}}
}

type share struct {
	env   lock.Env
	visit func([][]byte)
	chunk int
}

func (s *share) Next(context.Context) (lock.Claim, error) {
	if s.chunk += s.env.Workers; s.chunk >= s.env.Chunks {
		return nil, lock.ErrDone
	}
	return s, nil
}

func (s *share) Chunk() int { return s.chunk }

func (s *share) Commit(_ context.Context, elements [][]byte) (lock.Outcome, error) {
	s.visit(elements)
	return lock.Committed, nil
}

func (s *share) Release(context.Context) error { return nil }

func (s *share) Close() error { return nil }

// report gives the medians of each way, and of the ratios of each round.
func (x *transfer) report(took map[string][]usage) {
	x.b.ReportMetric(0, "ns/op")
	table := new(strings.Builder)
	for _, w := range x.ways {
		wall := spread(took[w.name], func(u usage) float64 { return u.wall.Seconds() })
		fmt.Fprintf(table, "\n%-7s %s s", w.name, wall)
		for part := range took[w.name][0].cpu {
			fmt.Fprintf(table, ", %s %s", clockParts[part], spread(took[w.name], func(u usage) float64 { return u.cpu[part].Seconds() }))
		}
		x.b.ReportMetric(wall.median, w.name+"-s")
		if x.clock.whole() {
			x.b.ReportMetric(spread(took[w.name], func(u usage) float64 { return u.total().Seconds() }).median, w.name+"-cpu-s")
		}
	}
	var walls, cpus []float64
	for i, l := range took["loader"] {
		walls = append(walls, l.wall.Seconds()/took["pipe"][i].wall.Seconds())
		cpus = append(cpus, l.total().Seconds()/(took["scan"][i].total()+took["push"][i].total()).Seconds())
	}
	x.b.ReportMetric(spreadOf(walls).median, "loader/pipe")
	fmt.Fprintf(table, "\nloader/pipe, time: %s", spreadOf(walls))
	if x.clock.whole() {
		x.b.ReportMetric(spreadOf(cpus).median, "loader/(scan+push)-cpu")
		fmt.Fprintf(table, "\nloader/(scan+push), processor time: %s", spreadOf(cpus))
	} else {
		table.WriteString("\nthe processor time of MySQL is not known: its process is not on this host")
	}
	x.b.Logf("medians of %d rounds (least to most): time, and processor time by process%s", len(walls), table)
}

// summary of values: the median, and how far they lie apart.
type summary struct{ median, least, most float64 }

func spread(of []usage, value func(usage) float64) summary {
	values := make([]float64, len(of))
	for i, u := range of {
		values[i] = value(u)
	}
	return spreadOf(values)
}

func spreadOf(values []float64) summary {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return summary{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1]}
}

func (s summary) String() string {
	return fmt.Sprintf("%.2f (%.2f to %.2f)", s.median, s.least, s.most)
}
