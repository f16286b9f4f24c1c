package sim

import (
	"slices"
	"testing"

	"onceover/faults"
	"onceover/loader/lock"
)

// A key that is not there cannot be lost: the fault is not offered then.
func TestOnlyKeysThatAreThereAreLost(t *testing.T) {
	setup := full(lock.LeaseLua, 2, 2)
	setup.Budget = faults.Budget{faults.Evict: 1, faults.EvictList: 1}
	scene := prepared(t, setup)
	keyOf := map[string]string{
		"evict-chunks": keys.Chunks, "evict-plan": keys.Plan, "evict-owners": keys.Owners, "evict-list": keys.List,
		"evict-lock-0": keys.Lock(0), "evict-lock-1": keys.Lock(1), "evict-lock-2": keys.Lock(2),
	}
	offered := map[string]bool{}
	var w *world
	_, err := scene.run(func(enabled []Choice) int {
		for event, key := range keyOf {
			is := slices.ContainsFunc(enabled, func(c Choice) bool { return c.ID.Kind == kind(event) })
			if is != w.redis.Has(w.now, key) {
				t.Errorf("%s is offered: %t", event, is)
			}
			if is {
				offered[event] = true
			}
		}
		return First(enabled)
	}, func(l *clientRunner) { w = l.w })
	if err != nil || offered["evict-lock-2"] || len(offered) != len(keyOf)-1 {
		t.Errorf("offered were %v, %v", offered, err)
	}
}
