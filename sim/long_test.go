package sim

import (
	"context"
	"testing"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"onceover/faults"
	"onceover/reports"
)

// polls asks for a lease again and again, without a rest, and pushes if nobody has.
func polls(ctx context.Context, env Env) error {
	env.Redis.MaxRetries = -1
	client := redis.NewClient(env.Redis)
	defer client.Close()
	for {
		free, err := client.SetNX(ctx, "lease", env.Token, env.TTL).Result()
		if err != nil {
			return err
		}
		if free {
			break
		}
	}
	if n, err := client.LLen(ctx, env.Job.List).Result(); err != nil || n > 0 {
		return err
	}
	return push(ctx, env, client)
}

func polling(t testing.TB) *Scene {
	return prepared(t, Setup{Program: polls, Workers: 3, Chunks: 1, Steps: 40, Budget: faults.Budget{faults.Crash: 1}})
}

func TestALeaseRunsOutOnAWorkerThatPolls(t *testing.T) {
	run, err := polling(t).Run(striking(kind("crash-after"), 1), true)
	if err != nil || run.Verdict != reports.Safe || !run.Fair {
		t.Errorf("%s, %s, too long: %v: %v", run.Verdict, run.Why, run.Fair, err)
	}
}

// What the cache lacks may be far behind the last choice.
func TestALogMayReachBehindTheLastChoice(t *testing.T) {
	scene := polling(t)
	m := scene.Cache()
	long := 0
	rapid.Check(t, func(t *rapid.T) {
		run, err := m.Run(randomly(rapid.Uint64().Draw(t, "seed")), false)
		if err != nil {
			t.Fatal(err)
		}
		if !run.Fair {
			return
		}
		long++
		again := m.runReal(&follow{log: run.Log, then: First}, false)
		if again.err != nil || again.run.Final != run.Final {
			t.Fatalf("%s, and %s as a log: %v", run.Verdict, again.run.Verdict, again.err)
		}
		if err := m.Check(run.Log); err != nil {
			t.Fatal(err)
		}
	})
	if long == 0 {
		t.Error("no schedule was too long")
	}
}

func TestAStateThatIsTooLateEndsAsItsScheduleDoes(t *testing.T) {
	scene := polling(t)
	m := scene.Cache()
	long := 0
	rapid.Check(t, func(t *rapid.T) {
		p, err := m.Start()
		for err == nil && len(p.Enabled) > 0 {
			p, err = p.Next(rapid.IntRange(0, len(p.Enabled)-1).Draw(t, "choice"))
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Fair {
			long++
		}
		run, err := scene.Run(Follow(p.Log(), First), false)
		if err != nil || run.Finding != p.Finding() || run.Final != p.Final() {
			t.Fatalf("%v ends %s (%s), and %s (%s) as a schedule: %v", p.Log(), p.Finding().Verdict, p.Finding().Why, run.Verdict, run.Why, err)
		}
	})
	if long == 0 {
		t.Error("no state was too late")
	}
}

func TestAWorkerHasALifeForEachFault(t *testing.T) {
	scene := prepared(t, Setup{Program: once, Workers: 1, Chunks: 1, Budget: faults.Budget{faults.Cut: 5}})
	run, err := scene.Run(func(enabled []Choice) int {
		for i, c := range enabled {
			if c.ID.Kind == kind("cut") {
				return i
			}
		}
		return First(enabled)
	}, true)
	if err != nil || run.Verdict != reports.Safe || run.Used[faults.Cut] != 5 {
		t.Errorf("%v: %s, %s: %v", run.Used, run.Verdict, run.Why, err)
	}
}
