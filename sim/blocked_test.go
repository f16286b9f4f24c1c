package sim

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/reports"
)

// A wait for replicas that there are not has no end, whatever the client thinks of
// it, and what others do is not held up.
func TestAWaitForReplicasIsStuck(t *testing.T) {
	for name, wait := range map[string]func(context.Context, *redis.Client) error{
		"without a deadline":        func(ctx context.Context, c *redis.Client) error { return c.Wait(ctx, 1, 0).Err() },
		"with the client's timeout": func(ctx context.Context, c *redis.Client) error { return c.Do(ctx, "WAIT", 1, 0).Err() },
		"for the file":              func(ctx context.Context, c *redis.Client) error { return c.WaitAOF(ctx, 0, 1, 0).Err() },
	} {
		program := func(ctx context.Context, env Env) error {
			env.Redis.MaxRetries, env.Redis.ReadTimeout = -1, time.Second
			client := redis.NewClient(env.Redis)
			defer client.Close()
			if env.Worker == 0 {
				if err := wait(ctx, client); err != nil {
					return err
				}
			}
			return client.Get(ctx, "something").Err()
		}
		scene := prepared(t, Setup{Name: name, Program: program, Workers: 2, Chunks: 1, Budget: faults.Budget{faults.RedisKill: 1}})
		run, err := scene.Run(First, true)
		if err != nil || run.Verdict != reports.Stuck {
			t.Errorf("%s: %s, %v: %s", name, run.Verdict, err, run.Why)
		}
	}
}

// A job whose workers do not end is not complete, though every row has arrived.
func TestAWaitAfterTheLastRowIsStuck(t *testing.T) {
	program := func(ctx context.Context, env Env) error {
		client := redis.NewClient(env.Redis)
		defer client.Close()
		if err := push(ctx, env, client); err != nil {
			return err
		}
		return client.Wait(ctx, 1, 0).Err()
	}
	run, err := prepared(t, Setup{Name: "waits", Program: program, Workers: 1, Chunks: 1}).Run(First, true)
	if err != nil || run.Verdict != reports.Stuck {
		t.Errorf("%s, %v: %s", run.Verdict, err, run.Why)
	}
}

// Such a wait ends with its connection.
func TestAWaitEndsWithItsConnection(t *testing.T) {
	program := func(ctx context.Context, env Env) error {
		env.Redis.MaxRetries = -1
		client := redis.NewClient(env.Redis)
		defer client.Close()
		if env.Worker == 1 {
			client.Get(ctx, "something")
			return nil
		}
		if client.Wait(ctx, 1, 0).Err() == nil {
			return errors.New("it was answered")
		}
		return push(ctx, env, client)
	}
	for event, kind := range map[string]faults.Kind{"redis-kill": faults.RedisKill, "cut": faults.Cut, "kill-client": faults.KillClient} {
		scene := prepared(t, Setup{Name: "waits", Program: program, Workers: 2, Chunks: 1, Budget: faults.Budget{kind: 1}})
		var log []EventID
		run, err := scene.Run(func(enabled []Choice) int {
			i := First(enabled)
			if len(log) == 1 {
				i = slices.IndexFunc(enabled, func(c Choice) bool { return c.ID.Worker < 1 && c.ID.Kind.String() == event })
			}
			log = append(log, enabled[i].ID)
			return i
		}, true)
		if err != nil || run.Verdict != reports.Safe {
			t.Errorf("%s: %s, %v: %s\n%v", event, run.Verdict, err, run.Why, run.Log)
		}
	}
}
