package live

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios"
	"onceover/scenarios/servers"
	"onceover/scenarios/target"
)

// ErrUnfit says that no verdict on a program of the user's own would mean anything.
var ErrUnfit = errors.New("live: the program cannot be judged")

// SmallJob is the job with which a program is examined: as another one, and over in a moment.
func SmallJob(as scenarios.Workload) scenarios.Workload {
	as.Rows, as.ChunkSize, as.Workers, as.Consumers = 200, 10, 2, 0
	return as
}

// examined is a run in which the workers are listened to.
type examined struct {
	*ear
	before, after count        // of connections
	others        []string     // keys with elements that are not those of the target
	misfit        string       // what is of another type than the target
	survivors     atomic.Int64 // processes that outlived their worker
	failed        error        // to look at the servers
}

// count is how many connections the servers have ever had, without those of the harness.
type count struct{ redis, mysql int64 }

// Examine lets the program of the world do a small job while nothing goes wrong, and says
// what it does wrong by the contract. An error says that there was nothing to be seen.
func (w *World) Examine(ctx context.Context, as scenarios.Workload, folder string) (Examination, error) {
	calm, _ := scenarios.Find(reports.Calm)
	var server *servers.Server
	for _, p := range []faults.Persistence{faults.Nothing, faults.EverySec, faults.Always} {
		if w.redises[p] != nil {
			server, calm.Persistence = w.redises[p], p
			break
		}
	}
	if server == nil {
		return Examination{}, errors.New("live: no Redis was started to examine a program with")
	}
	ctx, over := context.WithCancel(ctx)
	defer over()
	defer w.countDials()()
	e := scenarios.Execution{Strategy: scenarios.External, Scenario: calm, Workload: SmallJob(as), Seed: 1, Folder: folder}
	r, err := w.prepare(ctx, e, server)
	if err != nil {
		return Examination{}, err
	}
	x := &examined{ear: newEar(r.target)}
	r.examined, r.faults.ear, r.workers.survivors = x, x.ear, &x.survivors
	out, err := r.execute(ctx)
	if err = errors.Join(err, x.failed); err != nil {
		return Examination{}, errors.Join(err, r.abandon(ctx))
	}
	if out.Verdict == reports.Inconclusive && len(out.Unplanned) > 0 {
		return Examination{}, fmt.Errorf("live: the program was not examined: %s", out.Why)
	}
	return x.judge(r, out), nil
}

// dials are the connections that the harness opens itself.
type dials struct{ redis, mysql atomic.Int64 }

// dial counts before it dials, and goes on when nobody waits any more: what the server has
// seen was always counted.
func (d *dials) dial(ctx context.Context, counter *atomic.Int64, network, addr string) (net.Conn, error) {
	counter.Add(1)
	return (&net.Dialer{Timeout: serverWait}).DialContext(context.WithoutCancel(ctx), network, addr)
}

// countDials counts them until it is told to stop.
func (w *World) countDials() (stop func()) {
	cfg, counted := w.mysqlCfg, &dials{}
	own := cfg.Clone()
	own.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		return counted.dial(ctx, &counted.mysql, network, addr)
	}
	w.mysqlCfg, w.dials = own, counted
	return func() { w.mysqlCfg, w.dials = cfg, nil }
}

// begin looks at the servers before the workers do; end, when the list was read.
func (x *examined) begin(ctx context.Context, r *run) {
	if x == nil {
		return
	}
	var err error
	x.before, err = r.count(ctx)
	x.failed = errors.Join(x.failed, err)
}

func (x *examined) end(ctx context.Context, r *run, client *redis.Client) {
	if x == nil {
		return
	}
	var err error
	x.after, err = r.count(ctx)
	x.failed = errors.Join(x.failed, err)
	x.misfit, err = r.target.Misfit(ctx, client)
	x.failed = errors.Join(x.failed, err)
	if r.world.options.Redis == nil {
		x.failed = errors.Join(x.failed, x.lookElsewhere(ctx, r.target, client))
	}
}

// lookElsewhere names the lists and streams that are not those of the target.
func (x *examined) lookElsewhere(ctx context.Context, where target.Target, client *redis.Client) error {
	lists := client.ScanType(ctx, 0, "", manyKeys, "list").Iterator()
	for lists.Next(ctx) {
		if key := lists.Val(); !where.Is([]byte(key)) {
			n, err := client.LLen(ctx, key).Result()
			if err != nil {
				return fmt.Errorf("look at other lists: %w", err)
			}
			x.others = append(x.others, fmt.Sprintf("%q (%s)", key, format.Plural(n, "element", "elements")))
		}
	}
	streams := client.ScanType(ctx, 0, "", manyKeys, "stream").Iterator()
	for streams.Next(ctx) {
		if key := streams.Val(); !where.Is([]byte(key)) {
			n, err := client.XLen(ctx, key).Result()
			if err != nil {
				return fmt.Errorf("look at other streams: %w", err)
			}
			x.others = append(x.others, fmt.Sprintf("%q (a stream, %s)", key, format.Plural(n, "entry", "entries")))
		}
	}
	return errors.Join(lists.Err(), streams.Err())
}

// count asks the servers that serve nobody else.
func (r *run) count(ctx context.Context) (c count, err error) {
	w := r.world
	if w.options.Redis == nil {
		client, err := w.admin(ctx, r.redis)
		if err != nil {
			return c, err
		}
		defer client.Close()
		info, err := client.Info(ctx, "stats").Result()
		if err != nil {
			return c, fmt.Errorf("ask Redis for its connections: %w", err)
		}
		for line := range strings.Lines(info) {
			if n, ok := strings.CutPrefix(strings.TrimSpace(line), "total_connections_received:"); ok {
				c.redis, _ = strconv.ParseInt(n, 10, 64)
			}
		}
		c.redis -= w.dials.redis.Load()
	}
	if w.options.MySQL == nil {
		var name string
		if err := w.db.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE 'Connections'").Scan(&name, &c.mysql); err != nil {
			return c, fmt.Errorf("ask MySQL for its connections: %w", err)
		}
		c.mysql -= w.dials.mysql.Load()
	}
	return c, nil
}

// judge says what was seen.
func (x *examined) judge(r *run, out reports.Run) Examination {
	s := seen{
		ear: x.ear, job: r.e.Workload, list: r.name, out: out, took: r.took.Round(100 * time.Millisecond),
		ended: r.workers.allEnded(), failure: r.workers.failures.reason(), others: x.others, misfit: x.misfit, survivors: x.survivors.Load(),
		element: r.world.options.Element.String(),
	}
	for _, w := range r.workers.all {
		toRedis, _ := w.proxies.redis.Counts()
		toMySQL, _ := w.proxies.mysql.Counts()
		s.redis.through += int64(toRedis)
		s.mysql.through += int64(toMySQL)
	}
	s.redis.past = max(0, x.after.redis-x.before.redis-s.redis.through)
	s.mysql.past = max(0, x.after.mysql-x.before.mysql-s.mysql.through)
	if r.world.options.Redis != nil {
		s.redis.past = 0
	}
	if r.world.options.MySQL != nil {
		s.mysql.past = 0
	}
	return s.examination()
}
