package lockstep

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"onceover/faults"
	"onceover/scenarios/worker"
	"onceover/sim"
)

// nobody is the worker of an event that concerns all.
const nobody = -1

// MostLease is how long a pause lasts at most. Keys that live longer are not outlasted.
const MostLease = 5 * time.Second

// expiring lists the keys that run out, each with the milliseconds until then.
var expiring = redis.NewScript(`
local all = {}
for _, key in ipairs(redis.call("KEYS", "*")) do
	local ttl = redis.call("PTTL", key)
	if ttl > 0 then all[#all + 1] = key; all[#all + 1] = ttl end
end
return all`)

// leases are the keys that run out soon enough to be waited for, and when the last of them
// does; longer is for how long others live.
func (w *World) leases(ctx context.Context) (keys []string, last, longer time.Duration, err error) {
	all, err := expiring.Eval(ctx, w.redis, nil).Slice()
	if err != nil {
		return nil, 0, 0, fmt.Errorf("look for leases: %w", err)
	}
	for pair := range slices.Chunk(all, 2) {
		ms, _ := pair[1].(int64)
		left := time.Duration(ms) * time.Millisecond
		if left > MostLease {
			longer = max(longer, left)
			continue
		}
		keys, last = append(keys, fmt.Sprint(pair[0])), max(last, left)
	}
	slices.Sort(keys)
	return keys, last, longer, nil
}

// lookAtLeases notes for how long the leases run that are held, where a pause may outlast them.
func (r *run) lookAtLeases(ctx context.Context) (err error) {
	if r.left[faults.Pause] == 0 {
		return nil
	}
	var longer time.Duration
	_, r.lease, longer, err = r.world.leases(ctx)
	r.result.Longer = max(r.result.Longer, longer)
	return err
}

// pause keeps back every request until the leases have run out that are held. Time passes for
// the programs, too, so that one that looks at its clock knows.
func (r *run) pause(ctx context.Context, id sim.EventID) error {
	r.left[faults.Pause]--
	r.result.Words = append(r.result.Words, "")
	r.result.Trace = append(r.result.Trace, sim.Step{ID: id, Worker: nobody, Text: "every request waits until the leases have run out"})
	r.result.records = append(r.result.records, record{})
	keys, err := r.outlast(ctx)
	if err != nil {
		return err
	}
	r.lease = 0
	r.hub.mu.Lock()
	for _, p := range r.processes {
		if p != nil {
			p.wakes()
		}
	}
	r.hub.mu.Unlock()
	text := "time passes, " + strings.Join(keys, ", ") + " run out"
	switch len(keys) {
	case 0: // it ran out between the choice of the pause and its beginning
		text = "time passes, and no lease was left"
		r.weaken("a pause met no lease that was left")
	case 1:
		text = "time passes, " + keys[0] + " runs out"
	}
	r.result.Trace = append(r.result.Trace, sim.Step{ID: id, Worker: nobody, Text: text, Note: true})
	return nil
}

// outlasts is how often a pause waits once more for a lease that should have run out.
const outlasts = 3

// outlast waits until the leases have run out that are held now and are short enough, and returns
// them. One that does not run out was renewed past the proxies.
func (r *run) outlast(ctx context.Context) (keys []string, err error) {
	keys, last, _, err := r.world.leases(ctx)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	for range outlasts {
		if err := worker.Sleep(ctx, last+time.Millisecond); err != nil {
			return nil, err
		}
		left, longest, _, err := r.world.leases(ctx)
		if err != nil || !slices.ContainsFunc(left, func(key string) bool { return slices.Contains(keys, key) }) {
			return keys, err
		}
		last = longest
	}
	r.weaken("a lease did not run out in a pause, so it was renewed past the proxies")
	return keys, nil
}
