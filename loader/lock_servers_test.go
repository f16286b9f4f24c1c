package loader_test

import (
	"strings"
	"testing"

	"onceover/loader"
	"onceover/loader/lock"
)

// Lock servers of which no quorum can be one are refused before anything is written.
func TestLockServersAreRefused(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	before := f.dump()
	here := func(n int) (all []*loader.Target) {
		for range n {
			all = append(all, loader.At(f.options))
		}
		return all
	}
	for name, c := range map[string]struct {
		strategy lock.Strategy
		servers  int
		says     string
	}{
		"none":                     {lock.Redlock, 0, "strategy redlock needs lock servers, and none is named"},
		"one":                      {lock.Redlock, 1, "none of them could be missed"},
		"an even number":           {lock.Redlock, 4, "strategy redlock with 4 lock servers is no better than with 3"},
		"the Redis of the data":    {lock.Redlock, 3, "lock server 1 is the same server as the Redis of the data"},
		"those of nobody's use":    {lock.LeaseLua, 3, "strategy lease-lua has no use for lock servers"},
		"of a strategy that locks": {lock.SetNX, 1, "strategy set-nx has no use for lock servers"},
	} {
		cfg := f.config(0, c.strategy)
		cfg.Locks, cfg.LockTargets = nil, here(c.servers)
		_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
		if problem := wantProblem(t, err, loader.BadJob); !strings.Contains(problem.What, c.says) || problem.Try == "" {
			t.Errorf("%s: it says %v, and to try %q", name, problem, problem.Try)
		}
		f.wantUnchanged(name, before)
	}
}

// A lock server that is not there is named.
func TestALockServerThatIsNotThereIsNamed(t *testing.T) {
	f := newFixture(t)
	f.rows(20)
	cfg := f.config(0, lock.Redlock)
	gone := *f.options
	gone.Addr = "127.0.0.1:1"
	cfg.Locks, cfg.LockTargets = nil, []*loader.Target{loader.At(&gone), loader.At(&gone), loader.At(&gone)}
	_, err := loader.LoadTogether(t.Context(), cfg, loader.At(f.options))
	if problem := wantProblem(t, err, loader.Unreachable); !strings.Contains(problem.What, "lock server 1: ") {
		t.Errorf("it says %v", problem)
	}
}
