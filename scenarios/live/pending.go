package live

import (
	"fmt"
	"net"
	"slices"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios/worker"
)

// pendingFault is a fault of the plan that waits for its position, and what
// becomes of it.
type pendingFault struct {
	faults.Fault
	index    int // in the plan
	injector injector

	reached int           // how often its position was
	started bool          // it is being injected, or was
	settled bool          // nothing is awaited of it any more
	victim  reports.Event // says whom it hits
	result  reports.Fault
}

// start names the victim of the fault: a worker with the chunk that it has in
// hand, -1: none, or a server.
func (f *pendingFault) start(w *workerProcess, chunk int) {
	f.started = true
	f.victim = reports.Event{Kind: reports.EventFault, Worker: w.number, Life: w.life, Chunk: chunk}
	if f.hitsServer() {
		f.victim = reports.Event{Kind: reports.EventFault, Worker: -1, Chunk: -1}
	}
}

func (f *pendingFault) spec() faults.Spec {
	spec, _ := faults.Find(f.Kind)
	return spec
}

func (f *pendingFault) hitsServer() bool { return f.spec().Server() }

func (f *pendingFault) addEvidence(more string) {
	if f.result.Evidence != "" && more != "" {
		more = "; " + more
	}
	f.result.Evidence += more
}

// faultPlan is the plan of one run as it stands.
type faultPlan []*pendingFault

// newFaultPlan refuses a fault that this world cannot inject.
func newFaultPlan(plan faults.Plan) (faultPlan, error) {
	var p faultPlan
	for i, f := range plan {
		by, ok := injectors[f.Kind]
		if !ok {
			return nil, fmt.Errorf("live: nothing here injects the fault %q", f.Kind)
		}
		p = append(p, &pendingFault{Fault: f, index: i, injector: by, result: reports.Fault{Text: f.String()}})
	}
	return p, nil
}

// at returns the fault for a worker that has reached a step, or nil.
// Every fault at the position counts the visit; at most one is injected.
func (p faultPlan) at(who int, step loader.Step, chunk int) *pendingFault {
	var next *pendingFault
	for _, f := range p {
		if f.started || !f.At.Matches(who, step, chunk) {
			continue
		}
		f.reached++
		if next == nil && f.reached >= f.At.Nth {
			next = f
		}
	}
	return next
}

// due returns the faults whose share of the rows has arrived.
func (p faultPlan) due(percent int) []*pendingFault {
	var due []*pendingFault
	for _, f := range p {
		if at := f.At.Progress; !f.started && at > 0 && percent >= at {
			due = append(due, f)
		}
	}
	return due
}

// open tells whether a fault was injected whose effect still lasts.
func (p faultPlan) open() bool {
	return slices.ContainsFunc(p, func(f *pendingFault) bool { return f.started && !f.settled })
}

// losesPower tells whether the power is still to be cut, by another fault than this one.
func (p faultPlan) losesPower(other *pendingFault) bool {
	return slices.ContainsFunc(p, func(f *pendingFault) bool { return f.Kind == faults.RedisPower && f != other && !f.settled })
}

// strikes tells whether a fault was injected at a worker and is not over.
func (p faultPlan) strikes(worker int) bool {
	return slices.ContainsFunc(p, func(f *pendingFault) bool {
		return f.started && !f.settled && !f.hitsServer() && f.victim.Worker == worker
	})
}

// watches tells whether a fault looks at the connections to a server.
func (p faultPlan) watches(server string) bool {
	return slices.ContainsFunc(p, func(f *pendingFault) bool { return f.injector.Watches() == server })
}

// aimedAt names the server that gets the request at which the fault strikes, or "".
func (f *pendingFault) aimedAt() string {
	switch {
	case f.At.Request == "":
		return ""
	case f.At.ToMySQL():
		return toMySQL
	}
	return toRedis
}

// identifies says how each server is asked for the number that it gives to a connection, if a
// fault needs to know.
func (p faultPlan) identifies() map[string]func(net.Conn) (int64, error) {
	ask := map[string]func(net.Conn) (int64, error){}
	for _, f := range p {
		switch f.Kind {
		case faults.KillClient:
			ask[toRedis] = clientID
		case faults.HalfOpen:
			ask[toRedis], ask[toMySQL] = clientID, threadID
		}
	}
	return ask
}

// stops lists where workers have to wait.
func (p faultPlan) stops() []worker.Stop {
	var stops []worker.Stop
	for _, f := range p {
		if f.At.AtStep() {
			stops = append(stops, worker.Stop{Step: f.At.Step, Chunk: f.At.Chunk})
		}
	}
	return stops
}

func (p faultPlan) results() []reports.Fault {
	results := make([]reports.Fault, len(p))
	for i, f := range p {
		results[i] = f.result
	}
	return results
}
