package lockstep

import (
	"cmp"
	"slices"

	"onceover/faults"
	"onceover/sim"
)

// choices are what can happen next, with the requests that they are about.
type choices struct {
	all []sim.Choice
	of  []*request
}

// choices lists what can happen next, in canonical order. Requests that are new get their
// numbers, in an order that does not depend on when they came.
func (r *run) choices(waiting []*request) (c choices) {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	slices.SortStableFunc(waiting, func(a, b *request) int {
		return cmp.Or(a.link.gate.of.worker-b.link.gate.of.worker, int(a.link.gate.server)-int(b.link.gate.server), a.link.number-b.link.number)
	})
	for _, q := range waiting {
		p := q.link.gate.of
		if q.ord < 0 {
			q.number(p.worker, p.life, r.ords[p.worker])
			r.ords[p.worker]++
		}
	}
	slices.SortStableFunc(waiting, func(a, b *request) int {
		return cmp.Or(a.link.gate.of.worker-b.link.gate.of.worker, a.ord-b.ord)
	})
	for _, q := range waiting {
		for _, kind := range r.kinds(q) {
			c.all = append(c.all, sim.Choice{ID: sim.EventID{Worker: q.link.gate.of.worker, Ord: q.ord, Kind: kind}, Op: q.op})
			c.of = append(c.of, q)
		}
	}
	if r.lease > 0 && r.left[faults.Pause] > 0 {
		c.all = append(c.all, sim.Choice{ID: sim.EventID{Worker: nobody, Ord: used(r.budget, r.left)[faults.Pause], Kind: pastLeases}})
		c.of = append(c.of, nil)
	}
	return c
}

// The events that this world has, by their names in the simulation.
var (
	killBefore     = kind("kill-before")
	killAfter      = kind("kill-after")
	cutBefore      = kind("cut")
	loseReply      = kind("lose-reply")
	mysqlCutBefore = kind("mysql-cut-before")
	mysqlCutAfter  = kind("mysql-cut-after")
	mysqlCutMiddle = kind("mysql-cut-middle")
	pastLeases     = kind("pause-past-leases")
)

func kind(name string) sim.EventKind {
	k, ok := sim.FindEvent(name)
	if !ok {
		panic("lockstep: the simulation has no event " + name)
	}
	return k
}

// Faults are the kinds of faults that can be chosen.
func Faults() []faults.Kind {
	return []faults.Kind{faults.LoseReply, faults.Cut, faults.Kill, faults.MySQLCut, faults.Pause}
}

// kinds are the ways in which a request can go on.
func (r *run) kinds(q *request) (all []sim.EventKind) {
	if q.link.clientGone {
		return []sim.EventKind{sim.Arrive}
	}
	all = append(all, sim.Deliver)
	redis, writes := q.link.gate.server == sim.Redis, q.op.Writes()
	for _, k := range []struct {
		kind sim.EventKind
		can  bool
	}{
		{loseReply, redis}, {cutBefore, redis}, {killBefore, true}, {killAfter, writes},
		{mysqlCutBefore, !redis}, {mysqlCutAfter, !redis && writes}, {mysqlCutMiddle, !redis && !writes},
	} {
		if k.can && r.left[k.kind.Fault()] > 0 {
			all = append(all, k.kind)
		}
	}
	slices.Sort(all)
	return all
}
