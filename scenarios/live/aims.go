package live

import (
	"slices"
	"sync"

	"onceover/faults"
	"onceover/faults/proxy"
	"onceover/scenarios/target"
)

// aims are the faults of a plan that strike at a request. Proxies ask them about
// each one, from goroutines of their own.
type aims struct {
	leases *leases // nil: nothing is to be learned from the requests

	mu   sync.Mutex
	open []*aim
	hit  map[numbered]*aim // has met its request, which the loop does not know yet
}

// aim waits for the requests of one fault.
type aim struct {
	*pendingFault
	met     int
	release chan bool
}

// numbered is a request, by the number that a proxy gave it.
type numbered struct {
	worker  int
	server  string
	ordinal uint64
}

// striker is an injector of what is done to a request itself.
type striker interface {
	// action may keep the request until release says whether it is passed on.
	action(release <-chan bool) proxy.Action
}

func newAims(plan faultPlan, leases *leases) *aims {
	a := &aims{leases: leases, hit: map[numbered]*aim{}}
	for _, f := range plan {
		if f.At.Request != "" {
			a.open = append(a.open, &aim{pendingFault: f, release: make(chan bool, 1)})
		}
	}
	return a
}

// watches tells whether the requests to a server are looked at.
func (a *aims) watches(server string) bool {
	server = kindOf(server)
	return a.leases != nil && server == toRedis || slices.ContainsFunc(a.open, func(m *aim) bool { return m.aimedAt() == server })
}

// rule decides about the requests of one worker to one server; nil if nobody looks at them.
func (a *aims) rule(worker int, server string, where target.Target) proxy.Rule {
	if !a.watches(server) {
		return nil
	}
	writes := writesTo(where)
	return func(r proxy.Request) proxy.Action {
		if a.leases != nil && kindOf(server) == toRedis {
			a.leases.see(r)
		}
		is := func(request string) bool { return !r.Handshake && request == r.Verb() }
		if server == toRedis && writes(r) {
			is = func(request string) bool { return request == faults.Write || request == r.Verb() }
		} else if server == toMySQL && reads(r) {
			is = func(request string) bool { return request == faults.Read || request == r.Verb() }
		}
		met := a.meet(numbered{worker, server, r.Ordinal}, is)
		if met == nil {
			return proxy.Forward
		}
		by, strikes := met.injector.(striker)
		switch {
		case strikes:
			return by.action(met.release)
		case met.At.Answered && met.hitsServer():
			return proxy.CutAfter // its end tells the worker of the cut in any case
		case met.At.Answered:
			return proxy.CutLater(met.release)
		}
		return proxy.Hold(met.release)
	}
}

// meet returns the fault that strikes at a request, or nil. Each fault that aims at
// it counts it; at most one strikes.
func (a *aims) meet(r numbered, is func(request string) bool) (met *aim) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range a.open {
		if m.aimedAt() != kindOf(r.server) || m.At.Worker != faults.Any && m.At.Worker != r.worker || !is(m.At.Request) {
			continue
		}
		m.met++
		if met == nil && m.met >= m.At.Nth {
			met = m
		}
	}
	if met != nil {
		a.open = slices.DeleteFunc(a.open, func(m *aim) bool { return m == met })
		a.hit[r] = met
	}
	return met
}

// take returns the fault that has struck at a request, or nil, the first time that it is asked.
func (a *aims) take(r numbered) *aim {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.hit[r]
	delete(a.hit, r)
	return m
}

// again lets a fault strike at the next such request, where this one was refused
// by the server, or came from a worker that was dying.
func (a *aims) again(m *aim) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m.started, m.release = false, make(chan bool, 1)
	a.open = append(a.open, m)
}

// observe takes what happened to a connection of a worker. If a fault has met its
// request with that, it is injected.
func (in *injections) observe(w *workerProcess, server string, e proxy.Event) {
	m := in.aims.take(numbered{w.number, server, e.Ordinal})
	if m == nil {
		w.observe(server, e)
		return
	}
	switch {
	case e.Kind == proxy.Spared:
		in.aims.again(m)
		return
	case w.dying():
		m.release <- false
		in.aims.again(m)
		return
	}
	i := in.begin(m.pendingFault, w, w.chunk)
	i.aim, i.server, i.release = m, server, m.release
	i.request.Store(e.Ordinal)
	_, strikes := i.injector.(striker)
	switch {
	case strikes:
		i.recorder.injected(i.pendingFault, i.chunk)
		w.watching = append(w.watching, i)
		w.observe(server, e)
	case e.Kind == proxy.Missed:
		i.recorder.injected(i.pendingFault, i.chunk)
		i.abandon(e.Request + " was sent and not answered")
	default:
		i.keeps = e.Kind == proxy.Held || e.Kind == proxy.Withheld && !i.hitsServer()
		i.hold()
	}
}
