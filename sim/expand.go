package sim

import (
	"slices"

	"onceover/sim/parallel"
)

// Start is where all schedules begin.
func (c *Cache) Start() (*State, error) { return c.one(&transition{}) }

// Next is where an enabled event leads to.
func (p *State) Next(i int) (*State, error) { return p.cache.one(&transition{from: p, event: i}) }

func (c *Cache) one(t *transition) (*State, error) {
	c.expand([]*transition{t})
	return t.to, t.to.err
}

// Expand returns where each enabled event of each state leads to. Some of it
// may have an Err.
func (c *Cache) Expand(states []*State) [][]*State {
	var transitions []*transition
	for _, p := range states {
		for i := range p.enabled {
			transitions = append(transitions, &transition{from: p, event: i})
		}
	}
	c.expand(slices.Clone(transitions))
	next := make([][]*State, len(states))
	for i, p := range states {
		for range p.enabled {
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

// expand finds out where all of them lead to. What is carried out by whom, and
// what is remembered in which order, does not depend on the number of Jobs.
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
			t.to = &State{err: c.scene.nondeterministic(t.log(), "a schedule was carried out, and is not remembered")}
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
			first[i].to = &State{err: err}
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
		event := t.from.enabled[t.event]
		r.at = slices.Clone(t.from.at)
		r.w = t.from.w.clone(r)
		r.w.apply(event)
		p.path = &path{t.from.path, event.ID}
	}
	p.w, p.at = r.w, r.at
	p.ready()
	if t.miss = r.miss; t.miss == nil {
		p.err = p.w.check()
		p.hash = p.sum()
		p.w.redis.Freeze()
		t.to = p
	}
}

// log is what leads there.
func (t *transition) log() []EventID {
	if t.from == nil {
		return nil
	}
	return append(t.from.Log(), t.from.enabled[t.event].ID)
}
