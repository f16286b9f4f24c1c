package search

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
)

func scene(t testing.TB, strategy lock.Strategy, program sim.Program, workers, chunks int, budget faults.Budget) *sim.Scene {
	t.Helper()
	s, err := sim.Prepare(sim.Setup{
		Name: strategy.Name, Program: program, Workers: workers, Chunks: chunks, Rows: 1, Budget: budget,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func explore(t testing.TB, s *sim.Scene, o Options) Result {
	t.Helper()
	r, err := Explore(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// What each strategy comes to in the truth table, found or proven.
func TestEachStrategyComesToWhatIsKnownOfIt(t *testing.T) {
	for _, c := range []struct {
		strategy lock.Strategy
		chunks   int
		budget   faults.Budget
		want     []reports.Verdict // nil: nothing can be found
	}{
		{lock.None, 2, faults.Budget{}, []reports.Verdict{reports.Duplicated}},
		{lock.BitmapOnly, 2, faults.Budget{}, []reports.Verdict{reports.Duplicated}},
		{lock.ConnectionName, 2, faults.Budget{}, []reports.Verdict{reports.Duplicated}},
		{lock.ConnectionName, 2, faults.Budget{faults.Crash: 1}, []reports.Verdict{reports.Duplicated, reports.Lost}},
		{lock.SetNX, 2, faults.Budget{}, []reports.Verdict{reports.Duplicated}},
		{lock.LeaseLua, 2, faults.Budget{}, nil},
		{lock.LeaseLua, 2, faults.Budget{faults.Crash: 1, faults.LoseReply: 1}, nil},
		{lock.LeaseLua, 2, faults.Budget{faults.Pause: 1}, nil},
		{lock.LeaseLua, 1, faults.Budget{faults.Kill: 1, faults.LateRequest: 1}, nil},
		{lock.LeaseLua, 1, faults.Budget{faults.RedisKill: 1}, nil},
		{lock.LeaseLua, 2, faults.Budget{faults.MySQLCut: 1}, nil},
		{lock.LeaseLua, 1, faults.Budget{faults.HalfOpen: 1}, nil},
		{lock.ConnectionName, 2, faults.Budget{faults.HalfOpen: 1}, []reports.Verdict{reports.Duplicated, reports.Lost}},
		{lock.LeaseLua, 1, faults.Budget{faults.Partition: 1}, nil},
		{lock.GetLock, 1, faults.Budget{faults.Partition: 1}, []reports.Verdict{reports.Duplicated}}, // what arrives late
		{lock.LeaseLua, 1, faults.Budget{faults.Evict: 1}, nil},
		{lock.LeaseLua, 1, faults.Budget{faults.EvictList: 1}, []reports.Verdict{reports.Lost}}, // as of every strategy
		{lock.LeaseLua, 1, faults.Budget{faults.Refuse: 2}, nil},
		{lock.Watch, 1, faults.Budget{faults.Evict: 1}, []reports.Verdict{reports.Duplicated}},
		{lock.LeaseLua, 2, faults.Budget{faults.Deny: 1}, nil},
		{lock.LeaseLua, 1, faults.Budget{faults.Deny: 1, faults.LoseReply: 1}, nil},
	} {
		s := scene(t, c.strategy, sim.Loader(c.strategy), 2, c.chunks, c.budget)
		o := Options{Want: c.want}
		if c.want == nil {
			o = Options{Random: -1, POS: -1, PCT: -1} // what is complete needs no luck
		}
		r := explore(t, s, o)
		if c.want == nil && (!r.Complete || len(r.Found) > 0) {
			t.Errorf("%s with %v: %s; found %v", c.strategy.Name, c.budget, r.Summary(), r.Found)
		}
		for _, v := range c.want {
			if _, ok := r.Of(v); !ok {
				t.Errorf("%s with %v is not found to be %s: %s", c.strategy.Name, c.budget, v, r.Summary())
			}
		}
	}
}

// Results of one row are not cut short.
func TestTheSafeStrategyNoticesAShortResult(t *testing.T) {
	s, err := sim.Prepare(sim.Setup{
		Name: "short", Program: sim.Loader(lock.LeaseLua), Workers: 2, Chunks: 1, Rows: 2,
		Budget: faults.Budget{faults.MySQLShort: 1, faults.Deny: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := explore(t, s, Options{Random: -1, POS: -1, PCT: -1}); !r.Complete || len(r.Found) > 0 {
		t.Errorf("%s; found %v", r.Summary(), r.Found)
	}
}

// The published scheme does not lose rows as long as nobody dies: that nothing
// is found must come from the search having looked everywhere.
func TestACompleteSearchIsAProof(t *testing.T) {
	s := scene(t, lock.ConnectionName, sim.Bare(lock.ConnectionName), 2, 2, faults.Budget{})
	r := explore(t, s, Options{Want: []reports.Verdict{reports.Lost}})
	if _, ok := r.Of(reports.Lost); ok || !r.Complete {
		t.Errorf("%s; found %v", r.Summary(), r.Found)
	}
	if _, ok := r.Of(reports.Duplicated); !ok {
		t.Error("the duplicate was not kept")
	}
}

// finals are all that schedules can end with.
func finals(t testing.TB, s *sim.Scene, reduced bool) map[string]bool {
	t.Helper()
	p, err := s.Cache().Start()
	if err != nil {
		t.Fatal(err)
	}
	ends, seen, open := map[string]bool{}, map[uint64]bool{}, []*sim.State{p}
	for len(open) > 0 {
		p := open[len(open)-1]
		open = open[:len(open)-1]
		if p.Finding().Verdict != "" {
			ends[p.Final()] = true
		}
		for i := range p.Enabled {
			next, err := p.Next(i)
			if err != nil {
				t.Fatal(err)
			}
			if reduced && seen[next.Hash] {
				continue
			}
			if reduced {
				seen[next.Hash] = true
			}
			open = append(open, next)
		}
	}
	return ends
}

func TestTheReducedSearchReachesEverythingThatTheWholeOneDoes(t *testing.T) {
	for _, strategy := range lock.Usual() {
		for _, c := range []struct {
			workers, chunks int
			budget          faults.Budget
		}{
			{2, 2, faults.Budget{}},
			{3, 1, faults.Budget{}},
			{2, 1, faults.Budget{faults.Crash: 1}},
			{2, 1, faults.Budget{faults.Kill: 1}},
			{2, 1, faults.Budget{faults.HalfOpen: 1}},
			{2, 1, faults.Budget{faults.Partition: 1}},
			{2, 1, faults.Budget{faults.LoseReply: 1}},
			{2, 1, faults.Budget{faults.LateRequest: 1}},
			{2, 1, faults.Budget{faults.Pause: 1}},
			{2, 1, faults.Budget{faults.RedisKill: 1}},
			{2, 1, faults.Budget{faults.KillClient: 1}},
		} {
			s := scene(t, strategy, sim.Bare(strategy), c.workers, c.chunks, c.budget)
			whole, reduced := finals(t, s, false), finals(t, s, true)
			if d := cmp.Diff(slices.Sorted(maps.Keys(whole)), slices.Sorted(maps.Keys(reduced))); d != "" || len(whole) == 0 {
				t.Errorf("%s, %v: %s", strategy.Name, c, d)
			}
		}
	}
}

// watching pushes rows only if nobody else has since it began to watch the list.
func watching(ctx context.Context, env sim.Env) error {
	client := redis.NewClient(env.Redis)
	defer client.Close()
	err := client.Watch(ctx, func(tx *redis.Tx) error {
		if env.Worker == 0 {
			return nil
		}
		_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error { return p.RPush(ctx, env.Job.List, 2).Err() })
		return err
	}, env.Job.List)
	if env.Worker > 0 {
		return err
	}
	return client.RPush(ctx, env.Job.List, 1).Err()
}

// A state leaves out the list's elements, and keeps who watches the list.
func TestPositionsWithAWatchedListAreToldApart(t *testing.T) {
	s, err := sim.Prepare(sim.Setup{Name: "watching", Program: watching, Workers: 2, Chunks: 1, Rows: 1, Lives: 1})
	if err != nil {
		t.Fatal(err)
	}
	whole, reduced := finals(t, s, false), finals(t, s, true)
	if d := cmp.Diff(slices.Sorted(maps.Keys(whole)), slices.Sorted(maps.Keys(reduced))); d != "" || len(whole) < 2 {
		t.Errorf("%d ends, %s", len(whole), d)
	}
}

func TestTheSameSeedIsTheSameSearch(t *testing.T) {
	run := func(seed uint64) Result {
		s := scene(t, lock.LeaseLua, sim.Loader(lock.LeaseLua), 3, 2, faults.Budget{faults.Crash: 1})
		return explore(t, s, Options{Seed: seed, Random: 200, POS: 200, PCT: 200, Positions: -1})
	}
	one, again, other := run(1), run(1), run(2)
	if d := cmp.Diff(one, again); d != "" {
		t.Error(d)
	}
	if cmp.Equal(one, other) {
		t.Error("another seed makes no difference")
	}
}

func TestASearchEndsWithItsTime(t *testing.T) {
	s := scene(t, lock.LeaseLua, sim.Bare(lock.LeaseLua), 2, 2, faults.Budget{faults.Crash: 1})
	now := time.Duration(0)
	r := explore(t, s, Options{Limit: time.Second, Clock: func() time.Duration { now += time.Millisecond; return now }})
	if r.Complete || r.Left != "its time of 1s was over" || r.Schedules() > 1000 {
		t.Errorf("%s", r.Summary())
	}
}

func TestAsManyWorkersGoFirstAsWereAskedFor(t *testing.T) {
	s := scene(t, lock.LeaseLua, sim.Bare(lock.LeaseLua), 3, 1, faults.Budget{faults.Crash: 1})
	tried := func(firsts int) int {
		return explore(t, s, Options{Smoke: firsts, Random: -1, POS: -1, PCT: -1, Positions: -1}).Schedules()
	}
	one, all := tried(1), tried(0)
	if one == 0 || tried(2) != 2*one || all != 3*one || tried(9) != all {
		t.Errorf("%d schedules with one worker first, %d with two, %d with each of the three, %d with nine", one, tried(2), all, tried(9))
	}
}

func TestASearchEndsWithItsPositions(t *testing.T) {
	s := scene(t, lock.LeaseLua, sim.Bare(lock.LeaseLua), 2, 2, faults.Budget{faults.Crash: 1})
	r := explore(t, s, Options{Random: -1, POS: -1, PCT: -1, Positions: 100})
	last := r.Stages[len(r.Stages)-1]
	if r.Complete || last.Positions != 100 || last.Frontier == 0 {
		t.Errorf("%s, %d left", r.Summary(), last.Frontier)
	}
}

func TestASearchWithSchedulesThatAreTooLongIsNotComplete(t *testing.T) {
	s, err := sim.Prepare(sim.Setup{
		Name: "short", Program: sim.Bare(lock.LeaseLua), Workers: 2, Chunks: 1, Rows: 1, Steps: 6,
	})
	if err != nil {
		t.Fatal(err)
	}
	r := explore(t, s, Options{Random: -1, POS: -1, PCT: -1})
	if last := r.Stages[len(r.Stages)-1]; r.Complete || last.Frontier > 0 || last.Fair == 0 {
		t.Errorf("%s, %d left, %d too long", r.Summary(), last.Frontier, last.Fair)
	}
}

func TestAProgramThatIsNotDeterministicEndsTheSearch(t *testing.T) {
	var calls atomic.Int64
	program := func(ctx context.Context, env sim.Env) error {
		client := redis.NewClient(env.Redis)
		defer client.Close()
		client.Get(ctx, strconv.FormatInt(calls.Add(1), 10))
		return client.RPush(ctx, env.Job.List, 1).Err()
	}
	_, err := Explore(scene(t, lock.None, program, 1, 1, faults.Budget{}), Options{})
	if !errors.Is(err, sim.ErrNondeterministic) {
		t.Errorf("the error is %v", err)
	}
}

// A strategy that makes every commit conditional without saying so is right all the
// same. Redis may forget everything until its last look, and not after it.
func TestTheLastLookIsThatOfTheStrategy(t *testing.T) {
	strategy := lock.LeaseLua
	strategy.Conditional, strategy.MaxRetries = false, 0
	s, err := sim.Prepare(sim.Setup{
		Name: strategy.Name, Program: sim.Loader(strategy), Workers: 2, Chunks: 1, Budget: faults.Budget{faults.RedisKill: 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := explore(t, s, Options{}); !r.Complete || len(r.Found) > 0 {
		t.Errorf("%s: %v", r.Summary(), r.Found)
	}
}
