package live

import (
	"fmt"
	"os"
	"slices"

	"onceover/faults"
	"onceover/loader"
	"onceover/reports"
	"onceover/scenarios/worker"
)

// slot is a worker through all its lives.
type slot struct {
	number  int
	life    int
	process *process // nil between lives
	ended   bool     // it said that nothing is left
	gone    bool     // a fault ended it for good
	killing *armed   // the fault that is about to end this life
	wire    *armed   // the fault that waits for its next write
	failed  int      // lives that ended in a way that no fault explains
	chunk   int      // that it has in hand, -1: none
	readMS  float64  // when it had last read a chunk
	proxies proxies
}

// done tells whether no other life of the worker will come.
func (s *slot) done() bool { return s.ended || s.gone }

// start begins a life of a worker.
func (r *run) start(s *slot) {
	if r.over {
		return
	}
	life := s.life
	p, err := launch(command{
		argv:  r.world.argv(),
		env:   r.env(s),
		log:   r.logs,
		pipes: r.world.foreign == nil,
		report: func(rep worker.Report) {
			r.post(func() { r.reported(s, life, rep) })
		},
		exited: func(state *os.ProcessState, err error) {
			r.post(func() { r.exited(s, state, err) })
		},
	})
	if err != nil {
		r.failure = err
		return
	}
	s.process, s.chunk = p, -1
	r.note(reports.Event{Kind: reports.EventWorker, Worker: s.number, Life: s.life, Chunk: -1,
		Change: reports.WorkerStarted, Text: fmt.Sprintf("process %d", p.cmd.Process.Pid)})
}

func (r *run) env(s *slot) []string {
	contract := r.contract(s)
	env := append(os.Environ(), contract.Env()...)
	if r.world.foreign != nil {
		return env
	}
	own := worker.Own{
		Strategy: r.e.Strategy, TTL: r.e.Workload.TTL, Seed: r.e.Seed, Life: s.life,
		Stops: worker.FormatStops(r.arsenal.stops()), Piped: true,
	}
	return append(env, own.Env()...)
}

// reported handles one step of a worker.
func (r *run) reported(s *slot, life int, rep worker.Report) {
	r.note(reports.Event{Kind: reports.EventStep, Worker: s.number, Life: life, Chunk: rep.Chunk,
		Step: rep.Step.String(), Rows: r.tally.rowsOf(rep.Step, rep.Chunk)})
	s.reached(rep, r.at())
	if rep.Step == loader.Committed {
		r.commits[rep.Chunk] = append(r.commits[rep.Chunk], s.number)
		r.recovery.commit(rep.Chunk, s.readMS, r.at())
	}
	var fault *armed
	waits := rep.Waits && s.process != nil && s.life == life
	if waits {
		fault = r.arsenal.at(s.number, rep.Step, rep.Chunk)
	}
	r.tally.reached(rep.Step, rep.Chunk, fault != nil && fault.fault.Kind == faults.Kill)
	switch {
	case fault != nil:
		r.hold(fault, s, rep.Chunk)
	case waits:
		s.process.goOn()
	}
}

// reached notes what the worker has in hand.
func (s *slot) reached(rep worker.Report, at float64) {
	s.chunk = rep.Chunk
	switch rep.Step {
	case loader.Claiming, loader.Released:
		s.chunk = -1
	case loader.Read:
		s.readMS = at
	}
}

// hold keeps a worker at its position for as long as the plan says, and then
// lets the fault strike.
func (r *run) hold(fault *armed, s *slot, chunk int) {
	fault.aim(s, chunk)
	life := s.life
	r.after(fault.fault.At.Hold, func() {
		if s.life != life {
			r.missed(fault, "the worker died before")
			return
		}
		r.strike(fault, s, chunk)
	})
}

// exited handles the end of a life. Where a fault waits for a write, what the
// proxy has to say of the dead worker's connections is heard first.
func (r *run) exited(s *slot, state *os.ProcessState, err error) {
	if s.wire == nil {
		r.ended(s, state, err)
		return
	}
	r.later(func() func() {
		idle := awaitIdle(s.proxies.redis)
		return func() {
			if s.wire != nil {
				r.missed(s.wire, "the worker ended before it wrote"+idle)
				s.wire = nil
				s.proxies.redis.SetRule(nil) // it is not for the next life
			}
			r.ended(s, state, err)
		}
	})
}

func (r *run) ended(s *slot, state *os.ProcessState, err error) {
	change, text := ending(state)
	if err != nil {
		text += ": " + err.Error()
	}
	r.note(reports.Event{Kind: reports.EventWorker, Worker: s.number, Life: s.life, Chunk: -1, Change: change, Text: text})
	s.process, s.chunk = nil, -1
	fault := s.killing
	s.killing = nil
	if fault != nil {
		if change == reports.WorkerKilled {
			r.seen(fault, reports.WorkerDies, text)
		} else {
			r.futile(fault, text)
		}
		r.comeBack(s, fault)
		return
	}
	if change == reports.WorkerDone {
		s.ended = true
		return
	}
	if r.over {
		return
	}
	r.failed(s, text)
	if r.hopeless(hopelessLives) {
		r.failure = r.unfit()
		return
	}
	s.life++
	r.after(restartDelay, func() { r.start(s) })
}

// comeBack starts a worker that a fault has ended, if it is to come back.
func (r *run) comeBack(s *slot, fault *armed) {
	if fault.fault.Restart == faults.Never {
		s.gone = true
		r.settle(fault)
		return
	}
	s.life++
	r.after(fault.fault.Restart, func() {
		if fault.record.Confirmed {
			r.heal(fault, "")
		} else {
			r.settle(fault)
		}
		r.start(s)
	})
}

// progressed handles a look at the share of the rows that has arrived.
func (r *run) progressed(percent int) {
	for _, fault := range r.arsenal.due(percent) {
		s := r.victim(fault.fault.At.Worker)
		if s == nil {
			continue
		}
		fault.aim(s, s.chunk)
		r.strike(fault, s, s.chunk)
	}
}

// victim returns a living worker: the one that is meant, or each in turn.
func (r *run) victim(number int) *slot {
	living := slices.DeleteFunc(slices.Clone(r.slots), func(s *slot) bool {
		return s.process == nil || s.killing != nil || number != faults.Any && s.number != number
	})
	if len(living) == 0 {
		return nil
	}
	r.victims++
	return living[r.victims%len(living)]
}
