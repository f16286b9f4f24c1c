package search_test

import (
	"context"
	"fmt"

	"onceover/loader/lock"
	"onceover/reports"
	"onceover/sim"
	"onceover/sim/search"
	"onceover/sim/shrink"
)

// mine locks each chunk with SET NX and looks at no bit: somebody's own idea.
var mine = lock.Strategy{
	Name: "mine",
	Open: func(_ context.Context, env lock.Env) (lock.Session, error) {
		return lock.Sweep(env, lock.UntilDone, func(ctx context.Context, chunk int) (lock.Claim, error) {
			free, err := env.Redis.SetNX(ctx, env.Keys.Lock(chunk), env.Token, env.TTL).Result()
			if err == nil && !free {
				err = lock.ErrHeld
			}
			return claim{lock.NewUnlocked(env, chunk)}, err
		}), nil
	},
}

type claim struct{ lock.Unlocked }

func (c claim) Release(ctx context.Context) error {
	return c.Env.Redis.Del(ctx, c.Env.Keys.Lock(c.Chunk())).Err()
}

// A strategy of one's own is explored without change. This one does not look
// at the bit again when it has the lock.
func Example() {
	scene, err := sim.Prepare(sim.Setup{Name: mine.Name, Program: sim.Loader(mine), Workers: 2, Chunks: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := search.Explore(scene, search.Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	found, ok := result.Of(reports.Duplicated)
	if !ok {
		fmt.Println(result.Summary())
		return
	}
	small, err := shrink.Shrink(context.Background(), scene, found.Run)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s: %s\n", small.Run.Verdict, small.Run.Why)
	// Output: duplicated: row 1 is in the list twice
}
