package live

import (
	"context"
	"slices"
	"time"

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
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		for last := 0; ; {
			select {
			case <-r.quit:
				return
			default:
			}
			if client, err := r.world.admin(ctx, r.redis); err == nil {
				for err == nil && last < 100 {
					r.looks.Add(1)
					var length int64
					if length, err = client.LLen(ctx, r.name).Result(); err != nil {
						break
					}
					if now := int(uint64(length+popping.popped()) * 100 / r.plan.Rows); now > last {
						last = now
						r.post(func() { r.faults.progressed(now) })
					}
					pauseFor(ctx, look)
					if closed(r.quit) {
						break
					}
				}
				client.Close()
			}
			if last >= 100 {
				return
			}
			pauseFor(ctx, 4*look)
		}
	}()
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
