package sim

import (
	"slices"

	"github.com/cespare/xxhash/v2"

	"onceover/reports"
)

// State is a point in a schedule at which more than one thing may be able
// to happen. It is never changed: what comes next is another State.
type State struct {
	cache   *Cache
	w       *world
	at      []*node
	path    *path
	enabled []Choice
	fair    bool
	hash    uint64
	err     error
}

// path is how a state was reached. It outlives the states on it.
type path struct {
	before *path
	event  EventID
}

// ready goes on to where there is a choice, or to the end.
func (p *State) ready() {
	for p.w.problem == nil {
		p.enabled = p.w.next(nil)
		if len(p.enabled) == 0 || !p.w.tooLong() {
			return
		}
		p.fair = true
		p.w.apply(p.enabled[fairest(p.enabled, p.Log())])
	}
}

// Err says why what led here proves nothing. Nothing else of such a state is
// of any use.
func (p *State) Err() error { return p.err }

// Enabled lists what can happen, in canonical order; nothing if it is over.
func (p *State) Enabled() []Choice { return p.enabled }

// Verdict is what the schedule came to; "" while it is not over.
func (p *State) Verdict() (verdict reports.Verdict, row int64, why string) {
	return p.w.found.verdict, p.w.found.row, p.w.found.why
}

// Fair tells whether the schedule became too long, and was finished without
// choices.
func (p *State) Fair() bool { return p.fair }

// Final identifies what a schedule ended with, whatever the order of the list.
func (p *State) Final() string { return p.w.final() }

// Log lists the events that led here, without those that were no choice
// because the schedule had become too long.
func (p *State) Log() []EventID {
	var log []EventID
	for w := p.path; w != nil; w = w.before {
		log = append(log, w.event)
	}
	slices.Reverse(log)
	return log
}

// Hash is equal for states from which the same can happen: the same servers,
// the same time, the same budget, and workers with the same histories. The
// order of the list is left out unless Setup.Ordered.
func (p *State) Hash() uint64 { return p.hash }

func (p *State) sum() uint64 {
	w := p.w
	h := xxhash.New()
	var b [8]byte
	put := func(x uint64) {
		for i := range b {
			b[i] = byte(x >> (8 * i))
		}
		h.Write(b[:])
	}
	put(uint64(w.now))
	put(p.redisHash())
	h.Write(w.tally.counts)
	for i := range w.workers {
		k := &w.workers[i]
		put(p.at[i].number)
		put(uint64(k.status)<<32 | uint64(k.failures))
		for j := range k.links {
			l := &k.links[j]
			put(uint64(l.conn)<<1 | b2u(l.broken != nil))
			put(uint64(len(l.out)))
		}
	}
	if w.scene.writesMySQL {
		put(w.mysql.Hash(w.now))
	}
	for _, op := range w.orphans {
		put(uint64(op.Worker)<<32 | uint64(op.Ord))
		put(uint64(op.conn))
	}
	put(w.left.sum())
	return h.Sum64()
}

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// redisHash leaves out the list, whose rows are in the tally.
func (p *State) redisHash() uint64 {
	if p.w.scene.Setup.Ordered {
		return p.w.redis.Hash(p.w.now)
	}
	return p.w.redis.Hash(p.w.now, list)
}
