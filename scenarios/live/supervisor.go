package live

import (
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"onceover/faults"
	"onceover/faults/proxy"
	"onceover/loader"
	"onceover/reports"
	"onceover/reports/format"
	"onceover/scenarios/worker"
)

// restartDelay is how long it takes to start a worker again whose end no fault explains.
const restartDelay = faults.DefaultRestart

// supervisor starts the processes of the workers, and starts those again that end
// without having said that nothing is left.
type supervisor struct {
	*loop
	*recorder
	all       []*workerProcess
	command   func(*workerProcess) command
	holding   func(w *workerProcess, step loader.Step, chunk int) *injection // the fault for which it has to wait, or nil
	external  bool                                                           // the workers report no steps
	commits   map[int][]int                                                  // chunk -> workers that reported its commit
	tally     *tally                                                         // nil: the workers report no steps
	failures  failures
	survivors *atomic.Int64 // counts the processes that outlive their worker; nil: nobody asks
	over      bool          // no process is started any more
}

// start begins a life of a worker.
func (s *supervisor) start(w *workerProcess) {
	if s.over {
		return
	}
	life := w.life
	c := s.command(w)
	c.report = func(rep worker.Report) { s.post(func() { s.reported(w, life, rep) }) }
	c.survivors = s.survivors
	c.exited = func(state *os.ProcessState, err error) { s.post(func() { s.exited(w, state, err) }) }
	p, err := launch(c)
	if err != nil {
		s.failure = err
		return
	}
	w.process, w.chunk = p, -1
	s.note(reports.Event{Kind: reports.EventWorker, Worker: w.number, Life: w.life, Chunk: -1,
		Change: reports.WorkerStarted, Text: fmt.Sprintf("process %d", p.cmd.Process.Pid)})
}

// restart begins the next life of a worker after a while, and tells before.
func (s *supervisor) restart(w *workerProcess, after time.Duration, begins func()) {
	w.life++
	s.after(after, func() {
		begins()
		s.start(w)
	})
}

// reported handles one step of a worker.
func (s *supervisor) reported(w *workerProcess, life int, rep worker.Report) {
	s.note(reports.Event{Kind: reports.EventStep, Worker: w.number, Life: life, Chunk: rep.Chunk,
		Step: rep.Step.String(), Rows: s.tally.rowsOf(rep.Step, rep.Chunk)})
	w.reached(rep, s.at())
	s.tally.reached(rep.Step, rep.Chunk)
	if rep.Step == loader.Committed {
		s.commits[rep.Chunk] = append(s.commits[rep.Chunk], w.number)
		s.recovery.commit(rep.Chunk, w.readMS, s.at())
	}
	waits := rep.Waits && w.process != nil && w.life == life
	if waits {
		if i := s.holding(w, rep.Step, rep.Chunk); i != nil {
			i.hold()
			return
		}
	}
	s.leave(w.process, waits, rep.Step, rep.Chunk)
}

// leave lets a process go on from a step.
func (s *supervisor) leave(p *process, waits bool, step loader.Step, chunk int) {
	s.tally.left(step, chunk)
	if waits {
		p.goOn()
	}
}

// exited handles the end of a life. Where a fault waits for a request, what the
// proxy has to say of the dead worker's connections is heard first.
func (s *supervisor) exited(w *workerProcess, state *os.ProcessState, err error) {
	awaited := w.awaited()
	if len(awaited) == 0 {
		s.ended(w, state, err)
		return
	}
	s.later(func() func() {
		idle := ""
		for _, i := range awaited {
			idle = awaitIdle(w.proxies.to(i.injector.Watches()), time.Now().Add(signalWait))
		}
		return func() {
			for _, i := range w.awaited() {
				i.found() // it is not for the next life
				i.abandon("the worker ended before it sent such a request" + idle)
			}
			s.ended(w, state, err)
		}
	})
}

func (s *supervisor) ended(w *workerProcess, state *os.ProcessState, err error) {
	change, text := ending(state)
	if err != nil {
		text += ": " + format.OneLine(err)
	}
	s.note(reports.Event{Kind: reports.EventWorker, Worker: w.number, Life: w.life, Chunk: -1, Change: change, Text: text})
	w.process, w.chunk = nil, -1
	onExit := w.onExit
	w.onExit = nil
	switch {
	case onExit != nil:
		onExit(change, text)
	case change == reports.WorkerDone:
		w.ended = true
	case !s.over:
		s.failed(w, text)
		if s.hopeless(hopelessLives) {
			s.failure = s.unfit()
			return
		}
		s.restart(w, restartDelay, func() {})
	}
}

// running tells whether a worker still has a process.
func (s *supervisor) running() bool {
	return slices.ContainsFunc(s.all, func(w *workerProcess) bool { return w.process != nil })
}

// finished tells whether no worker has a process, nor will have one.
func (s *supervisor) finished() bool { return !s.running() && s.allDone() }

func (s *supervisor) allDone() bool {
	return !slices.ContainsFunc(s.all, func(w *workerProcess) bool { return !w.done() })
}

// lookAgain looks whether the workers that are gone for good really are.
func (s *supervisor) lookAgain() {
	for _, w := range s.all {
		if w.last != nil {
			w.last.lookAgain()
		}
	}
}

// stop kills whatever still runs and waits for it. Nothing is posted afterwards.
func (s *supervisor) stop() {
	s.over = true
	for _, w := range s.all {
		if w.process != nil {
			_ = w.process.signal(killSignal) // it may just have ended
		}
	}
	for s.running() {
		(<-s.events)()
	}
	close(s.quit)
}

// allEnded tells whether every worker that was not killed for good said that
// nothing was left, and at least one did.
func (s *supervisor) allEnded() bool {
	return s.allDone() && slices.ContainsFunc(s.all, func(w *workerProcess) bool { return w.ended })
}

// workerProcess is a worker through all its lives, of which each is a process.
type workerProcess struct {
	number  int
	life    int
	process *process   // nil between lives
	ended   bool       // it said that nothing is left
	gone    bool       // a fault ended it for good
	last    *injection // that fault
	failed  int        // lives that ended in a way that no fault explains
	chunk   int        // that it has in hand, -1: none
	readMS  float64    // when it had last read a chunk
	proxies proxies

	// elsewhere says that a fault did not reach its loader, which may go on after it.
	elsewhere bool
	// onExit takes the end of this life, if a fault is to end it.
	onExit func(change reports.Change, text string)
	// clients are the numbers that the servers gave to its connections, if a fault needs them.
	clients map[connection]int64
	// aimed decides about its requests to a server, for the faults that aim at them.
	aimed map[string]proxy.Rule
	// watching are the faults that look at its connections.
	watching []*injection
}

// done tells whether no other life of the worker will come.
func (w *workerProcess) done() bool { return w.ended || w.gone }

// dying tells whether the worker has no process, or one that a fault has in hand to end.
func (w *workerProcess) dying() bool { return w.process == nil || w.onExit != nil }

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
		if i.watchesOn(server) && (e.Ordinal == 0 || e.Ordinal == i.request.Load()) {
			i.injector.Observe(i, e)
		}
	}
}

// watchesOn tells whether a fault hears of the connections to a server: one that has met its
// request of those to that server, and one that waits for a request of those to the server of
// its kind.
func (i *injection) watchesOn(server string) bool {
	if _, strikes := i.injector.(striker); strikes && i.aim != nil {
		return i.server == server
	}
	return i.injector.Watches() == server
}

func (w *workerProcess) forget(i *injection) {
	w.watching = slices.DeleteFunc(w.watching, func(o *injection) bool { return o == i })
}
