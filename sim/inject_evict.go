package sim

import (
	"fmt"
	"strings"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/sim/redismodel"
)

// mostLocks is the last chunk whose lock is lost, counted from 1.
const mostLocks = 3

var (
	_ = register(injector{kind: faults.Evict, where: onRedis, events: evictions(), offer: offerEviction, plan: evictionPlan})
	_ = register(injector{
		kind: faults.EvictList, where: onRedis,
		events: []event{eviction("evict-list", keys.List, "Redis loses the list")},
		offer:  offerEviction, plan: evictionPlan,
	})
)

// evictions has an event for each key that can be lost.
func evictions() []event {
	all := []event{
		eviction("evict-chunks", keys.Chunks, "Redis loses the bitmap of the committed chunks"),
		eviction("evict-plan", keys.Plan, "Redis loses the plan"),
		eviction("evict-owners", keys.Owners, "Redis loses who committed which chunk"),
	}
	for chunk := range mostLocks {
		all = append(all, eviction(fmt.Sprintf("evict-lock-%d", chunk), keys.Lock(chunk), fmt.Sprintf("Redis loses the lock on chunk %d", chunk)))
	}
	return all
}

func eviction(name, key, text string) event {
	return event{
		name: name, key: key, outcome: reports.StepNote, text: text,
		inject: func(w *world, _ Choice, _ []byte) { w.evict(key) },
	}
}

// offerEviction offers a key that is there.
func offerEviction(w *world, next EventID, into []Choice) []Choice {
	if from, needed := w.losers(events[next.Kind].key); len(from) < needed {
		return into
	}
	return append(into, Choice{ID: next})
}

// evict has servers lose a key. One that is a lock of a quorum is lost where it takes the
// fewest: to lose it on one server alone is what a quorum is there for.
func (w *world) evict(key string) {
	from, needed := w.losers(key)
	for _, server := range from[:needed] {
		w.deleteFrom(server, key)
	}
}

// losers are the servers that have a key, and how many of them have to lose it.
func (w *world) losers(key string) (from []*redismodel.Server, needed int) {
	holders, needed := []*redismodel.Server{w.redis}, 1
	if isLock(key) {
		holders, needed = w.lockHolders()
	}
	for _, server := range holders {
		if server.Has(w.now, key) {
			from = append(from, server)
		}
	}
	return from, needed
}

func isLock(key string) bool { return strings.HasPrefix(key, strings.TrimSuffix(keys.Lock(0), "0")) }

// deleteKey has Redis delete a key, by nobody's hand.
func (w *world) deleteKey(key string) { w.deleteFrom(w.redis, key) }

func (w *world) deleteFrom(server *redismodel.Server, key string) {
	hand := server.Connect(address(nobody, 0))
	server.Do(hand, w.now, [][]byte{[]byte("DEL"), []byte(key)}, nil)
	server.Disconnect(hand)
}

// evictionPlan loses a key of all as serverPlan loses a server, and a lock while a worker has it.
func evictionPlan(e event, last int, where Where) (faults.Fault, bool) {
	at := where.near(last)
	switch e.key {
	case keys.List:
		return faults.Fault{Kind: faults.EvictList, At: at}, true
	case keys.Chunks:
		return faults.Fault{Kind: faults.Evict, At: at, Word: faults.ChunksKey}, true
	case keys.Plan:
		return faults.Fault{Kind: faults.Evict, At: at, Word: faults.PlanKey}, true
	case keys.Owners:
		return faults.Fault{Kind: faults.Evict, At: at, Word: faults.OwnersKey}, true
	}
	for _, p := range where {
		if p.Known && p.Step >= loader.Claimed && p.Step <= loader.Committing && keys.Lock(p.Chunk) == e.key {
			return faults.Fault{Kind: faults.Evict, At: p.position(), Word: faults.LockKey}, true
		}
	}
	return faults.Fault{}, false
}
