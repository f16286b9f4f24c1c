package shrink

import (
	"slices"

	"onceover/sim"
)

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

// ladder lists what can happen with a request, the least harm first.
var ladder = []sim.Kind{
	sim.Deliver, sim.CutBefore, sim.CutAfter, sim.CutMiddle, sim.GiveUp,
	sim.CrashBefore, sim.CrashAfter, sim.RestartBefore, sim.RestartAfter,
}

// weight is 0 for what is no fault. One fault of any kind is less than two.
func weight(k sim.Kind) int {
	if !k.Fault() {
		return 0
	}
	return 100 + slices.Index(ladder, k)
}

// lesser lists what does less harm, the least first.
func lesser(k sim.Kind) []sim.Kind {
	return ladder[:max(slices.Index(ladder, k), 0)]
}
