package live

import "slices"

// recovery measures how long it takes until work goes on after a fault: after
// one that hit a worker at a chunk, until a worker reports the commit of
// that chunk; after the death of a server, until a worker reports a commit that
// needed the server. A fault that hit nothing unfinished is not measured.
//
// All instants are in milliseconds since the run began.
type recovery struct {
	chunks    int // of the plan
	committed map[int]bool
	awaited   []awaited
	took      []float64
	censored  []float64 // of each fault after which nothing went on: how long that was watched
}

// awaited is what has to go on after a fault.
type awaited struct {
	fault *pendingFault
	since float64
	chunk int // -1: any; the fault hit a server

	gone   float64 // when the server was seen to be gone; before that nothing counts
	isGone bool
	reads  bool // it is the server that rows are read from
}

func newRecovery(chunks int) *recovery {
	return &recovery{chunks: chunks, committed: map[int]bool{}}
}

// injected takes a fault that hits a server, or a worker at a chunk, -1 if it had none.
func (r *recovery) injected(fault *pendingFault, chunk int, at float64) {
	unfinished := chunk >= 0 && !r.committed[chunk]
	if fault.hitsServer() {
		chunk, unfinished = -1, len(r.committed) < r.chunks
	}
	if unfinished {
		r.awaited = append(r.awaited, awaited{fault: fault, since: at, chunk: chunk})
	}
}

// loss is what goes with a server.
type loss struct {
	commits bool // what was committed is forgotten
	reads   bool // no rows can be read
}

// serverGone says that the server was seen to be gone.
func (r *recovery) serverGone(fault *pendingFault, lost loss, at float64) {
	for i := range r.awaited {
		if a := &r.awaited[i]; a.fault == fault {
			a.gone, a.isGone, a.reads = at, true, lost.reads
		}
	}
	if lost.commits {
		clear(r.committed)
	}
}

// missed takes back a fault that did not take effect.
func (r *recovery) missed(fault *pendingFault) {
	r.awaited = slices.DeleteFunc(r.awaited, func(a awaited) bool { return a.fault == fault })
}

// commit takes a commit that a worker reports, of a chunk that it had read at
// an instant.
func (r *recovery) commit(chunk int, read, at float64) {
	r.committed[chunk] = true
	r.awaited = slices.DeleteFunc(r.awaited, func(a awaited) bool {
		done := a.chunk == chunk
		if a.chunk < 0 {
			done = a.isGone && (!a.reads || read >= a.gone)
		}
		if done {
			r.took = append(r.took, at-a.since)
		}
		return done
	})
}

// end takes the end of the run. What is marked by now was committed without a
// report, nobody knows when, and so is not measured.
func (r *recovery) end(marked func(chunk int) bool, at float64) {
	complete := true
	for i := range r.chunks {
		complete = complete && marked(i)
	}
	for _, a := range r.awaited {
		done := complete
		if a.chunk >= 0 {
			done = marked(a.chunk)
		}
		if !done {
			r.censored = append(r.censored, at-a.since)
		}
	}
	r.awaited = nil
}
