package sim

import (
	"slices"

	"github.com/cespare/xxhash/v2"

	"onceover/sim/parallel"
)

// State is a point in a schedule at which more than one thing may be able
// to happen. It is never changed: what comes next is another State.
type State struct {
	Enabled []Choice // what can happen, in canonical order; nothing if it is over
	Fair    bool     // the schedule became too long, and was finished without choices
	// Hash is equal for states from which the same can happen: the same servers,
	// the same time, the same budget, and workers with the same histories. The
	// order of the list is left out. It is the same in every search of a scene.
	Hash uint64
	Err  error // why what led here proves nothing; nothing else is of any use then

	cache *Cache
	w     *world
	at    []*node
	path  *path
}

// path is how a state was reached. It outlives the states on it.
type path struct {
	before *path
	event  EventID
}

// ready goes on to where there is a choice, or to the end.
func (p *State) ready() {
	log := p.Log()
	for p.w.problem == nil {
		p.Enabled = p.w.next(nil)
		if len(p.Enabled) == 0 || !p.w.tooLong() {
			return
		}
		p.Fair = true
		next := p.Enabled[fairest(p.Enabled, log)]
		log = append(log, next.ID)
		p.w.apply(next)
	}
}

// Finding is what the schedule came to.
func (p *State) Finding() Finding { return p.w.found }

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
	put(w.redis.Hash(w.now, list)) // its rows are in the tally
	for _, server := range w.locks {
		put(server.Hash(w.now, ""))
	}
	h.Write(w.tally.counts)
	h.Write(w.tally.taken)
	for i := range w.workers {
		k := &w.workers[i]
		put(p.at[i].digest)
		put(uint64(k.status)<<32 | uint64(k.failures))
		put(uint64(k.apartUntil))
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
	for _, g := range w.ghosts {
		put(uint64(g.of.worker)<<32 | uint64(g.of.life))
		put(uint64(g.until)<<8 | uint64(len(g.conns)))
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

// Start is where all schedules begin.
func (c *Cache) Start() (*State, error) { return c.one(&transition{}) }

// Next is where an enabled event leads to.
func (p *State) Next(i int) (*State, error) { return p.cache.one(&transition{from: p, event: i}) }

func (c *Cache) one(t *transition) (*State, error) {
	c.expand([]*transition{t})
	return t.to, t.to.Err
}

// Expand returns where each enabled event of each state leads to. Some of it
// may have an Err.
func (c *Cache) Expand(states []*State) [][]*State {
	var transitions []*transition
	for _, p := range states {
		for i := range p.Enabled {
			transitions = append(transitions, &transition{from: p, event: i})
		}
	}
	c.expand(slices.Clone(transitions))
	next := make([][]*State, len(states))
	for i, p := range states {
		for range p.Enabled {
			next[i] = append(next[i], transitions[0].to)
			transitions = transitions[1:]
		}
	}
	return next
}

// transition is one event in one state, and where it leads to.
type transition struct {
	from  *State // nil: before the start
	event int
	to    *State // nil: not known yet
	miss  *miss  // what the cache would have to know
}

// expand finds out where all of them lead to. The order in which schedules are
// carried out and remembered does not depend on the number of Jobs.
func (c *Cache) expand(todo []*transition) {
	filled := map[miss]bool{}
	for len(todo) > 0 {
		parallel.Do(c.Jobs, len(todo), func(i int) { todo[i].take(c) })
		c.fill(todo, filled)
		todo = slices.DeleteFunc(todo, func(t *transition) bool { return t.to != nil })
	}
}

// fill lets the real clients record what is missing, each miss once, with the first
// transition that needs it.
func (c *Cache) fill(todo []*transition, filled map[miss]bool) {
	var first []*transition
	present := map[miss]bool{}
	for _, t := range todo {
		switch {
		case t.to != nil || present[*t.miss]:
		case filled[*t.miss]:
			t.to = &State{Err: c.scene.nondeterministic(t.log(), "a schedule was carried out, and is not remembered")}
		default:
			present[*t.miss] = true
			first = append(first, t)
		}
	}
	attempts := make([]Attempt, len(first))
	parallel.Do(c.Jobs, len(first), func(i int) {
		attempts[i] = c.runReal(&follow{log: first[i].log(), then: First}, false)
	})
	for i, a := range attempts {
		filled[*first[i].miss] = true
		if _, err := c.Learn(a); err != nil {
			first[i].to = &State{Err: err}
		}
	}
}

// take carries out the event as far as the cache goes.
func (t *transition) take(c *Cache) {
	r := &cacheRunner{recording: c.recording}
	p := &State{cache: c}
	if t.from == nil {
		r.at = make([]*node, c.scene.Setup.Workers)
		r.w = newWorld(c.scene, r)
		r.w.begin()
	} else {
		event := t.from.Enabled[t.event]
		r.at = slices.Clone(t.from.at)
		r.w = t.from.w.clone(r)
		r.w.apply(event)
		p.path = &path{t.from.path, event.ID}
	}
	p.w, p.at = r.w, r.at
	p.ready()
	if t.miss = r.miss; t.miss == nil {
		p.Err = p.w.check()
		p.Hash = p.sum()
		p.w.redis.Freeze()
		freeze(p.w.locks)
		t.to = p
	}
}

// log is what leads there.
func (t *transition) log() []EventID {
	if t.from == nil {
		return nil
	}
	return append(t.from.Log(), t.from.Enabled[t.event].ID)
}
