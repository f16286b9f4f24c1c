package sim

import (
	"slices"

	"onceover/sim/redismodel"
)

// Independent tells whether two events that can both happen now can change
// places without a difference to anybody: to a server, to a reply, or to what
// can happen afterwards. It errs towards false.
//
// Two faults are never independent: they may be the last of their budget. Nor
// are two pushes on one list, although nobody may look at the order.
func Independent(a, b Choice) bool {
	switch {
	case a.ID.Worker == b.ID.Worker, a.ID.Worker == nobody, b.ID.Worker == nobody:
		return false
	case a.ID.Kind.IsFault() && b.ID.Kind.IsFault():
		return false
	}
	return disjoint(a.accessesOf(), b.accessesOf())
}

// accesses is what an event may read or write.
type accesses struct {
	redismodel.Footprint
	mysql bool // changes what others see there
}

func (c Choice) accessesOf() accesses {
	var t accesses
	if c.Op != nil && c.ID.Kind.executes() {
		t.Footprint = c.Op.footprint
		t.mysql = c.Op.Server == MySQL && c.Op.Writes()
	}
	// A connection that ends is one less in CLIENT LIST, a worker that starts
	// again adds some, and what it held in MySQL is free.
	if c.ID.Kind != Deliver {
		t.Writes = append(slices.Clip(t.Writes), redismodel.ClientsKey)
		t.mysql = true
	}
	return t
}

func disjoint(a, b accesses) bool {
	switch {
	case a.connections(), b.connections():
		return false // a worker that gets a reply may end, and its connections with it
	case a.All && b.any(), b.All && a.any():
		return false
	}
	return !overlap(a.Writes, b.Writes) && !overlap(a.Writes, b.Reads) && !overlap(a.Reads, b.Writes)
}

// connections tells whether it matters which connections there are: they hold
// names in Redis, and locks in MySQL.
func (t accesses) connections() bool {
	return t.mysql || slices.Contains(t.Reads, redismodel.ClientsKey) || slices.Contains(t.Writes, redismodel.ClientsKey)
}

func (t accesses) any() bool { return t.All || len(t.Reads) > 0 || len(t.Writes) > 0 }

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(key string) bool { return slices.Contains(b, key) })
}
