package witness

import (
	"slices"

	"onceover/reports"
)

// none stands for an event that did not come.
const none = -1

type life struct{ worker, number int }

func lifeOf(e reports.Event) life { return life{e.Worker, e.Life} }

// attempt is one claim of the chunk by one life. Its numbers are indices of
// events.
type attempt struct {
	life
	asked, got, read, began, done, letGo int

	released  bool              // letGo is by its own word
	replyLost int               // the commit was executed, and its reply withheld
	ended     int               // its life ended while it had the chunk
	killer    *reports.FaultRef // the fault that did it; nil: none
}

// unknown tells whether the outcome of a begun commit is not known. A worker that lets
// go without reporting a commit was told that the chunk had been committed already.
func (a *attempt) unknown() bool {
	unsent := a.killer != nil && a.killer.Step == "committing" // a fault held the worker before the commit, and killed it
	return a.began != none && a.commit() == none && !a.released && !unsent
}

// since is the event at which the life asked for the chunk, if that is known.
func (a *attempt) since() int {
	if a.asked == none {
		return a.got
	}
	return a.asked
}

// until is the event at which the life had the chunk no more.
func (a *attempt) until(end int) int {
	for _, i := range []int{a.letGo, a.ended} {
		if i != none {
			end = min(end, i)
		}
	}
	return end
}

// commit is the event that shows the commit to be executed, or none.
func (a *attempt) commit() int { return max(a.done, a.replyLost) }

type pause struct {
	life
	fault    *reports.FaultRef
	from, to int
}

// text says what the life does, or did.
func (p pause) text(still, cutOff string) string {
	if p.fault.Effect == reports.WorkerCutOff {
		return cutOff
	}
	return still
}

// cut is a connection that a life lost to a fault.
type cut struct {
	life
	fault *reports.FaultRef
	at    int
}

// request is one for the chunk, from the event that began it to the next of its
// life.
type request struct{ from, to int }

type reading struct {
	chunk    int
	attempts []*attempt       // in the order in which they got the chunk
	asking   map[life]int     // requests for the chunk under way
	away     []request        // those that were not granted
	struck   map[int]*attempt // what the victim of a fault was at; nil: it did not have the chunk
	pauses   []pause
	cuts     []cut
	deaths   []int // of Redis, or of its list
	done     []int // ends of lives that said that nothing is left
	steps    int   // of all chunks
}

func read(events []reports.Event, chunk int) *reading {
	r := &reading{chunk: chunk, asking: map[life]int{}, struck: map[int]*attempt{}}
	for i, e := range events {
		switch e.Kind {
		case reports.EventStep:
			r.step(i, e)
		case reports.EventFault:
			r.fault(i, e)
		case reports.EventWorker:
			r.worker(i, e)
		case reports.EventServer:
			if e.Server == "redis" && e.Change == reports.ServerGone {
				r.deaths = append(r.deaths, i)
			}
		}
	}
	return r
}

// current is the attempt that a life is in, nil if it does not have the chunk.
func (r *reading) current(l life) *attempt {
	for _, a := range slices.Backward(r.attempts) {
		if a.life == l && a.letGo == none && a.ended == none {
			return a
		}
	}
	return nil
}

func (r *reading) step(i int, e reports.Event) {
	r.steps++
	l := lifeOf(e)
	asked := r.answered(i, l, e.Chunk == r.chunk && e.Step == "claimed")
	a := r.current(l)
	if a != nil && (e.Chunk != r.chunk || e.Step == "claiming" || e.Step == "released") {
		a.letGo, a.released = i, e.Step == "released"
	}
	switch {
	case e.Chunk != r.chunk:
	case e.Step == "claiming":
		r.asking[l] = i
	case e.Step == "claimed":
		r.attempts = append(r.attempts, &attempt{
			life: l, asked: asked, got: i, read: none, began: none, done: none, letGo: none, replyLost: none, ended: none,
		})
	case a == nil: // a step without a claim: the history lacks something
	case e.Step == "read":
		a.read = i
	case e.Step == "committing":
		a.began = i
	case e.Step == "committed":
		a.done = i
	}
}

// answered ends a life's request for the chunk, and returns where it began.
func (r *reading) answered(i int, l life, granted bool) int {
	asked, waits := r.asking[l]
	if !waits {
		return none
	}
	delete(r.asking, l)
	if !granted {
		r.away = append(r.away, request{asked, i})
	}
	return asked
}

func (r *reading) fault(i int, e reports.Event) {
	ref := e.Fault
	if ref != nil && ref.Phase == reports.FaultSeen && ref.Effect == reports.ListLost {
		r.deaths = append(r.deaths, i)
	}
	if ref == nil || e.Worker < 0 {
		return
	}
	l := lifeOf(e)
	switch ref.Phase {
	case reports.FaultInjected:
		r.struck[ref.Index] = r.current(l)
	case reports.FaultSeen:
		r.seen(i, l, ref)
	case reports.FaultHealed:
		for n, p := range r.pauses {
			if p.fault.Index == ref.Index && p.to == none {
				r.pauses[n].to = i
			}
		}
	}
}

func (r *reading) seen(i int, l life, ref *reports.FaultRef) {
	switch ref.Effect {
	case reports.WorkerDies:
		for _, a := range r.attempts {
			if a.life == l && a.ended != none {
				a.killer = ref
			}
		}
	case reports.WorkerSuspended, reports.WorkerCutOff:
		r.pauses = append(r.pauses, pause{l, ref, i, none})
	case reports.ConnectionLost:
		r.cuts = append(r.cuts, cut{l, ref, i})
	case reports.ReplyLost:
		a := r.current(l)
		if a == nil {
			a = r.struck[ref.Index]
		}
		if a != nil && a.began != none && a.done == none {
			a.replyLost = i
		} else { // it was not that of a commit
			r.cuts = append(r.cuts, cut{l, ref, i})
		}
	}
}

func (r *reading) worker(i int, e reports.Event) {
	if e.Change == reports.WorkerStarted {
		return
	}
	l := lifeOf(e)
	r.answered(i, l, false)
	if a := r.current(l); a != nil {
		a.ended = i
	}
	if e.Change == reports.WorkerDone {
		r.done = append(r.done, i)
	}
}
