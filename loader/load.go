package loader

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader/lock"
)

// Defaults of a worker.
const (
	// DefaultTTL of leases: well above the time that a chunk takes, and short
	// enough to wait for when the holder died.
	DefaultTTL = 5 * time.Second
	// DefaultPatience is how long a worker waits, all waits added up, for a
	// server to come back before it gives up.
	DefaultPatience = time.Minute
)

// Config is what one worker needs. Job, Strategy, Redis, DB, Token and Sleep
// must be set; the zero value of everything else is valid.
type Config struct {
	Job      Job
	Strategy lock.Strategy
	Redis    *redis.Client   // opened by OpenRedis; of LoadTogether by its target
	Locks    []*redis.Client // of the lock servers, if the strategy needs them, opened by OpenRedis; of LoadTogether by LockTargets
	DB       *sql.DB         // opened by OpenMySQL

	Snapshot *Snapshot // in which all of the table is read; nil: each chunk is read in one of its own

	Worker  int    // 0-based
	Workers int    // how many were started; 0: one
	Token   string // unique among all workers and all their lives
	Seed    uint64 // of the order in which this worker tries the chunks

	LockTargets []*Target // of LoadTogether: where the lock servers are

	AllowEviction bool       // LoadTogether also loads into a Redis that may throw away what it holds
	Durability    Durability // what LoadTogether sees to before it looks at what is left; "": InMemory

	Verifies bool // the list is compared in the end: LoadTogether asks for the right to read it

	ChunkBytes int // the most that one commit pushes, a larger row apart; 0: DefaultChunkBytes

	TTL      time.Duration // 0: DefaultTTL
	Patience time.Duration // 0: DefaultPatience; negative: none
	Sleep    func(context.Context, time.Duration) error
	Every    func(context.Context, time.Duration, func(context.Context) error) (stop func()) // as in lock.Env, for strategies that renew; else nil

	Hook     Hook                        // may be nil
	Planning func(Planning)              // called now and then by LoadTogether while the table is cut; may be nil
	Planned  func(*Plan)                 // called once, when the plan is agreed; may be nil
	Pace     func(context.Context) error // called before each claim, to wait there; may be nil
	Counted  func(Commit)                // called after each commit of this worker, and for a chunk that it read in vain; may be nil
	Progress func(chunk, rows int)       // called after each commit of this worker; may be nil
	Trouble  func(error, time.Duration)  // called before each wait after a failure; may be nil

	begun bool // the job is under way here: a worker waits for servers from its beginning on
}

// Commit is what became of a chunk, or of a slice of it.
type Commit struct {
	Rows, Bytes int
	Ended       bool // the chunk is marked by it
	Superseded  bool // somebody else committed it
}

// Summary is what one worker did, or all workers of a process.
type Summary struct {
	Rows       int `json:"rows"`       // pushed here
	Chunks     int `json:"chunks"`     // committed here
	Superseded int `json:"superseded"` // chunks read in vain: somebody else committed them first
	Failures   int `json:"failures"`   // failures after which it went on
	Left       int `json:"left"`       // chunks of the plan that were not marked at the end, if anybody looked

	Audit Audit `json:"audit"` // if all chunks are marked, and LoadTogether looked
}

// Load takes part in a job until its strategy finds nothing left to do. A
// strategy that goes over the chunks once may leave some behind, see LoadTogether.
func Load(ctx context.Context, cfg Config) (Summary, error) {
	cfg = cfg.withDefaults()
	w := &worker{cfg: cfg, begun: map[int]string{}}
	passes := func(err error) bool { return cfg.begun && transient(err) }
	if err := cfg.patiently(ctx, passes, w.prepare); err != nil {
		return w.done, cfg.explained(err)
	}
	defer w.close()
	err := w.work(ctx)
	return w.done, cfg.explained(err)
}

func (c Config) withDefaults() Config {
	c.Job = c.Job.withDefaults()
	c.Workers = max(c.Workers, 1)
	if c.ChunkBytes == 0 {
		c.ChunkBytes = DefaultChunkBytes
	}
	if c.TTL == 0 {
		c.TTL = DefaultTTL
	}
	if c.Patience == 0 {
		c.Patience = DefaultPatience
	}
	if !c.Strategy.Conditional {
		c.Patience = -1 // to repeat what may have been done is not safe
	}
	return c
}

type worker struct {
	cfg     Config
	src     *source
	plan    *Plan
	reader  *reader
	session lock.Session
	begun   map[int]string // chunks that are pushed in part, and the keys at which they go on
	done    Summary
}

func (w *worker) prepare(ctx context.Context) (err error) {
	if err := w.cfg.validate(); err != nil {
		return err
	}
	if w.src, err = w.cfg.openSource(ctx); err != nil {
		return err
	}
	if w.plan, err = agree(ctx, w.cfg.Redis, w.src, w.cfg.Job, w.cfg.Strategy); err != nil {
		return err
	}
	if prepare := w.cfg.Strategy.Prepare; prepare != nil {
		if err = prepare(ctx, w.env()); err != nil {
			return err
		}
	}
	if w.cfg.Planned != nil {
		w.cfg.Planned(w.plan)
	}
	w.session, err = w.cfg.Strategy.Open(ctx, w.env())
	return err
}

func (w *worker) env() lock.Env {
	env := lock.Env{
		Redis: w.cfg.Redis, Locks: w.cfg.Locks, DB: w.cfg.DB,
		Keys: w.cfg.Job.Keys(), PlanID: w.plan.ID(), Chunks: w.plan.Chunks(),
		Worker: w.cfg.Worker, Workers: w.cfg.Workers, Token: w.cfg.Token, Seed: w.cfg.Seed,
		TTL: w.cfg.TTL, Sleep: w.cfg.Sleep, Every: w.cfg.Every,
	}
	if hook := w.cfg.Hook; hook != nil {
		env.Claiming = func(ctx context.Context, chunk int) { hook(ctx, Claiming, chunk) }
	}
	return env
}

func (w *worker) close() {
	w.session.Close()
	if w.reader != nil {
		w.reader.close()
	}
}

// work loads chunks until the strategy has no more for this worker.
func (w *worker) work(ctx context.Context) error {
	patience := w.cfg.patience()
	for {
		over, err := w.next(ctx)
		err = w.cfg.ended(ctx, err)
		switch {
		case err == nil && over:
			return nil
		case err == nil:
			patience = w.cfg.patience()
			continue
		case patience.spent() || !transient(err) || ctx.Err() != nil:
			return err
		}
		w.done.Failures++
		if err := patience.wait(ctx, err); err != nil {
			return err
		}
		if errors.Is(err, lock.ErrPlanGone) {
			if err := w.renewPlan(ctx); err != nil && !transient(err) {
				return err
			}
		}
	}
}

// next moves one chunk. If the strategy has no more, it takes stock where what
// is left can be done again. Elsewhere the strategy's own look is the last: what
// Redis forgot after it could only be counted.
func (w *worker) next(ctx context.Context) (over bool, err error) {
	switch err = w.one(ctx); {
	case !errors.Is(err, lock.ErrDone):
		return false, err
	case w.cfg.Strategy.Conditional:
		return true, w.verify(ctx)
	}
	return true, nil
}

// one claims, reads, commits and releases one chunk.
func (w *worker) one(ctx context.Context) error {
	if pace := w.cfg.Pace; pace != nil {
		if err := pace(ctx); err != nil {
			return err
		}
	}
	claim, err := w.session.Next(ctx)
	if err != nil {
		return err
	}
	chunk := claim.Chunk()
	w.cfg.Hook.at(ctx, Claimed, chunk)
	if err := w.move(ctx, claim); err != nil {
		// To give the claim back saves the others the wait, no more: if that
		// fails too, the first error is the one that counts.
		_ = claim.Release(context.WithoutCancel(ctx))
		return err
	}
	if err := claim.Release(ctx); err != nil {
		return err
	}
	w.cfg.Hook.at(ctx, Released, chunk)
	return nil
}

// renewPlan stores this worker's plan in a Redis that forgot it, unless
// somebody else has by now stored another.
func (w *worker) renewPlan(ctx context.Context) error {
	held, err := store(ctx, w.cfg.Redis, w.plan, w.cfg.Strategy)
	if err != nil {
		return err
	}
	return w.plan.replacedBy(held)
}

// verify counts what is not marked, in a bitmap read after the last commit. A
// server that forgot marks since the strategy saw them all set leaves work to
// do, and so does one that holds the bitmap of another plan by now.
func (w *worker) verify(ctx context.Context) error {
	bits, err := w.marks(ctx)
	if err != nil {
		return err
	}
	if w.done.Left = w.plan.Chunks() - bits.Count(w.plan.Chunks()); w.done.Left > 0 {
		return errForgotten
	}
	return nil
}

// marks reads the bitmap together with the plan that it belongs to.
func (w *worker) marks(ctx context.Context) (lock.Bitmap, error) {
	keys := w.cfg.Job.Keys()
	var id, bits *redis.StringCmd
	_, err := w.cfg.Redis.TxPipelined(ctx, func(tx redis.Pipeliner) error {
		id, bits = tx.HGet(ctx, keys.Plan, "id"), tx.Get(ctx, keys.Chunks)
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return "", fmt.Errorf("read what is marked: %w", err)
	}
	if id.Val() != w.plan.ID() {
		return "", fmt.Errorf("read what is marked: %w", lock.ErrPlanGone)
	}
	return lock.Bitmap(bits.Val()), nil
}

// LoadTogether takes part in a job with all cfg.Workers. Each gets a client of its own,
// since some strategies tie their lock to the connection, and a token that begins with
// cfg.Token. The first failure stops them all, and is returned with what they had done
// until then. After the last of them cfg.Redis looks at what is left and, if nothing
// is, at table and list: see Audit.
func LoadTogether(ctx context.Context, cfg Config, target *Target) (sum Summary, err error) {
	if err := cfg.withDefaults().begin(ctx, target); err != nil {
		return sum, cfg.withDefaults().explained(err)
	}
	cfg.begun, cfg.Workers = true, max(cfg.Workers, 1)
	working, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var plan *Plan
	var running sync.WaitGroup
	for i := range cfg.Workers {
		one := cfg
		one.Redis = target.Open(cfg.Strategy)
		one.Worker, one.Token = i, fmt.Sprintf("%s/%d", cfg.Token, i)
		one.Planned = func(p *Plan) {
			mu.Lock()
			defer mu.Unlock()
			if plan == nil {
				plan = p
				cfg.Planned(p)
			}
		}
		locks, closeLocks := cfg.openLocks()
		one.Locks = locks
		running.Go(func() {
			defer one.Redis.Close()
			defer closeLocks()
			done, err := Load(working, one)
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
	if err := context.Cause(working); err != nil {
		return sum, err
	}
	cfg = cfg.withDefaults()
	return sum, cfg.explained(cfg.patiently(ctx, transient, func(ctx context.Context) error { return sum.look(ctx, cfg, plan, target) }))
}

// look sees what is left, and if nothing is, what became of table, list and server.
func (s *Summary) look(ctx context.Context, cfg Config, plan *Plan, target *Target) error {
	if err := target.sure(ctx); err != nil {
		return err
	}
	count := func(ctx context.Context, client redis.Cmdable) (all bool, err error) {
		held, err := cfg.standing(ctx, client, plan)
		s.Left = held.left
		return s.Left == 0, err
	}
	var err error
	for same := false; !same; {
		if same, err = cfg.confirm(ctx, count); err != nil || s.Left > 0 {
			return err
		}
	}
	if err = cfg.refuseServer(ctx); err != nil {
		return err
	}
	s.Audit, s.Left, err = audit(ctx, cfg, plan)
	return err
}
