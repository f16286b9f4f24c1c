package sim

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"onceover/loader/lock"
)

// The heart of the search: what is remembered is what the real clients do.
func TestMemoryDoesWhatTheClientsDo(t *testing.T) {
	for _, strategy := range lock.Usual() {
		for name, setup := range map[string]Setup{"bare": bare(strategy, 3, 2), "loader": full(strategy, 2, 2)} {
			setup.Budget = everything()
			m := prepared(t, setup).Cache()
			rapid.Check(t, func(t *rapid.T) {
				run, err := m.Run(randomly(rapid.Uint64().Draw(t, "seed")), false)
				if err != nil {
					t.Fatal(err)
				}
				if err := m.Check(run.Log); err != nil {
					t.Fatalf("%s, %s: %v", strategy.Name, name, err)
				}
			})
			if m.Live == 0 {
				t.Errorf("%s, %s: the real clients carried out nothing", strategy.Name, name)
			}
		}
	}
}

// counting is a program that does something else each time.
func counting() Program {
	var calls atomic.Int64
	return func(ctx context.Context, env Env) error {
		client := redis.NewClient(env.Redis)
		defer client.Close()
		client.Get(ctx, strconv.FormatInt(calls.Add(1), 10))
		return push(ctx, env, client)
	}
}

func TestAProgramThatIsNotDeterministicIsFoundOut(t *testing.T) {
	m := prepared(t, Setup{Name: "counting", Program: counting(), Workers: 1, Chunks: 1}).Cache()
	run, err := m.Run(First, false)
	if err != nil {
		t.Fatal(err)
	}
	err = m.Check(run.Log)
	if !errors.Is(err, ErrNondeterministic) || !strings.Contains(err.Error(), "step 2 was") || !strings.Contains(err.Error(), "GET 2") {
		t.Errorf("the error is %v", err)
	}
	if _, err := m.Learn(m.runReal(&follow{then: First}, false)); !errors.Is(err, ErrNondeterministic) {
		t.Errorf("when it is remembered again the error is %v", err)
	}
}

// together is a program that does two things at a time.
func together(ctx context.Context, env Env) error {
	client := redis.NewClient(env.Redis)
	defer client.Close()
	done := make(chan bool)
	go func() {
		defer close(done)
		client.Get(ctx, "one")
	}()
	client.Get(ctx, "other")
	<-done
	return push(ctx, env, client)
}

func TestAWorkerThatDoesTwoThingsAtATimeIsNotRemembered(t *testing.T) {
	scene := prepared(t, Setup{Name: "together", Program: together, Workers: 1, Chunks: 1})
	if _, err := scene.Cache().Run(First, false); !errors.Is(err, ErrNondeterministic) {
		t.Errorf("the error is %v", err)
	}
}

func TestPositionsLeadWhereSchedulesDo(t *testing.T) {
	setup := full(lock.ConnectionName, 2, 2)
	setup.Budget = everything()
	scene := prepared(t, setup)
	m := scene.Cache()
	rapid.Check(t, func(t *rapid.T) {
		p, err := m.Start()
		for err == nil && len(p.Enabled) > 0 {
			p, err = p.Next(rapid.IntRange(0, len(p.Enabled)-1).Draw(t, "choice"))
		}
		if err != nil {
			t.Fatal(err)
		}
		run, err := scene.Run(Follow(p.Log(), First), false)
		if found := p.Finding(); err != nil || run.Verdict != found.Verdict || run.Row != found.Row || run.Final != p.Final() {
			t.Fatalf("%v ends %s, and %s as a schedule: %v", p.Log(), found.Verdict, run.Verdict, err)
		}
	})
}
