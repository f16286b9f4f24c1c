package live

import (
	"context"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
)

// look is the time between two looks at something that takes a while.
const look = 5 * time.Millisecond

// watchProgress tells the loop about the share of the rows that has arrived,
// if a fault waits for one. It looks often, and costs the server little.
func (r *run) watchProgress(popping *consumers) {
	waits := slices.ContainsFunc(r.e.Plan, func(f faults.Fault) bool { return f.At.Progress > 0 })
	if !waits || r.plan.Rows == 0 {
		return
	}
	go func() {
		for last := 0; last < 100 && !closed(r.quit); time.Sleep(4 * look) {
			client, err := r.world.admin(context.Background(), r.redis)
			if err == nil {
				last = r.lookAtTarget(client, last, popping)
				client.Close()
			}
		}
	}()
}

// lookAtTarget tells of the share that has arrived, which was the last one, until
// the server does not answer or nothing more is to be told.
func (r *run) lookAtTarget(client *redis.Client, last int, popping *consumers) int {
	for last < 100 && !closed(r.quit) {
		r.looks.Add(1)
		length, err := r.target.Len(context.Background(), client)
		if err != nil {
			break
		}
		if now := int(uint64(length+popping.popped()) * 100 / r.plan.Rows); now > last {
			last = now
			r.post(func() { r.faults.progressed(now) })
		}
		time.Sleep(look)
	}
	return last
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
