package live

import (
	"slices"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios/worker"
)

// armed is a fault of the plan that waits for its position.
type armed struct {
	fault  faults.Fault
	seen   int // how often its position was reached
	struck bool
	healed bool
	index  int
	victim reports.Event // says whom it struck
	record reports.Fault
}

// aim says whom the fault is about to strike: a worker that has a chunk in hand,
// -1: none, unless it strikes a server.
func (a *armed) aim(s *slot, chunk int) {
	a.struck = true
	a.victim = reports.Event{Kind: reports.EventFault, Worker: s.number, Life: s.life, Chunk: chunk}
	if a.server() {
		a.victim = reports.Event{Kind: reports.EventFault, Worker: -1, Chunk: -1}
	}
}

func (a *armed) server() bool {
	spec, _ := faults.Find(a.fault.Kind)
	return spec.Server()
}

// arsenal is the plan of one run as it stands.
type arsenal []*armed

func arm(plan faults.Plan) arsenal {
	var a arsenal
	for i, f := range plan {
		a = append(a, &armed{fault: f, index: i, record: reports.Fault{Text: f.String()}})
	}
	return a
}

// at returns the fault that strikes a worker that has reached a step, or nil.
// Every fault at the position counts the visit, one at most strikes.
func (a arsenal) at(who int, step loader.Step, chunk int) *armed {
	var strikes *armed
	for _, f := range a {
		if f.struck || !f.fault.At.Matches(who, step, chunk) {
			continue
		}
		f.seen++
		if strikes == nil && f.seen >= f.fault.At.Nth {
			strikes = f
		}
	}
	return strikes
}

// due returns the faults whose share of the rows has arrived.
func (a arsenal) due(percent int) []*armed {
	var due []*armed
	for _, f := range a {
		if p := f.fault.At.Progress; !f.struck && p > 0 && percent >= p {
			due = append(due, f)
		}
	}
	return due
}

// open tells whether a fault has struck whose effect still lasts.
func (a arsenal) open() bool {
	return slices.ContainsFunc(a, func(f *armed) bool { return f.struck && !f.healed })
}

// wire tells whether a fault strikes at requests.
func (a arsenal) wire() bool {
	return slices.ContainsFunc(a, func(f *armed) bool {
		spec, _ := faults.Find(f.fault.Kind)
		return spec.Class == faults.Wire
	})
}

// stops lists where workers have to wait.
func (a arsenal) stops() []worker.Stop {
	var stops []worker.Stop
	for _, f := range a {
		if f.fault.At.Progress == 0 {
			stops = append(stops, worker.Stop{Step: f.fault.At.Step, Chunk: f.fault.At.Chunk})
		}
	}
	return stops
}

func (a arsenal) records() []reports.Fault {
	records := make([]reports.Fault, len(a))
	for i, f := range a {
		records[i] = f.record
	}
	return records
}
