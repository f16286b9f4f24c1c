package search

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

// renewing is SET NX PX with a token, and a lease that a script renews in the background.
type renewing struct {
	lock.Unlocked
	commit func(context.Context, [][]byte) (lock.Outcome, error)
	stop   func()
}

const (
	comparing    = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`
	notComparing = `return redis.call('PEXPIRE', KEYS[1], ARGV[2])`
	letGo        = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`
)

var errLost = errors.New("the lease is lost")

func renewed(name, renewal string, fenced bool) lock.Strategy {
	return lock.Strategy{Name: name, MaxRetries: -1, Conditional: fenced, Open: func(_ context.Context, env lock.Env) (lock.Session, error) {
		return lock.Sweep(env, lock.UntilDone, func(ctx context.Context, chunk int) (lock.Claim, error) {
			free, err := env.Redis.SetNX(ctx, env.Keys.Lock(chunk), env.Token, env.TTL).Result()
			if err != nil {
				return nil, err
			}
			if !free {
				return nil, lock.ErrHeld
			}
			c := renewing{Unlocked: lock.NewUnlocked(env, chunk)}
			c.stop = env.Every(ctx, env.TTL/3, func(ctx context.Context) error {
				kept, err := env.Redis.Eval(ctx, renewal, []string{env.Keys.Lock(chunk)}, env.Token, env.TTL.Milliseconds()).Int()
				if err == nil && kept == 0 {
					err = errLost
				}
				return err
			})
			if err := lock.Unmarked(ctx, env.Redis, env.Keys, chunk); err != nil {
				return nil, errors.Join(err, c.Release(ctx))
			}
			c.commit = c.Unlocked.Commit
			if fenced {
				c.commit = lock.NewConditional(env, chunk, lock.CommitScript).Commit
			}
			return c, nil
		}), nil
	}}
}

func (c renewing) Commit(ctx context.Context, rows [][]byte) (lock.Outcome, error) {
	return c.commit(ctx, rows)
}

func (c renewing) Release(ctx context.Context) error {
	c.stop()
	return c.Env.Redis.Eval(ctx, letGo, []string{c.Env.Keys.Lock(c.Chunk())}, c.Env.Token).Err()
}

func TestARenewedLeaseNeedsAFenceAllTheSame(t *testing.T) {
	for _, c := range []struct {
		strategy lock.Strategy
		want     []reports.Verdict
	}{
		{renewed("renewed lease", comparing, false), []reports.Verdict{reports.Duplicated}},
		{renewed("renewed lease, not compared", notComparing, false), []reports.Verdict{reports.Duplicated}},
		{renewed("renewed lease, fenced", comparing, true), nil},
	} {
		t.Run(c.strategy.Name, func(t *testing.T) {
			t.Parallel()
			s := scene(t, c.strategy, sim.Bare(c.strategy), 2, 1, faults.Budget{faults.Pause: 1})
			var first Result
			for _, jobs := range []int{1, 2, 4} {
				r := explore(t, s, Options{Seed: 3, Jobs: jobs})
				if found := verdicts(r); !cmp.Equal(found, c.want) || c.want == nil && !r.Complete {
					t.Errorf("%v, complete: %v; want %v", found, r.Complete, c.want)
				}
				if jobs == 1 {
					first = r
				} else if a, b := fmt.Sprintf("%+v", first.Found), fmt.Sprintf("%+v", r.Found); a != b || first.Schedules() != r.Schedules() {
					t.Errorf("%d jobs found something else: %d schedules, not %d\n%s\n%s", jobs, r.Schedules(), first.Schedules(), b, a)
				}
			}
		})
	}
}

func verdicts(r Result) (found []reports.Verdict) {
	for _, f := range r.Found {
		found = append(found, f.Verdict)
	}
	return found
}

// every changes what a strategy is given to renew with.
func every(s lock.Strategy, change func(lock.Env) lock.Env) lock.Strategy {
	open := s.Open
	s.Open = func(ctx context.Context, env lock.Env) (lock.Session, error) { return open(ctx, change(env)) }
	return s
}

func TestARenewalIsCalledWhenItIsDue(t *testing.T) {
	var called atomic.Int64
	strategy := every(renewed("counted", comparing, true), func(env lock.Env) lock.Env {
		begin := env.Every
		env.Every = func(ctx context.Context, period time.Duration, f func(context.Context) error) func() {
			return begin(ctx, period, func(ctx context.Context) error { called.Add(1); return f(ctx) })
		}
		return env
	})
	for budget, want := range map[faults.Kind]bool{faults.Cut: false, faults.Pause: true} {
		called.Store(0)
		explore(t, scene(t, strategy, sim.Bare(strategy), 1, 1, faults.Budget{budget: 1}), Options{Seed: 1, Jobs: 1})
		if got := called.Load() > 0; got != want {
			t.Errorf("%v: %d calls", budget, called.Load())
		}
	}
}

// A renewal that is never stopped is the program's mistake, and no search hangs on it.
func TestARenewalThatGoesOnIsNamed(t *testing.T) {
	strategy := every(renewed("goes on", comparing, true), func(env lock.Env) lock.Env {
		begin := env.Every
		env.Every = func(ctx context.Context, period time.Duration, f func(context.Context) error) func() {
			begin(ctx, period, f)
			return func() {}
		}
		return env
	})
	_, err := sim.Prepare(sim.Setup{Name: strategy.Name, Program: sim.Bare(strategy), Workers: 1, Chunks: 1, Rows: 1})
	if !errors.Is(err, sim.ErrRenews) {
		t.Errorf("%v", err)
	}
}
