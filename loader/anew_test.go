package loader_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/loader"
	"onceover/loader/multiset"
)

// interloper does something before the request of a client with a number, once.
type interloper struct {
	armed  func() bool // requests are counted from then on
	before int
	do     func()

	seen int
	done bool
}

func (*interloper) DialHook(next redis.DialHook) redis.DialHook { return next }

func (i *interloper) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		i.step()
		return next(ctx, cmd)
	}
}

func (i *interloper) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		i.step()
		return next(ctx, cmds)
	}
}

func (i *interloper) step() {
	if i.done || !i.armed() {
		return
	}
	if i.seen++; i.seen == i.before {
		i.done = true
		i.do()
	}
}

// atEachRequest does something with a job that somebody begins anew before each request
// of its client, one after the other, until there are no more. It fails unless that is
// said, or the answer is of the old job alone.
func (f *fixture) atEachRequest(cfg func() loader.Config, armed func() bool, do func(loader.Config) error) {
	f.t.Helper()
	for before := 1; ; before++ {
		f.flush()
		one := cfg()
		i := &interloper{before: before, armed: armed, do: func() {
			f.reset("second")
			next := f.config(8, defaultStrategy)
			ctx, enough := context.WithCancel(f.t.Context())
			next.Counted = func(loader.Commit) { enough() }
			_, _ = loader.Load(ctx, next) // the new job is under way
		}}
		one.Redis.AddHook(i)
		err := do(one)
		if !i.done {
			if before < 3 || err != nil {
				f.t.Errorf("%d requests were seen, %v", before-1, err)
			}
			return
		}
		var problem *loader.Error
		if err != nil && (!errors.As(err, &problem) || problem.Problem != loader.ForeignPlan) {
			f.t.Errorf("begun anew before request %d: %v", before, err)
		}
	}
}

// Whenever a job is begun anew while the workers of the old one end, nothing is said of the
// new one: its list has not all rows yet.
func TestTheLastLookIsAtTheJobThatEnded(t *testing.T) {
	f := newFixture(t)
	f.rows(50)
	f.set("appendonly", "yes")
	f.set("appendfsync", "always")
	for _, durable := range []loader.Durability{loader.InMemory, loader.InAOF} {
		loaded := 0
		config := func() loader.Config {
			cfg := f.durable(durable)
			cfg.Patience = time.Minute
			cfg.Workers, loaded = 1, 0
			cfg.Counted = func(c loader.Commit) { loaded += c.Rows }
			return cfg
		}
		f.atEachRequest(config, func() bool { return loaded == 50 }, func(cfg loader.Config) error {
			sum, err := f.loadTogether(cfg)
			if err == nil && sum.Left > 0 {
				t.Errorf("%d chunks are left of a job that was begun anew", sum.Left)
			}
			if err == nil {
				err = sum.Audit.Problem(false)
			}
			return err
		})
	}
}

func TestAComparisonIsOfTheJobThatEnded(t *testing.T) {
	f := newFixture(t)
	f.rows(50)
	var plan *loader.Plan
	config := func() loader.Config {
		first := f.config(0, defaultStrategy)
		first.Planned = func(p *loader.Plan) { plan = p }
		f.together(first)
		return f.config(1, defaultStrategy)
	}
	f.atEachRequest(config, func() bool { return true }, func(cfg loader.Config) error {
		v, err := loader.Verify(t.Context(), cfg, loader.Comparison{Key: multiset.Key{1}, Plan: plan.ID()})
		if err == nil {
			err = v.Problem()
		}
		return err
	})
}

func TestADryRunIsOfOneJob(t *testing.T) {
	f := newFixture(t)
	f.rows(50)
	config := func() loader.Config {
		f.together(f.config(0, defaultStrategy))
		return f.config(1, defaultStrategy)
	}
	f.atEachRequest(config, func() bool { return true }, func(cfg loader.Config) error {
		p, err := cfg.DryRun(t.Context(), false)
		if err == nil && p.Audit != nil {
			err = p.Audit.Problem(false)
		}
		return err
	})
}
