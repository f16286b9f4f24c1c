package live

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"onceover/reports/format"
	"onceover/scenarios/servers"
	"onceover/scenarios/worker"
)

const (
	// heartbeat is the time between two looks at a server.
	heartbeat = 200 * time.Millisecond
	// stillness is how long a server, or the harness, may give no sign of life
	// before that is trouble. It is longer than a busy machine makes one wait, so
	// a shorter stop by somebody else is not told from that, and is not named.
	stillness = 2 * time.Second
)

// vigil watches a run for trouble that is not in its plan: a server that dies,
// stands still, evicts keys or refuses to write, and a harness that stands still
// itself. None of that may be blamed on the strategy.
type vigil struct {
	servers []*watched
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu    sync.Mutex
	still time.Duration // how long the harness stood still, in all
	seen  []string      // trouble, in order
}

// watched is a server on which a vigil looks.
type watched struct {
	*servers.Server
	ask  func(context.Context) (pulse, error)
	beat pulse
	at   time.Time // when it last answered
	told bool      // what has happened since then is known already

	mu      sync.Mutex
	planned time.Time // until then it was to be away; in the future while it is
}

// pulse is what a server says of itself.
type pulse struct {
	life    string           // another one, if it was started anew
	started window           // for servers that do not name their lives
	counts  map[string]int64 // of what must not happen, by what is said of it
}

// window is when something happened: not before the one and not after the other moment.
type window struct{ earliest, latest time.Time }

// startedAt is when a server started that was asked for its uptime, which it tells in whole
// seconds.
func startedAt(asked, answered time.Time, uptime time.Duration) window {
	return window{earliest: asked.Add(-uptime - time.Second), latest: answered.Add(-uptime)}
}

// trouble says what has happened between two answers.
func (p pulse) trouble(now pulse) (found []string) {
	if p.life != now.life || now.started.earliest.After(p.started.latest) {
		return []string{"was started anew"}
	}
	for _, what := range slices.Sorted(maps.Keys(now.counts)) {
		if n := now.counts[what] - p.counts[what]; n > 0 {
			found = append(found, fmt.Sprintf(what, format.Plural(n, "time", "times")))
		}
	}
	return found
}

// begin takes the first look at every server, and goes on looking.
func (v *vigil) begin(ctx context.Context, all ...*watched) error {
	v.servers = all
	for _, s := range all {
		var err error
		if s.beat, err = s.ask(ctx); err != nil {
			return fmt.Errorf("%s does not answer: %w", s.Name(), err)
		}
		s.at = time.Now()
	}
	ctx, v.cancel = context.WithCancel(ctx)
	v.running.Go(func() { v.watchHarness(ctx) })
	for _, s := range all {
		v.running.Go(func() {
			for worker.Sleep(ctx, heartbeat) == nil {
				_ = v.look(ctx, s) // it may answer the next time
			}
		})
	}
	return nil
}

// end takes the last look, for which a server has time to come back, and returns
// the trouble that there was.
func (v *vigil) end(ctx context.Context) ([]string, error) {
	v.stop()
	ctx, cancel := context.WithTimeout(ctx, serverWait)
	defer cancel()
	for _, s := range v.servers {
		for err := v.look(ctx, s); err != nil; err = v.look(ctx, s) {
			if worker.Sleep(ctx, heartbeat) != nil {
				return v.seen, fmt.Errorf("%s does not answer any more: %w", s.Name(), err)
			}
		}
	}
	return v.seen, nil
}

// stop ends the looking.
func (v *vigil) stop() {
	v.cancel()
	v.running.Wait()
}

func (v *vigil) tell(format string, args ...any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if text := fmt.Sprintf(format, args...); !slices.Contains(v.seen, text) {
		v.seen = append(v.seen, text)
	}
}

// watchHarness notices that this process did not run for a while: it was
// stopped, or the machine slept, of which only the clock on the wall tells.
func (v *vigil) watchHarness(ctx context.Context) {
	for last := time.Now(); worker.Sleep(ctx, heartbeat/2) == nil; last = time.Now() {
		now := time.Now()
		gap := max(now.Sub(last), now.Round(0).Sub(last.Round(0)))
		if gap > stillness {
			v.mu.Lock()
			v.still += gap
			v.mu.Unlock()
			v.tell("Onceover itself stood still for %s", gap.Round(100*time.Millisecond))
		}
	}
}

func (v *vigil) stood() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.still
}

// look asks one server, and tells what has happened since its last answer unless
// it was to be away meanwhile.
func (v *vigil) look(ctx context.Context, s *watched) error {
	stood := v.stood()
	ask, cancel := context.WithTimeout(ctx, 2*stillness)
	defer cancel()
	now, err := s.ask(ask)
	if err != nil {
		return errors.Join(err, v.recover(ctx, s))
	}
	if !s.told && !s.plannedSince(s.at) {
		for _, trouble := range s.beat.trouble(now) {
			v.tell("%s %s", s.Name(), trouble)
		}
		if silent := time.Since(s.at); silent > stillness && v.stood() == stood {
			v.tell("%s did not answer for %s", s.Name(), silent.Round(100*time.Millisecond))
		}
	}
	s.beat, s.at, s.told = now, time.Now(), false
	return nil
}

// recover brings a server back that the plan did not take away. The plan has to
// wait meanwhile.
func (v *vigil) recover(ctx context.Context, s *watched) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil || s.planned.After(s.at) {
		return nil
	}
	happened, err := s.Recover(ctx)
	if happened != "" {
		v.tell("%s %s", s.Name(), happened)
		s.told = true
	}
	return err
}

// away says that the plan takes the server away; back, that it has come again.
func (s *watched) away() { s.excuse(time.Now().Add(time.Hour)) }
func (s *watched) back() { s.excuse(time.Now()) }

// isAway tells whether the server is away by a fault that is not over.
func (s *watched) isAway() bool { return s.plannedSince(time.Now()) }

func (s *watched) excuse(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.planned = until
}

func (s *watched) plannedSince(t time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.planned.After(t)
}

// refusals are errors with which Redis refuses what it would do at another time.
var refusals = []string{"OOM", "MISCONF", "READONLY", "NOREPLICAS", "MASTERDOWN"}

// redisPulse reads what INFO says: https://redis.io/docs/latest/commands/info/.
func redisPulse(info string) pulse {
	p := pulse{counts: map[string]int64{}}
	for line := range strings.Lines(info) {
		field, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		code, refusal := strings.CutPrefix(field, "errorstat_")
		switch {
		case field == "run_id":
			p.life = value
		case field == "evicted_keys":
			p.counts["evicted a key %s"], _ = strconv.ParseInt(value, 10, 64)
		case refusal && slices.Contains(refusals, code):
			p.counts["refused a command with "+code+" %s"], _ = strconv.ParseInt(strings.TrimPrefix(value, "count="), 10, 64)
		}
	}
	return p
}

// watchRedis looks at the Redis server of the run, and whether rows still arrive.
func (r *run) watchRedis() *watched {
	var most int64
	return &watched{Server: r.redis, ask: func(ctx context.Context) (pulse, error) {
		client, err := r.world.admin(ctx, r.redis)
		if err != nil {
			return pulse{}, err
		}
		defer client.Close()
		r.beats.Add(1)
		info, err := client.Info(ctx, "server", "stats", "errorstats").Result()
		if err != nil {
			return pulse{}, err
		}
		length, _ := r.target.Len(ctx, client) // an error here is the judge's affair
		if arrived := length + r.popping.Load().popped(); arrived > most && arrived <= int64(r.plan.Rows) {
			most = arrived
			r.post(func() { r.changed = time.Now() })
		}
		return redisPulse(info), nil
	}}
}

// watchMySQL looks at the MySQL server, which tells its uptime in seconds.
func (r *run) watchMySQL() *watched {
	return &watched{Server: r.world.mysql, ask: func(ctx context.Context) (pulse, error) {
		addr, err := r.world.mysql.Addr()
		if err != nil {
			return pulse{}, err
		}
		db, err := servers.OpenMySQL(r.world.mysqlCfg, addr)
		if err != nil {
			return pulse{}, err
		}
		defer db.Close()
		var name string
		var uptime int64
		asked := time.Now()
		err = db.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE 'Uptime'").Scan(&name, &uptime)
		return pulse{started: startedAt(asked, time.Now(), time.Duration(uptime)*time.Second)}, err
	}}
}
