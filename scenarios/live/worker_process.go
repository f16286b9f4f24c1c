package live

import (
	"slices"

	"onceover/faults/proxy"
	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios/worker"
)

// workerProcess is a worker through all its lives, of which each is a process.
type workerProcess struct {
	number  int
	life    int
	process *process // nil between lives
	ended   bool     // it said that nothing is left
	gone    bool     // a fault ended it for good
	failed  int      // lives that ended in a way that no fault explains
	chunk   int      // that it has in hand, -1: none
	readMS  float64  // when it had last read a chunk
	proxies proxies

	// onExit takes the end of this life, if a fault is to end it.
	onExit func(change reports.Change, text string)
	// clients are the numbers that Redis gave to its connections, if a fault needs them.
	clients map[uint64]int64
	// watching are the faults that look at its connections.
	watching []*injection
}

// done tells whether no other life of the worker will come.
func (w *workerProcess) done() bool { return w.ended || w.gone }

// reached notes what the worker has in hand.
func (w *workerProcess) reached(rep worker.Report, at float64) {
	w.chunk = rep.Chunk
	switch rep.Step {
	case loader.Claiming, loader.Released:
		w.chunk = -1
	case loader.Read:
		w.readMS = at
	}
}

// awaited are the faults that wait for a request of the worker.
func (w *workerProcess) awaited() (all []*injection) {
	for _, i := range w.watching {
		if i.awaits {
			all = append(all, i)
		}
	}
	return all
}

// observe hands what happened to a connection, or to the request that a fault
// was injected into, to the faults that watch.
func (w *workerProcess) observe(server string, e proxy.Event) {
	for _, i := range slices.Clone(w.watching) {
		if i.injector.Watches() == server && (e.Ordinal == 0 || e.Ordinal == i.request.Load()) {
			i.injector.Observe(i, e)
		}
	}
}

func (w *workerProcess) forget(i *injection) {
	w.watching = slices.DeleteFunc(w.watching, func(o *injection) bool { return o == i })
}
