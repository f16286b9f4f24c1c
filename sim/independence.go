package sim

import (
	"slices"

	"onceover/sim/redisd"
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
	case a.ID.Kind.Fault() && b.ID.Kind.Fault():
		return false
	}
	return apart(a.touches(), b.touches())
}

// touched is what an event may read or write.
type touched struct {
	redisd.Footprint
	readsMySQL, writesMySQL bool
}

func (c Choice) touches() touched {
	var t touched
	if c.Op != nil && c.ID.Kind.executes() {
		switch {
		case c.Op.Server == Redis:
			t.Footprint = *c.Op.Footprint()
		default:
			t.readsMySQL, t.writesMySQL = true, c.Op.Writes()
		}
	}
	// A connection that ends is one less in CLIENT LIST, a worker that starts
	// again adds some, and what it held in MySQL is free.
	if c.ID.Kind != Deliver {
		t.Writes = append(slices.Clip(t.Writes), redisd.ClientsKey)
		t.writesMySQL = true
	}
	return t
}

func apart(a, b touched) bool {
	switch {
	case a.writesMySQL && (b.readsMySQL || b.writesMySQL), b.writesMySQL && a.readsMySQL:
		return false
	case a.All && b.any(), b.All && a.any():
		return false
	}
	return !overlap(a.Writes, b.Writes) && !overlap(a.Writes, b.Reads) && !overlap(a.Reads, b.Writes)
}

func (t touched) any() bool { return t.All || len(t.Reads) > 0 || len(t.Writes) > 0 }

func overlap(a, b []string) bool {
	for _, k := range a {
		if slices.Contains(b, k) {
			return true
		}
	}
	return false
}
