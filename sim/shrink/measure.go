package shrink

import "onceover/sim"

// size tells how hard a schedule is to understand.
type size struct {
	faults   int // by weight
	events   int
	switches int
}

func measure(log []sim.EventID) size {
	m := size{events: len(log)}
	for i, e := range log {
		m.faults += weight(e.Kind)
		if i > 0 && e.Worker != log[i-1].Worker {
			m.switches++
		}
	}
	return m
}

func less(a, b size) bool {
	switch {
	case a.faults != b.faults:
		return a.faults < b.faults
	case a.events != b.events:
		return a.events < b.events
	}
	return a.switches < b.switches
}

// weight is 0 for what is no fault. One fault of any kind is less than two, and
// the more kinds do less harm than a fault, the more it weighs.
func weight(k sim.EventKind) int {
	if !k.IsFault() {
		return 0
	}
	return 100 + len(k.Lesser())
}
