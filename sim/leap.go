package sim

import (
	"slices"

	"onceover/sim/parallel"
)

// Start is where all schedules begin.
func (m *Memory) Start() (*Position, error) { return m.one(&leap{}) }

// Next is where an enabled event leads to.
func (p *Position) Next(i int) (*Position, error) { return p.memory.one(&leap{from: p, event: i}) }

func (m *Memory) one(l *leap) (*Position, error) {
	m.leap([]*leap{l})
	return l.to, l.to.err
}

// Expand returns where each enabled event of each position leads to. Some of it
// may have an Err.
func (m *Memory) Expand(positions []*Position) [][]*Position {
	var leaps []*leap
	for _, p := range positions {
		for i := range p.enabled {
			leaps = append(leaps, &leap{from: p, event: i})
		}
	}
	m.leap(slices.Clone(leaps))
	next := make([][]*Position, len(positions))
	for i, p := range positions {
		for range p.enabled {
			next[i] = append(next[i], leaps[0].to)
			leaps = leaps[1:]
		}
	}
	return next
}

// leap is one event in one position, and where it leads to.
type leap struct {
	from  *Position // nil: before the start
	event int
	to    *Position // nil: not known yet
	lacks *gap      // what memory would have to know
}

// leap finds out where all of them lead to. What is carried out by whom, and
// what is remembered in which order, does not depend on the number of Jobs.
func (m *Memory) leap(todo []*leap) {
	filled := map[gap]bool{}
	for len(todo) > 0 {
		parallel.Do(m.Jobs, len(todo), func(i int) { todo[i].take(m) })
		m.fill(todo, filled)
		todo = slices.DeleteFunc(todo, func(l *leap) bool { return l.to != nil })
	}
}

// fill lets the real clients fill the gaps of memory, each once, with the first
// leap that it stands in the way of.
func (m *Memory) fill(todo []*leap, filled map[gap]bool) {
	var first []*leap
	present := map[gap]bool{}
	for _, l := range todo {
		switch {
		case l.to != nil || present[*l.lacks]:
		case filled[*l.lacks]:
			l.to = &Position{err: m.forgetful()}
		default:
			present[*l.lacks] = true
			first = append(first, l)
		}
	}
	attempts := make([]Attempt, len(first))
	parallel.Do(m.Jobs, len(first), func(i int) {
		attempts[i] = m.live(&follow{log: first[i].log(), then: First}, false)
	})
	for i, a := range attempts {
		filled[*first[i].lacks] = true
		if _, err := m.Learn(a); err != nil {
			first[i].to = &Position{err: err}
		}
	}
}

// take carries out the event as far as memory goes.
func (l *leap) take(m *Memory) {
	r := &recorded{tape: m.tape}
	p := &Position{memory: m}
	if l.from == nil {
		r.at = make([]*moment, m.scene.Setup.Workers)
		r.w = newWorld(m.scene, r)
		r.w.begin()
	} else {
		event := l.from.enabled[l.event]
		r.at = slices.Clone(l.from.at)
		r.w = l.from.w.clone(r)
		r.w.apply(event)
		p.way = &way{l.from.way, event.ID}
	}
	p.w, p.at = r.w, r.at
	p.ready(r)
	if l.lacks = r.miss; l.lacks == nil {
		p.err = p.w.check()
		p.hash = p.sum()
		p.w.redis.Freeze()
		l.to = p
	}
}

// log is what leads there.
func (l *leap) log() []EventID {
	if l.from == nil {
		return nil
	}
	return append(l.from.Log(), l.from.enabled[l.event].ID)
}
