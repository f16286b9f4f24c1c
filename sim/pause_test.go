package sim

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/reports"
)

// deadlines locks by a deadline that is kept as data: whoever reads one that
// has passed takes over.
func deadlines(ctx context.Context, env Env) error {
	env.Redis.MaxRetries = -1
	client := redis.NewClient(env.Redis)
	defer client.Close()
	until, err := client.SetArgs(ctx, "until", time.Now().Add(env.TTL).UnixNano(), redis.SetArgs{Get: true}).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return err
	}
	if n, _ := strconv.ParseInt(until, 10, 64); n > time.Now().UnixNano() {
		return nil // held
	}
	if n, err := client.LLen(ctx, env.Job.List).Result(); err != nil || n > 0 {
		return err
	}
	return push(ctx, env, client)
}

func TestAPauseMayBeLongerThanALeaseOfWhichNoServerKnows(t *testing.T) {
	scene := prepared(t, Setup{Program: deadlines, Workers: 2, Chunks: 1, Rows: 1, Budget: faults.Budget{faults.Pause: 1}})
	found := map[reports.Verdict]bool{}
	for seed := range uint64(300) {
		run, err := scene.Cache().Run(randomly(seed), false)
		if err != nil {
			t.Fatal(err)
		}
		found[run.Verdict] = true
	}
	if !found[reports.Duplicated] {
		t.Errorf("found %v", found)
	}
}
